import { setTimeout as passed } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { nodeClock } from './node-clock.ts';

it('stands still for a turn of the event loop, and goes right in the next one', async () => {
  await passed(1);
  const before = nodeClock.now();
  expect(Math.abs(before - Date.now())).toBeLessThan(1000);
  const busyUntil = performance.now() + 5;
  while (performance.now() < busyUntil);
  expect(nodeClock.now()).toBe(before);
  await passed(1);
  expect(nodeClock.now()).toBeGreaterThanOrEqual(before + 5);
  // Nobody asked for a while.
  await passed(20);
  expect(nodeClock.now()).toBeGreaterThanOrEqual(before + 25);
});
