import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { decodeWindowSize, encodeWindowSize } from './naws.ts';

test('a window size reads as it was, 255 columns too', () => {
  fc.assert(
    fc.property(fc.nat(65_535), fc.nat(65_535), (columns, rows) => {
      expect(decodeWindowSize(encodeWindowSize({ columns, rows }))).toEqual({ columns, rows });
    }),
  );
  expect(encodeWindowSize({ columns: 255, rows: 24 })).toEqual(Uint8Array.of(0, 255, 0, 24));
});

test('impossible sizes become the nearest possible', () => {
  expect(encodeWindowSize({ columns: 70_000, rows: -1 })).toEqual(Uint8Array.of(255, 255, 0, 0));
  expect(encodeWindowSize({ columns: NaN, rows: 24.9 })).toEqual(Uint8Array.of(0, 0, 0, 24));
});

test('a payload of another length is no size', () => {
  expect(decodeWindowSize(Uint8Array.of(0, 80, 0))).toBeUndefined();
  expect(decodeWindowSize(Uint8Array.of(0, 80, 0, 24, 0))).toBeUndefined();
});
