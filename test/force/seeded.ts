/** Set it to run a test again as it was: each prints its own when it fails. */
export const SEED: number = Number(process.env['HOLDFAST_TEST_SEED'] ?? Date.now() % 1_000_000);

/** The long form of the tests in this folder: `HOLDFAST_TEST_LONG=1`. */
export const isLong: boolean = process.env['HOLDFAST_TEST_LONG'] === '1';

/** mulberry32: numbers from 0 to below 1, the same for the same seed. */
export function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
