/** The longest that a timer of the runtime may be set for, in ms. */
const LONGEST_MS = 2 ** 31 - 1;

/**
 * Keeps the process alive until this is done. The timers of `nodeClock` do not: where nothing else is left to wait for, the
 * process ends in the middle of it.
 */
export async function keepAwake<T>(work: Promise<T>): Promise<T> {
  const timer = setInterval(() => undefined, LONGEST_MS);
  try {
    return await work;
  } finally {
    clearInterval(timer);
  }
}
