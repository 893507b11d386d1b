import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Histogram } from './histogram.ts';

function histogram(values: readonly number[]): Histogram {
  const made = new Histogram();
  for (const value of values) made.record(value);
  return made;
}

describe('a histogram', () => {
  test('of nothing has no percentiles', () => {
    expect(histogram([]).percentile(0.5)).toBeUndefined();
  });

  test('of one value has that value, or one within its bucket', () => {
    expect(histogram([0]).percentile(0.99)).toBe(0);
    expect(histogram([40]).percentile(1)).toBe(40);
  });

  test('keeps count, sum and largest exactly', () => {
    const made = histogram([3, 1, 4, 1, 5]);
    expect([made.count, made.sum, made.largest]).toEqual([5, 14, 5]);
  });

  test('has percentiles that are right within half of their value', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 1, max: 10_000_000 }), { minLength: 1 }),
        fc.constantFrom(0.5, 0.95, 0.99, 1),
        (values, part) => {
          const sorted = values.toSorted((a, b) => a - b);
          const exact = sorted[Math.max(1, Math.ceil(part * values.length)) - 1] ?? 0;
          const found = histogram(values).percentile(part) ?? 0;
          expect(found).toBeGreaterThanOrEqual(exact / 1.67);
          expect(found).toBeLessThanOrEqual(exact * 1.67);
        },
      ),
    );
  });

  test('of two parts is the histogram of both', () => {
    const whole = histogram([1, 10, 100]);
    whole.add(histogram([1000, 10_000]));
    expect(whole.percentile(0.5)).toBe(histogram([1, 10, 100, 1000, 10_000]).percentile(0.5));
    expect(whole.count).toBe(5);
  });
});
