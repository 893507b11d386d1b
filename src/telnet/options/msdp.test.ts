import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { decodeMsdp, encodeMsdp, msdpOfPackage, packageOfMsdp, type MsdpValue } from './msdp.ts';

const [VAR, VAL, TABLE_OPEN, TABLE_CLOSE, ARRAY_OPEN, ARRAY_CLOSE] = [1, 2, 3, 4, 5, 6];

/** A payload written as text, with the marks as numbers. */
function payload(...parts: readonly (string | number | readonly number[])[]): Uint8Array {
  return Uint8Array.from(parts.flatMap((part) => (typeof part === 'string' ? [...Buffer.from(part)] : part)));
}

describe('An MSDP message', () => {
  const cases: [name: string, bytes: Uint8Array, variable: string, value: MsdpValue][] = [
    ['has text', payload(VAR, 'HEALTH', VAL, '95'), 'HEALTH', '95'],
    ['may have an empty text', payload(VAR, 'TARGET', VAL), 'TARGET', ''],
    [
      'has lists',
      payload(VAR, 'REPORT', VAL, ARRAY_OPEN, VAL, 'HEALTH', VAL, 'MANA', ARRAY_CLOSE),
      'REPORT',
      ['HEALTH', 'MANA'],
    ],
    [
      'has tables, also in tables',
      payload(
        [VAR],
        'ROOM',
        [VAL, TABLE_OPEN, VAR],
        'VNUM',
        [VAL],
        '6008',
        [VAR],
        'EXITS',
        [VAL, TABLE_OPEN, VAR],
        'n',
        [VAL],
        '6011',
        [TABLE_CLOSE, TABLE_CLOSE],
      ),
      'ROOM',
      { VNUM: '6008', EXITS: { n: '6011' } },
    ],
    ['has UTF-8', payload(VAR, 'NAME', VAL, 'Zoë'), 'NAME', 'Zoë'],
  ];

  test.each(cases)('%s', (_name, bytes, variable, value) => {
    expect(encodeMsdp(variable, value)).toEqual(bytes);
    expect(decodeMsdp(bytes)).toEqual([{ name: variable, value }]);
  });

  test('may have several variables', () => {
    expect(decodeMsdp(payload(VAR, 'A', VAL, '1', VAR, 'B', VAL, '2'))).toEqual([
      { name: 'A', value: '1' },
      { name: 'B', value: '2' },
    ]);
  });

  test('with several values of one variable has a list', () => {
    expect(decodeMsdp(payload(VAR, 'SEND', VAL, 'A', VAL, 'B'))).toEqual([
      { name: 'SEND', value: ['A', 'B'] },
    ]);
  });

  test('takes numbers, truths and nothing for text', () => {
    expect(encodeMsdp('X', [1.5, true, false, null])).toEqual(encodeMsdp('X', ['1.5', '1', '0', '']));
  });

  test('cannot be broken by what a text has in it', () => {
    const text = 'a\u0000\u0001\u0002\u0003\u0004\u0005\u0006b';
    expect(decodeMsdp(encodeMsdp('X', text))).toEqual([{ name: 'X', value: 'ab' }]);
  });

  test('leaves out a variable that has no proper name', () => {
    expect(decodeMsdp(payload(VAR, 'A B', VAL, '1', VAR, VAL, '2', VAR, 'C', VAL, '3'))).toEqual([
      { name: 'C', value: '3' },
    ]);
  });

  test.each([
    ['begins with something else', payload('HEALTH', VAL, '1')],
    ['ends inside a list', payload(VAR, 'A', VAL, ARRAY_OPEN, VAL, '1')],
    ['ends inside a table', payload(VAR, 'A', VAL, TABLE_OPEN, VAR, 'B', VAL, '1')],
    ['closes what was never open', payload(VAR, 'A', VAL, '1', ARRAY_CLOSE)],
  ])('that %s is not believed', (_name, bytes) => {
    expect(decodeMsdp(bytes)).toBeUndefined();
  });

  test('nested over its limit is not believed', () => {
    const nested = (depth: number) =>
      payload(
        VAR,
        'A',
        VAL,
        Array.from({ length: depth }, () => [ARRAY_OPEN, VAL]).flat(),
        Array.from({ length: depth }, () => ARRAY_CLOSE),
      );
    expect(decodeMsdp(nested(31))).toHaveLength(1);
    expect(decodeMsdp(nested(32))).toBeUndefined();
    expect(decodeMsdp(nested(8000))).toBeUndefined();
  });

  test('of any value reads as it was', () => {
    fc.assert(
      fc.property(anyValue(), (value) => {
        expect(decodeMsdp(encodeMsdp('X', value))).toEqual([{ name: 'X', value }]);
      }),
    );
  });

  test('of arbitrary bytes never throws', () => {
    const byte = fc.oneof(fc.nat(6), fc.nat(255));
    fc.assert(
      fc.property(fc.array(byte, { maxLength: 60 }), (bytes) => {
        const variables = decodeMsdp(Uint8Array.from(bytes)) ?? [];
        for (const { name, value } of variables) encodeMsdp(name, value);
      }),
    );
  });
});

test('inside a session a variable is a package of its own, in both directions', () => {
  expect(packageOfMsdp('HEALTH')).toBe('MSDP.HEALTH');
  expect(msdpOfPackage('MSDP.HEALTH')).toBe('HEALTH');
});

test.each(['MSDP', 'MSDP.', 'msdp.HEALTH', 'Char.Vitals', 'MSDP.A B'])('%s is no variable', (name) => {
  expect(msdpOfPackage(name)).toBeUndefined();
});

function anyValue(): fc.Arbitrary<MsdpValue> {
  const text = fc
    .string({ unit: 'grapheme' })
    // oxlint-disable-next-line no-control-regex
    .map((value) => value.replace(/[\u0000-\u0006]/g, ''));
  const key = text.filter((name) => name !== '__proto__');
  return fc.letrec<{ value: MsdpValue }>((tie) => ({
    value: fc.oneof(
      { maxDepth: 4, withCrossShrink: true },
      text,
      fc.array(tie('value'), { maxLength: 3 }),
      fc.dictionary(key, tie('value'), { maxKeys: 3, noNullPrototype: true }),
    ),
  })).value;
}
