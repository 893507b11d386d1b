import { expect, it } from 'vitest';
import { ManualClock } from '../../../test/support/manual-clock.ts';
import { ReportLimit } from './report-limit.ts';

it('allows each different report once in ten minutes', () => {
  const clock = new ManualClock();
  const limit = new ReportLimit(clock);
  expect(['a', 'a', 'b', 'a'].map((report) => limit.allows(report))).toEqual([true, false, true, false]);
  clock.advance(599_999);
  expect(limit.allows('a')).toBe(false);
  clock.advance(1);
  expect(['a', 'a'].map((report) => limit.allows(report))).toEqual([true, false]);
});

it('allows no more than sixteen in that time, whatever they are', () => {
  const limit = new ReportLimit(new ManualClock());
  const allowed = Array.from({ length: 1000 }, (_, index) => limit.allows(`Package.${index}`));
  expect(allowed.filter(Boolean)).toHaveLength(16);
});
