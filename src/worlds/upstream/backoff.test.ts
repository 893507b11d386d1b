import { expect, it } from 'vitest';
import { backoffMs } from './backoff.ts';

it('doubles from half a second to 15 seconds', () => {
  const delays = [0, 1, 2, 3, 4, 5, 6, 1e9].map((failures) => backoffMs(failures, 0));
  expect(delays).toEqual([500, 1000, 2000, 4000, 8000, 15_000, 15_000, 15_000]);
});

it('takes off up to half by chance', () => {
  expect(backoffMs(0, 0.5)).toBe(375);
  expect(backoffMs(0, 0.999_999)).toBeGreaterThan(250);
});
