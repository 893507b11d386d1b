import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { decodeEnviron, encodeEnviron } from './new-environ.ts';
import type { EnvironType, EnvironVariable } from './new-environ.ts';

describe('A NEW-ENVIRON message', () => {
  test('with variables reads as it was, marks in names and values too', () => {
    fc.assert(
      fc.property(
        fc.constantFrom('is', 'info'),
        fc.array(variable(), { maxLength: 64 }),
        (kind, variables) => {
          const message = { kind, variables } as const;
          expect(decodeEnviron(encodeEnviron(message))).toEqual(message);
        },
      ),
    );
  });

  test('that asks reads as it was', () => {
    const message = {
      kind: 'send',
      requests: [
        { type: 'var', name: 'USER' },
        { type: 'var' },
        { type: 'uservar', name: 'RECONNECT_TOKEN' },
      ],
    } as const;
    expect(decodeEnviron(encodeEnviron(message))).toEqual(message);
    expect(decodeEnviron(encodeEnviron({ kind: 'send', requests: [] }))).toEqual({
      kind: 'send',
      requests: [],
    });
  });

  test('brings the token of `telnet -l TOKEN` as USER', () => {
    const payload = Uint8Array.from([0, 0, ...ascii('USER'), 1, ...ascii('hf1_x'), 0, ...ascii('DISPLAY')]);
    expect(decodeEnviron(payload)).toEqual({
      kind: 'is',
      variables: [
        { type: 'var', name: 'USER', value: 'hf1_x' },
        { type: 'var', name: 'DISPLAY' },
      ],
    });
  });

  test('tells an empty variable from an undefined one', () => {
    expect(decodeEnviron(Uint8Array.of(0, 0, 65, 1, 3, 66))).toEqual({
      kind: 'is',
      variables: [
        { type: 'var', name: 'A', value: '' },
        { type: 'uservar', name: 'B' },
      ],
    });
  });

  test('counts up to its limits, and leaves out what is too long', () => {
    const many = Array.from({ length: 100 }, (_value, index) => ({
      type: 'var' as const,
      name: `V${index}`,
    }));
    const read = decodeEnviron(encodeEnviron({ kind: 'is', variables: many }));
    expect(read).toEqual({ kind: 'is', variables: many.slice(0, 64) });
    const long = [
      { type: 'var', name: 'x'.repeat(65) },
      { type: 'var', name: 'LONG', value: 'x'.repeat(1025) },
      { type: 'var', name: 'USER', value: 'x'.repeat(1024) },
    ] as const;
    expect(decodeEnviron(encodeEnviron({ kind: 'is', variables: long }))).toEqual({
      kind: 'is',
      variables: long.slice(2),
    });
  });

  test('of any bytes does not throw', () => {
    const byte = fc.oneof(fc.nat(4), fc.nat(255));
    fc.assert(
      fc.property(fc.array(byte), (payload) => {
        const message = decodeEnviron(Uint8Array.from(payload));
        expect(message === undefined).toBe((payload[0] ?? 255) > 2);
      }),
    );
  });
});

function variable(): fc.Arbitrary<EnvironVariable> {
  const text = fc.string({
    unit: fc.constantFrom('A', '_', 'é', '\0', '\x01', '\x02', '\x03', '\xff'),
    maxLength: 20,
  });
  return fc
    .record({
      type: fc.constantFrom<EnvironType>('var', 'uservar'),
      name: text.filter((name) => name !== ''),
      value: fc.option(text, { nil: undefined }),
    })
    .map(({ type, name, value }) => (value === undefined ? { type, name } : { type, name, value }));
}

function ascii(text: string): number[] {
  return Array.from(text, (character) => character.charCodeAt(0));
}
