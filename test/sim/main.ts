import { runSchedule } from './simulation.ts';
import { generate } from './generate.ts';
import { inOwnTurn } from './microtasks.ts';
import { Coverage, coverageText } from './coverage.ts';

const count = Number(process.argv[2] ?? 100);
const from = Number(process.argv[3] ?? 1);
const told = process.argv[4] === 'trace';
const coverage = new Coverage();
let events = 0;
const start = performance.now();
const sizes: number[] = [];
const failures = new Map<string, { n: number; seed: number; detail: string }>();
for (let seed = from; seed < from + count; seed += 1) {
  const run = await inOwnTurn(() => runSchedule(generate(seed), { isTold: told, coverage }));
  events += run.events;
  sizes.push(run.events);
  if (told) process.stdout.write(run.story.join('\n') + '\n');
  const [v] = run.violations;
  if (v) {
    const key = v.promise + ': ' + v.detail.replace(/[0-9a-f]{8,}|\d+/g, 'N');
    const f = failures.get(key);
    if (f) f.n += 1;
    else failures.set(key, { n: 1, seed, detail: v.detail });
  }
}
const s = (performance.now() - start) / 1000;
sizes.sort((a, b) => a - b);
process.stdout.write(coverageText(coverage.table) + '\n');
for (const [k, f] of [...failures].sort((a, b) => b[1].n - a[1].n)) process.stdout.write(`${f.n} seed ${f.seed}: ${k}\n`);
process.stdout.write(`${count} seeds, ${(count / s).toFixed(0)}/s, ${events} events, ${(events / s).toFixed(0)}/s, median ${sizes[sizes.length >> 1]}\n`);
