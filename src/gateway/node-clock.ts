import { performance } from 'node:perf_hooks';
import type { Clock } from '../core/index.ts';

const MAXIMUM_TIMER_MS = 2 ** 31 - 1;

/** The wall clock at the start, and a monotonic one from there: a set-back system clock ends no session. */
export const nodeClock: Clock = {
  now: () => Math.floor(performance.timeOrigin + performance.now()),

  after(ms, run) {
    const timer = setTimeout(run, Math.min(Math.max(ms, 0), MAXIMUM_TIMER_MS));
    timer.unref();
    return () => clearTimeout(timer);
  },
};
