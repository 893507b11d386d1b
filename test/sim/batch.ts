import { Coverage, type CoverageTable } from './coverage.ts';
import { generate } from './generate.ts';
import { inOwnTurn } from './microtasks.ts';
import { REGRESSIONS } from './regressions.ts';
import type { Schedule } from './schedule.ts';
import { shrink } from './shrink.ts';
import { runSchedule, type Run } from './simulation.ts';
import type { Violation } from './story.ts';

/** A seed that broke a promise. */
export interface Failure extends Violation {
  readonly seed: number;
}

export interface BatchResult {
  /** Events of each schedule. */
  readonly sizes: readonly number[];
  readonly coverage: CoverageTable;
  readonly failures: readonly Failure[];
}

// A promise that nobody listens to ends a real process.
const unheard: unknown[] = [];
process.on('unhandledRejection', (error) => unheard.push(error));

/** One schedule, in a turn of the event loop of its own. */
export async function runAlone(schedule: Schedule, isTold: boolean, coverage?: Coverage): Promise<Run> {
  unheard.length = 0;
  const run = await inOwnTurn(() => runSchedule(schedule, coverage ? { isTold, coverage } : { isTold }));
  // What was left unheard is known one turn later.
  await inOwnTurn(() => undefined);
  if (unheard.length === 0) return run;
  const detail = `a rejection was not handled: ${unheard.map(String).join(', ')}`;
  const violation = { promise: 'no bug', detail, at: run.simulatedMs };
  return { ...run, violations: [...run.violations, violation], story: [...run.story, `*** ${detail}`] };
}

/** Runs `count` seeds from `from` on; `stopsAtFirst`: no further than the first that fails. */
export async function runBatch(from: number, count: number, stopsAtFirst: boolean): Promise<BatchResult> {
  const coverage = new Coverage();
  const sizes: number[] = [];
  const failures: Failure[] = [];
  for (let seed = from; seed < from + count; seed += 1) {
    const run = await runAlone(generate(seed), false, coverage);
    sizes.push(run.events);
    const [violation] = run.violations;
    if (violation === undefined) continue;
    failures.push({ seed, ...violation });
    if (stopsAtFirst) break;
  }
  return { sizes, coverage: coverage.table, failures };
}

/** The schedules that once broke a promise, all of them. */
export async function runRegressions(): Promise<readonly Failure[]> {
  const failures: Failure[] = [];
  for (const { schedule } of REGRESSIONS) {
    const [violation] = (await runAlone(schedule, false)).violations;
    if (violation !== undefined) failures.push({ seed: schedule.seed, ...violation });
  }
  return failures;
}

/** The smallest schedule found that breaks the same promise as this seed does. */
export function shrinkSeed(seed: number, promise: string): Promise<Schedule> {
  return shrink(generate(seed), async (schedule) => {
    const { violations } = await runAlone(schedule, false);
    return violations[0]?.promise === promise;
  });
}
