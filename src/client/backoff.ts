/** The first retry is immediate; the next ones wait up to this, doubled each time, in ms. */
const FIRST_WAIT_MS = 500;
const LONGEST_WAIT_MS = 15_000;

/**
 * How long to wait before attempt number `attempt` (0 is the first): nothing, then a random part of a time that
 * doubles, so that players who were cut together do not come back in step.
 */
export function backoffMs(attempt: number, random: number): number {
  return attempt && random * Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** (attempt - 1));
}
