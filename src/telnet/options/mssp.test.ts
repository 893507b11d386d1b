import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { decodeMssp, encodeMssp } from './mssp.ts';

test('variables are read as they were written, those with several values too', () => {
  const listing = new Map([
    ['NAME', ['The Harbour']],
    ['PORT', ['4000', '4001']],
    ['ICON', ['']],
  ]);
  const bytes = Buffer.from('\u0001NAME\u0002The Harbour\u0001PORT\u00024000\u00024001\u0001ICON\u0002');
  expect(Buffer.from(encodeMssp(listing))).toEqual(bytes);
  expect(decodeMssp(bytes)).toEqual(listing);
});

test('what MSSP cannot carry is left out', () => {
  const listing = new Map([['N\u0001AME', ['a\u0000b\u0002c']]]);
  expect(decodeMssp(encodeMssp(listing))).toEqual(new Map([['NAME', ['abc']]]));
});

test('of a variable that is given twice the last counts', () => {
  const bytes = Buffer.from('\u0001PLAYERS\u00025\u0001PLAYERS\u00026');
  expect(decodeMssp(bytes)).toEqual(new Map([['PLAYERS', ['6']]]));
});

test('what stands before the first variable, and a variable without a name, are skipped', () => {
  expect(decodeMssp(Buffer.from('junk\u0002x\u0001\u0002y\u0001NAME\u0002z'))).toEqual(
    new Map([['NAME', ['z']]]),
  );
});

test('variables, values and their lengths are limited', () => {
  const many = Array.from({ length: 300 }, (_, i) => `\u0001V${i}\u0002x`).join('');
  expect(decodeMssp(Buffer.from(many)).size).toBe(128);
  expect(decodeMssp(Buffer.from(`\u0001A${'\u0002x'.repeat(100)}`)).get('A')).toHaveLength(32);
  const long = 'x'.repeat(1025);
  expect(decodeMssp(Buffer.from(`\u0001A\u0002${long}\u0002y\u0001${long}\u0002z`))).toEqual(
    new Map([['A', ['y']]]),
  );
});

test('arbitrary bytes never throw', () => {
  const byte = fc.oneof(fc.nat(2), fc.nat(255));
  fc.assert(
    fc.property(fc.array(byte, { maxLength: 100 }), (bytes) => {
      const listing = decodeMssp(Uint8Array.from(bytes));
      expect(decodeMssp(encodeMssp(listing)).size).toBeLessThanOrEqual(listing.size);
    }),
  );
});
