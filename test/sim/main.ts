// `npm run sim -- --seeds N` runs many schedules on all processors; `--seed S --trace` tells the story of one. See
// docs/simulation.md.
import { fork, type ChildProcess } from 'node:child_process';
import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { runAlone, runBatch, runRegressions, shrinkSeed, type BatchResult, type Failure } from './batch.ts';
import { coverageText, merge, type CoverageTable } from './coverage.ts';
import { generate } from './generate.ts';
import type { Schedule } from './schedule.ts';

/** So many seeds at a time go to a worker. */
const BATCH = 250;

const { values: flags } = parseArgs({
  options: {
    seeds: { type: 'string', default: '1000' },
    from: { type: 'string', default: '1' },
    seed: { type: 'string' },
    trace: { type: 'boolean', default: false },
    shrink: { type: 'boolean', default: false },
    workers: { type: 'string', default: String(availableParallelism()) },
    /** Runs what failed once, then seeds; stops at the first that fails, and says no more than that. */
    hunt: { type: 'boolean', default: false },
    worker: { type: 'boolean', default: false },
  },
});

if (flags.worker) work();
else if (flags.seed !== undefined) await runOne(Number(flags.seed));
else if (flags.hunt) await hunt(Number(flags.from), Number(flags.seeds));
else await runMany(Number(flags.from), Number(flags.seeds), Number(flags.workers));

function say(text: string): void {
  process.stdout.write(`${text}\n`);
}

async function hunt(from: number, seeds: number): Promise<void> {
  const [known] = await runRegressions();
  const { failures, sizes } = known ? { failures: [known], sizes: [] } : await runBatch(from, seeds, true);
  const [first] = failures;
  say(JSON.stringify({ ran: sizes.length, ...first }));
  process.exitCode = first === undefined ? 0 : 1;
}

/** One seed: its story, and the smallest schedule that breaks the same promise. */
async function runOne(seed: number): Promise<void> {
  const schedule = generate(seed);
  const run = await runAlone(schedule, flags.trace && !flags.shrink);
  const [violation] = run.violations;
  if (violation === undefined || !flags.shrink) {
    for (const line of run.story) say(line);
    say(`seed ${seed}: ${run.events} events in ${run.simulatedMs} simulated ms`);
  }
  if (violation === undefined) return;
  process.exitCode = 1;
  say(`seed ${seed} broke "${violation.promise}": ${violation.detail}`);
  if (flags.shrink) await tellSmallest(await shrinkSeed(seed, violation.promise), schedule);
}

async function tellSmallest(smallest: Schedule, { steps }: Schedule): Promise<void> {
  const { story } = await runAlone(smallest, true);
  say(`its ${steps.length} steps shrunk to ${smallest.steps.length}:`);
  say(JSON.stringify(smallest));
  for (const line of story) say(line);
}

async function runMany(from: number, seeds: number, workers: number): Promise<void> {
  const start = performance.now();
  const sizes: number[] = [];
  const coverage: CoverageTable = {};
  const failures: Failure[] = [...(await runRegressions())];
  for (const { seed, promise, detail } of failures) say(`recorded schedule ${seed}: ${promise}: ${detail}`);
  let next = from;
  const crew = Array.from({ length: Math.max(1, workers) }, async () => {
    const worker = fork(fileURLToPath(import.meta.url), ['--worker']);
    while (next < from + seeds) {
      const first = next;
      next = Math.min(next + BATCH, from + seeds);
      const result = await ask(worker, first, next - first);
      for (const size of result.sizes) sizes.push(size);
      merge(coverage, result.coverage);
      failures.push(...result.failures);
      for (const { seed, promise, detail } of result.failures) say(`seed ${seed}: ${promise}: ${detail}`);
    }
    worker.disconnect();
  });
  await Promise.all(crew);
  report(sizes, coverage, failures, (performance.now() - start) / 1000);
}

function report(
  sizes: number[],
  coverage: CoverageTable,
  failures: readonly Failure[],
  seconds: number,
): void {
  const events = sizes.reduce((sum, size) => sum + size, 0);
  const median = sizes.toSorted((a, b) => a - b)[Math.floor(sizes.length / 2)] ?? 0;
  say(coverageText(coverage));
  say(
    `${sizes.length} schedules, ${events} events in ${seconds.toFixed(1)} s: ` +
      `${Math.round(sizes.length / seconds)} schedules/s, ${Math.round(events / seconds)} events/s; ` +
      `median ${median} events`,
  );
  if (failures.length === 0) return say('No promise was broken.');
  const seeds = failures.map(({ seed }) => seed).toSorted((a, b) => a - b);
  say(`${failures.length} seeds failed, the first is ${seeds[0]}. Its story:`);
  say(`  npm run sim -- --seed ${seeds[0]} --trace            (or --shrink)`);
  process.exitCode = 1;
}

interface Order {
  readonly from: number;
  readonly count: number;
}

function ask(worker: ChildProcess, from: number, count: number): Promise<BatchResult> {
  return new Promise((resolve, reject) => {
    const died = (code: number | null): void => {
      reject(new Error(`a worker ended with ${code} somewhere from seed ${from} on`));
    };
    worker.once('exit', died);
    worker.once('message', (result: BatchResult) => {
      worker.off('exit', died);
      resolve(result);
    });
    worker.send({ from, count } satisfies Order);
  });
}

function work(): void {
  process.on('message', ({ from, count }: Order) => {
    runBatch(from, count, false).then(
      (result) => process.send?.(result),
      (error: unknown) => {
        process.stderr.write(`${String(error)}\n`);
        process.exit(1);
      },
    );
  });
}
