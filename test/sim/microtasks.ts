import { setFlagsFromString } from 'node:v8';
import { runInThisContext } from 'node:vm';

// V8's own way to empty the queue of promise reactions, at once and wholly. Awaiting some number of promises would be
// slower, and would have to guess the number.
setFlagsFromString('--allow-natives-syntax');
const checkpoint: unknown = runInThisContext('(function () { %PerformMicrotaskCheckpoint(); })');

/**
 * Runs all promise reactions that are due, and those that they cause. It works only outside of a promise reaction:
 * `inOwnTurn` is such a place.
 */
export const runMicrotasks: () => void = asAction(checkpoint);

/** Runs `work` in a turn of the event loop of its own, where `runMicrotasks` works. */
export function inOwnTurn<T>(work: () => T): Promise<T> {
  return new Promise((resolve, reject) => {
    setImmediate(() => {
      try {
        resolve(work());
      } catch (error) {
        reject(error instanceof Error ? error : new Error(String(error)));
      }
    });
  });
}

function asAction(value: unknown): () => void {
  if (typeof value !== 'function') throw new Error('this V8 has no microtask checkpoint');
  return () => {
    // oxlint-disable-next-line typescript/no-unsafe-call
    value();
  };
}
