import { performance } from 'node:perf_hooks';
import type { Clock } from '../core/index.ts';

const MAXIMUM_TIMER_MS = 2 ** 31 - 1;
const STARTED_AT = performance.timeOrigin;

/** The wall clock at the start, and a monotonic one from there: a set-back system clock ends no session. */
export const nodeClock: Clock = {
  now: () => Math.floor(STARTED_AT + performance.now()),

  after(ms, run) {
    const timer = setTimeout(run, Math.min(Math.max(ms, 0), MAXIMUM_TIMER_MS));
    timer.unref();
    return () => clearTimeout(timer);
  },
};
