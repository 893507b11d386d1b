import { describe, expect, test } from 'vitest';
import { bytes, duration } from './quantity.ts';

describe('quantities', () => {
  test.each([
    [0, '0 ms'],
    [999, '999 ms'],
    [42_000, '42 s'],
    [62_000, '1 min 2 s'],
    [11_520_000, '3 h 12 min'],
    [90_000_000, '1 d 1 h'],
  ])('are durations in their two largest units: %d ms', (ms, text) => {
    expect(duration(ms)).toBe(text);
  });

  test.each([
    [0, '0 B'],
    [999, '999 B'],
    [1500, '1.5 kB'],
    [262_144, '262 kB'],
    [5e9, '5.0 GB'],
  ])('are sizes with three digits: %d', (count, text) => {
    expect(bytes(count)).toBe(text);
  });
});
