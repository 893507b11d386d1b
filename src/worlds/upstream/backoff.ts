const FIRST_MS = 500;
const LONGEST_MS = 15_000;

/**
 * How long to wait after so many failures in a row (0: the first), in ms: 0.5 s, doubling to 15 s. `random`, from 0 to
 * below 1, takes off up to half, so that those who lost the game in one moment do not return in one.
 */
export function backoffMs(failures: number, random: number): number {
  const longest = Math.min(LONGEST_MS, FIRST_MS * 2 ** Math.min(failures, 16));
  return longest * (1 - random / 2);
}
