import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { AYT, DO, EOR, GA, IAC, NOP, OPTION, SB, SE, WILL } from './codes.ts';
import type { Verb } from './codes.ts';
import { TelnetParser } from './parser.ts';
import type { ParserSettings, TelnetEvent } from './parser.ts';

const LIMIT = 8;

describe('A Telnet stream', () => {
  const cases: [name: string, input: number[], events: unknown[]][] = [
    ['of plain text is one event', bytes('You are here.\r\n'), ['You are here.\r\n']],
    ['hands on 0xFF that was doubled', [65, IAC, IAC, 66], ['A\xffB']],
    ['may be nothing but doubled 0xFF', [IAC, IAC, IAC, IAC], ['\xff\xff']],
    [
      'keeps a prompt mark in its place',
      [...bytes('HP>'), IAC, GA, ...bytes('\r\n')],
      ['HP>', { command: GA }, '\r\n'],
    ],
    [
      'has commands of two bytes',
      [IAC, NOP, IAC, AYT, IAC, EOR],
      [{ command: NOP }, { command: AYT }, { command: EOR }],
    ],
    [
      'has commands of three bytes, for any option',
      [IAC, WILL, OPTION.NAWS, IAC, DO, IAC],
      [
        { verb: 'will', option: OPTION.NAWS },
        { verb: 'do', option: IAC },
      ],
    ],
    [
      'keeps echo off in its place before the text behind it',
      [...bytes('Password: '), IAC, WILL, OPTION.ECHO, ...bytes('x')],
      ['Password: ', { verb: 'will', option: OPTION.ECHO }, 'x'],
    ],
    ['has subnegotiations', sb(OPTION.NAWS, [0, 80, 0, 24]), [{ option: OPTION.NAWS, payload: '\0P\0\x18' }]],
    ['has empty subnegotiations', sb(OPTION.MCCP2, []), [{ option: OPTION.MCCP2, payload: '' }]],
    [
      'has 0xFF doubled inside a subnegotiation, also as a size in NAWS',
      sb(OPTION.NAWS, [0, IAC, IAC, 0, IAC, IAC]),
      [{ option: OPTION.NAWS, payload: '\0\xff\0\xff' }],
    ],
    [
      'takes IAC IAC SE inside a subnegotiation for payload, not for its end',
      sb(OPTION.GMCP, [65, IAC, IAC, SE, 66]),
      [{ option: OPTION.GMCP, payload: 'A\xff\xf0B' }],
    ],
    [
      'leaves a NUL behind SE (KildClient) to the line assembler',
      [...sb(OPTION.TTYPE, [0, 88]), 0, 65],
      [{ option: OPTION.TTYPE, payload: '\0X' }, '\0A'],
    ],
    [
      'with a subnegotiation of just the limit',
      sb(1, bytes('12345678')),
      [{ option: 1, payload: '12345678' }],
    ],
    [
      'with one longer than the limit says so once and goes on behind its real end',
      [...sb(1, [...bytes('1234567890'), IAC, IAC, SE, ...bytes('text')]), 66],
      [{ oversize: 1 }, 'B'],
    ],
    [
      'counts a doubled 0xFF once for the limit',
      sb(
        1,
        Array.from({ length: LIMIT * 2 }, () => IAC),
      ),
      [{ option: 1, payload: '\xff'.repeat(LIMIT) }],
    ],
    [
      'reads the next subnegotiation after one that was too long',
      [...sb(1, bytes('123456789')), ...sb(2, [65])],
      [{ oversize: 1 }, { option: 2, payload: 'A' }],
    ],
    ['has 0xFF that nobody doubled, by a peer in Windows-1251', [IAC, 65, IAC, 13, 10], ['\xffA\xff\r\n']],
    [
      'has it inside a subnegotiation too',
      sb(31, [0, IAC, 0, 24]),
      [{ option: 31, payload: '\0\xff\0\x18' }],
    ],
    [
      'drops a subnegotiation whose end was lost, and obeys the command that shows it',
      [IAC, SB, 201, 65, IAC, WILL, 1, 66],
      [{ verb: 'will', option: 1 }, 'B'],
    ],
    [
      'reads the one that begins inside another',
      [IAC, SB, 201, 65, ...sb(24, [1])],
      [{ option: 24, payload: '\x01' }],
    ],
    ['survives SB without an option', [IAC, SB, IAC, SE, 65], [{ command: SE }, 'A']],
    ['survives an SE from nowhere', [IAC, SE, 65], [{ command: SE }, 'A']],
  ];

  test.each(cases)('%s', (_name, input, events) => {
    expect(run([Uint8Array.from(input)]).map(readable)).toEqual(events);
  });

  test.each(cases)('%s, cut at every place', (_name, input, events) => {
    const whole = Uint8Array.from(input);
    for (let first = 0; first <= whole.length; first += 1) {
      for (let second = first; second <= whole.length; second += 1) {
        const chunks = [whole.subarray(0, first), whole.subarray(first, second), whole.subarray(second)];
        expect(run(chunks).map(readable)).toEqual(events);
      }
    }
  });

  test('reads the same as a slow parser written from the RFCs', () => {
    fc.assert(
      fc.property(stream(), (input) => {
        expect(run([input])).toEqual(referenceParse(input, LIMIT));
      }),
      { numRuns: 5000 },
    );
  });

  test('reads the same however it is cut', () => {
    fc.assert(
      fc.property(stream(), fc.array(fc.nat(12), { minLength: 1, maxLength: 20 }), (input, sizes) => {
        expect(run(cut(input, sizes))).toEqual(run([input]));
      }),
      { numRuns: 2000 },
    );
  });

  test('of arbitrary bytes never throws', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (input) => {
        expect(run([input])).toEqual(referenceParse(input, LIMIT));
      }),
    );
  });
});

describe('Stopping', () => {
  test('returns the exact byte behind the event, as compression needs it', () => {
    const zlib = [0x78, 0x9c, IAC, IAC, IAC, SE, 1];
    const head = [...bytes('hi'), ...sb(OPTION.MCCP2, [])];
    const consumed = new TelnetParser().parse(Uint8Array.from([...head, ...zlib]), (event) =>
      event.kind === 'subnegotiation' && event.option === OPTION.MCCP2 ? 'stop' : undefined,
    );
    expect(consumed).toBe(head.length);
  });

  test('finds that byte when the subnegotiation was cut', () => {
    const parser = new TelnetParser();
    parser.parse(Uint8Array.of(IAC, SB, OPTION.MCCP2, IAC), () => undefined);
    expect(parser.parse(Uint8Array.of(SE, 0x78, 0x9c), () => 'stop')).toBe(1);
  });

  test('after every event and going on changes nothing', () => {
    fc.assert(
      fc.property(stream(), (input) => {
        const parser = new TelnetParser({ subnegotiationLimitBytes: LIMIT });
        const events: TelnetEvent[] = [];
        let rest = input;
        while (rest.length > 0) {
          const consumed = parser.parse(rest, (event) => {
            events.push(event);
            return 'stop';
          });
          rest = rest.subarray(consumed);
        }
        expect(merge(events)).toEqual(run([input]));
      }),
    );
  });
});

describe('Memory', () => {
  test('text is handed on without a copy', () => {
    const chunk = Uint8Array.from([...bytes('text'), IAC, GA]);
    new TelnetParser().parse(chunk, (event) => {
      if (event.kind === 'data') expect(event.bytes.buffer).toBe(chunk.buffer);
      return undefined;
    });
  });

  test('a payload that came in one piece is handed on without a copy too', () => {
    const chunk = Uint8Array.from(sb(24, [1, 2]));
    const [event] = run([chunk]);
    expect(event).toMatchObject({ payload: Uint8Array.of(1, 2) });
    if (event?.kind === 'subnegotiation') expect(event.payload.buffer).toBe(chunk.buffer);
  });
});

/** Straight from RFC 854 and 855, over the whole input, a byte at a time; with the choices that `TelnetParser` documents. */
function referenceParse(input: Uint8Array, limit: number): TelnetEvent[] {
  const verbs: readonly Verb[] = ['will', 'wont', 'do', 'dont'];
  const events: TelnetEvent[] = [];
  const data = (byte: number) => events.push({ kind: 'data', bytes: Uint8Array.of(byte) });
  let at = 0;
  while (at < input.length) {
    const [byte = 0, command, option] = input.subarray(at, at + 3);
    if (byte !== 255) {
      data(byte);
      at += 1;
    } else if (command === undefined) {
      break;
    } else if (command === 255) {
      data(255);
      at += 2;
    } else if (command < 236) {
      data(255);
      at += 1;
    } else if (command < 250) {
      events.push({ kind: 'command', command });
      at += 2;
    } else if (option === undefined) {
      break;
    } else if (command > 250) {
      events.push({ kind: 'negotiate', verb: verbs[command - 251] ?? 'will', option });
      at += 3;
    } else if (option === 255) {
      at += 2;
    } else {
      const { payload, end, isWhole } = referencePayload(input, at + 3);
      if (payload.length > limit) events.push({ kind: 'oversize', option });
      else if (isWhole) events.push({ kind: 'subnegotiation', option, payload: Uint8Array.from(payload) });
      at = end;
    }
  }
  return merge(events);
}

function referencePayload(
  input: Uint8Array,
  from: number,
): { payload: number[]; end: number; isWhole: boolean } {
  const payload: number[] = [];
  let at = from;
  while (at < input.length) {
    const [byte = 0, next] = input.subarray(at, at + 2);
    if (byte !== 255) {
      payload.push(byte);
      at += 1;
    } else if (next === undefined) {
      break;
    } else if (next === 255 || next < 236) {
      payload.push(255);
      at += next === 255 ? 2 : 1;
    } else {
      return { payload, end: next === 240 ? at + 2 : at, isWhole: next === 240 };
    }
  }
  return { payload, end: input.length, isWhole: false };
}

function run(
  chunks: Uint8Array[],
  settings: ParserSettings = { subnegotiationLimitBytes: LIMIT },
): TelnetEvent[] {
  const parser = new TelnetParser(settings);
  const events: TelnetEvent[] = [];
  for (const chunk of chunks) {
    const consumed = parser.parse(chunk, (event) => {
      events.push(event);
      return undefined;
    });
    expect(consumed).toBe(chunk.length);
  }
  return merge(events);
}

function merge(events: TelnetEvent[]): TelnetEvent[] {
  const merged: TelnetEvent[] = [];
  for (const event of events) {
    const last = merged.at(-1);
    if (event.kind === 'data' && last?.kind === 'data') {
      merged[merged.length - 1] = { kind: 'data', bytes: Uint8Array.from([...last.bytes, ...event.bytes]) };
    } else {
      merged.push(event.kind === 'data' ? { kind: 'data', bytes: Uint8Array.from(event.bytes) } : event);
    }
  }
  return merged;
}

/** Bytes in which commands, ends and limits are frequent. */
function stream(): fc.Arbitrary<Uint8Array> {
  const byte = fc.oneof(
    { weight: 4, arbitrary: fc.constant(255) },
    { weight: 3, arbitrary: fc.constantFrom(235, 236, 239, 240, 249, 250, 250, 251, 252, 253, 254) },
    { weight: 4, arbitrary: fc.constantFrom(0, 1, 10, 13, 24, 65, 86) },
    { weight: 1, arbitrary: fc.nat(255) },
  );
  return fc.array(byte, { maxLength: 80 }).map((values) => Uint8Array.from(values));
}

function cut(input: Uint8Array, sizes: number[]): Uint8Array[] {
  const chunks: Uint8Array[] = [];
  let from = 0;
  for (let index = 0; from < input.length; index += 1) {
    const size = sizes[index] ?? input.length;
    chunks.push(input.subarray(from, from + size));
    from += size;
  }
  return chunks;
}

function readable(event: TelnetEvent): unknown {
  switch (event.kind) {
    case 'data':
      return String.fromCharCode(...event.bytes);
    case 'command':
      return { command: event.command };
    case 'negotiate':
      return { verb: event.verb, option: event.option };
    case 'subnegotiation':
      return { option: event.option, payload: String.fromCharCode(...event.payload) };
    case 'oversize':
      return { oversize: event.option };
  }
}

function bytes(text: string): number[] {
  return Array.from(text, (character) => character.charCodeAt(0));
}

function sb(option: number, escapedPayload: number[]): number[] {
  return [IAC, SB, option, ...escapedPayload, IAC, SE];
}
