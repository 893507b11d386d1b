import { describe, expect, test } from 'vitest';
import { TimeSeries } from './time-series.ts';

interface Count {
  value: number;
}

function series(): TimeSeries<Count> {
  return new TimeSeries({ stepMs: 10, length: 3, make: () => ({ value: 0 }) });
}

const values = (of: TimeSeries<Count>, now: number): (number | undefined)[] =>
  of.buckets(now).map((bucket) => bucket?.value);

describe('a time series', () => {
  test('counts in the bucket of the moment', () => {
    const made = series();
    made.at(100).value += 1;
    made.at(109).value += 1;
    made.at(110).value += 5;
    expect(values(made, 115)).toEqual([undefined, 2, 5]);
    expect(made.from(115)).toBe(90);
  });

  test('has holes where nothing happened, and forgets what is old', () => {
    const made = series();
    made.at(100).value = 1;
    made.at(120).value = 3;
    expect(values(made, 120)).toEqual([1, undefined, 3]);
    expect(values(made, 130)).toEqual([undefined, 3, undefined]);
    expect(values(made, 1000)).toEqual([undefined, undefined, undefined]);
    made.at(130).value = 4;
    expect(values(made, 139)).toEqual([undefined, 3, 4]);
  });
});
