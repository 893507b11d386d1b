import type { Schedule, Step } from './schedule.ts';

/** Whether a schedule still breaks the promise that it was found by. */
export type Breaks = (schedule: Schedule) => Promise<boolean>;

/** The smallest schedule on the way down that still breaks its promise: fewer steps first, then smaller ones. */
export async function shrink(schedule: Schedule, breaks: Breaks): Promise<Schedule> {
  let smallest = await withFewerSteps(schedule, breaks);
  for (const simpler of simplerSettings(smallest)) {
    if (await breaks(simpler)) smallest = simpler;
  }
  return withSmallerSteps(await withFewerSteps(smallest, breaks), breaks);
}

/** Takes out runs of steps, half of them at first, down to one by one. */
async function withFewerSteps(schedule: Schedule, breaks: Breaks): Promise<Schedule> {
  let { steps } = schedule;
  for (let size = Math.ceil(steps.length / 2); size >= 1; size = size === 1 ? 0 : Math.ceil(size / 2)) {
    for (let at = steps.length - size; at >= 0; at -= size) {
      const fewer = steps.toSpliced(at, size);
      if (await breaks({ ...schedule, steps: fewer })) steps = fewer;
    }
  }
  return { ...schedule, steps };
}

async function withSmallerSteps(schedule: Schedule, breaks: Breaks): Promise<Schedule> {
  let smallest = schedule;
  for (const [index, step] of schedule.steps.entries()) {
    if (!('count' in step) || step.count === 1) continue;
    for (const count of [1, 2, Math.ceil(step.count / 2)]) {
      const steps: readonly Step[] = smallest.steps.with(index, { ...step, count });
      if (!(await breaks({ ...smallest, steps }))) continue;
      smallest = { ...smallest, steps };
      break;
    }
  }
  return smallest;
}

function* simplerSettings(schedule: Schedule): Iterable<Schedule> {
  const { settings } = schedule;
  const [first] = settings.players;
  if (first && settings.players.length > 1)
    yield { ...schedule, settings: { ...settings, players: [first] } };
  if (settings.isRemote) yield { ...schedule, settings: { ...settings, isRemote: false } };
  if (settings.hasLogin) yield { ...schedule, settings: { ...settings, hasLogin: false } };
}
