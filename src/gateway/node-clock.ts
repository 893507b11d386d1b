import { performance } from 'node:perf_hooks';
import type { Clock } from '../core/index.ts';

const MAXIMUM_TIMER_MS = 2 ** 31 - 1;
const STARTED_AT = performance.timeOrigin;

/** The time of this turn of the event loop, once it was asked for: a player's line asks a dozen times. */
let thisTurn: number | undefined;

function turnEnds(): void {
  thisTurn = undefined;
}

/**
 * The wall clock at the start, and a monotonic one from there: a set-back system clock ends no session. It stands still for
 * a turn of the event loop.
 */
export const nodeClock: Clock = {
  now() {
    if (thisTurn !== undefined) return thisTurn;
    thisTurn = Math.floor(STARTED_AT + performance.now());
    setImmediate(turnEnds);
    return thisTurn;
  },

  after(ms, run) {
    const timer = setTimeout(run, Math.min(Math.max(ms, 0), MAXIMUM_TIMER_MS));
    timer.unref();
    return () => clearTimeout(timer);
  },
};
