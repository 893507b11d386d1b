import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { DO, DONT, EOR, GA, IAC, OPTION, SB, SE, WILL, WONT } from './codes.ts';
import { encodeCommand, encodeNegotiation, encodeSubnegotiation, escapeIac } from './encode.ts';
import { TelnetParser } from './parser.ts';
import type { TelnetEvent } from './parser.ts';

test('text without 0xFF is not copied', () => {
  const text = Uint8Array.of(65, 66);
  expect(escapeIac(text)).toBe(text);
});

test('every 0xFF in text is doubled', () => {
  expect(escapeIac(Uint8Array.of(IAC, 65, IAC, IAC))).toEqual(
    Uint8Array.of(IAC, IAC, 65, IAC, IAC, IAC, IAC),
  );
});

test('escaped text reads as it was', () => {
  fc.assert(
    fc.property(fc.uint8Array().map(withMoreIac), (text) => {
      const read = parse(escapeIac(text)).flatMap((event) =>
        event.kind === 'data' ? [...event.bytes] : [-1],
      );
      expect(read).toEqual([...text]);
    }),
  );
});

test('a subnegotiation of any payload reads as it was', () => {
  fc.assert(
    fc.property(fc.nat(254), fc.uint8Array().map(withMoreIac), (option, payload) => {
      const wire = encodeSubnegotiation(option, payload);
      expect(parse(wire)).toEqual([{ kind: 'subnegotiation', option, payload }]);
    }),
  );
});

test('a subnegotiation has its frame', () => {
  expect(encodeSubnegotiation(OPTION.TTYPE, Uint8Array.of(1))).toEqual(
    Uint8Array.of(IAC, SB, 24, 1, IAC, SE),
  );
});

test('commands have two bytes', () => {
  expect(encodeCommand(GA)).toEqual(Uint8Array.of(IAC, 249));
  expect(encodeCommand(EOR)).toEqual(Uint8Array.of(IAC, 239));
});

test.each([
  ['will', WILL],
  ['wont', WONT],
  ['do', DO],
  ['dont', DONT],
] as const)('negotiations have three: %s', (verb, code) => {
  expect(encodeNegotiation({ verb, option: 201 })).toEqual(Uint8Array.of(IAC, code, 201));
});

function parse(wire: Uint8Array): TelnetEvent[] {
  const events: TelnetEvent[] = [];
  new TelnetParser().parse(wire, (event) => {
    events.push(event);
    return undefined;
  });
  return events;
}

function withMoreIac(bytes: Uint8Array): Uint8Array {
  return bytes.map((byte) => (byte > 170 ? IAC : byte));
}
