import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { LineAssembler, asLine } from './line-assembler.ts';
import type { LineAssemblerSettings, LineEvent } from './line-assembler.ts';
import { latin1, utf8 } from './utf8.ts';

const OVERLONG = { overlong: true };

describe('Input', () => {
  const cases: [name: string, input: string, lines: unknown[]][] = [
    ['ends a line at CR LF', 'look\r\nn\r\n', ['look', 'n']],
    ['ends a line at CR NUL', 'look\r\0n\r\0', ['look', 'n']],
    ['ends a line at LF alone', 'look\nn\n', ['look', 'n']],
    ['ends a line at CR alone', 'look\rn\r', ['look', 'n']],
    ['has empty lines', '\r\n\r\n\n\r\r\0', ['', '', '', '', '']],
    ['without an end is no line yet', 'loo', []],
    ['ignores NUL, as KildClient sends it behind SE', '\0lo\0ok\n', ['look']],
    ['takes BS and DEL for editing', 'lop\bok\x7fk\r\n', ['look']],
    ['takes back a whole character, not a byte', 'é😀\b\x7fx\n', ['x']],
    ['has nothing to take back at the start', '\b\b\x7fx\n', ['x']],
    ['keeps TAB and loses other control characters', 'a\tb\x07\x1b[A\n', ['a\tb[A']],
    ['may be just as long as the limit', '12345678\n', ['12345678']],
    [
      'over the limit is told once and discarded to its end',
      '123456789abc\b\b\b\r\nlook\n',
      [OVERLONG, 'look'],
    ],
    ['over the limit twice is told twice', '123456789\n123456789\n', [OVERLONG, OVERLONG]],
    ['counts bytes, not characters', 'ééééé\n', [OVERLONG]],
  ];

  test.each(cases)('%s', (_name, input, lines) => {
    expect(run([utf8.encode(input)])).toEqual(lines);
  });

  test.each(cases)('%s, cut at every place', (_name, input, lines) => {
    const whole = utf8.encode(input);
    for (let at = 0; at <= whole.length; at += 1) {
      expect(run([whole.subarray(0, at), whole.subarray(at)])).toEqual(lines);
    }
  });

  test('tells a line at once, without waiting for the LF behind CR', () => {
    expect(run([utf8.encode('look\r')])).toEqual(['look']);
  });

  test('of any bytes gives the same lines however it is cut', () => {
    const byte = fc.constantFrom(0, 8, 9, 10, 13, 27, 65, 0x7f, 0xc3, 0xa9);
    fc.assert(
      fc.property(fc.array(byte, { maxLength: 60 }), (values) => {
        const whole = Uint8Array.from(values);
        expect(run(values.map((value) => Uint8Array.of(value)))).toEqual(run([whole]));
      }),
    );
  });

  test('that is not UTF-8 has replacement characters', () => {
    expect(run([Uint8Array.of(0x61, 0xe9, 0x62, 0x0a)])).toEqual(['a\ufffdb']);
  });

  test('may be in Latin-1', () => {
    expect(run([Uint8Array.of(0xe9, 0xe8, 0x08, 0x0a)], { coding: latin1 })).toEqual(['é']);
  });

  test('may change its encoding on the way', () => {
    const assembler = new LineAssembler({ coding: latin1 });
    const lines: LineEvent[] = [];
    assembler.setCoding(utf8);
    assembler.push(utf8.encode('é\n'), (event) => lines.push(event));
    expect(lines).toEqual([{ kind: 'line', text: 'é' }]);
  });

  test('may be erased by Telnet commands', () => {
    const assembler = new LineAssembler();
    const lines: LineEvent[] = [];
    const push = (text: string) => assembler.push(utf8.encode(text), (event) => lines.push(event));
    push('wrong');
    assembler.eraseLine();
    push('looké');
    assembler.eraseCharacter();
    push('\n');
    expect(lines).toEqual([{ kind: 'line', text: 'look' }]);
  });

  test('is limited to 4096 bytes unless told otherwise', () => {
    expect(run([utf8.encode(`${'x'.repeat(4096)}\n${'x'.repeat(4097)}\n`)], {})).toEqual([
      'x'.repeat(4096),
      OVERLONG,
    ]);
  });
});

function run(chunks: Uint8Array[], settings: LineAssemblerSettings = { lineLimitBytes: 8 }): unknown[] {
  const assembler = new LineAssembler(settings);
  const lines: unknown[] = [];
  for (const chunk of chunks) {
    assembler.push(chunk, (event) => lines.push(event.kind === 'line' ? event.text : OVERLONG));
  }
  return lines;
}

describe('A text that was not typed', () => {
  test.each([
    ['Ann', 'Ann'],
    ['a\r\nb\0c\n', 'abc'],
    ['\x07\x1b[1m\ttab\x7f', '[1m\ttab'],
    ['\u0085é\ud800', '\u0085é\ufffd'],
  ])('is a line as if it were: %j', (text, line) => {
    expect(asLine(text, 100)).toBe(line);
  });

  test('is none where it is too long, in bytes of UTF-8', () => {
    expect(asLine('éé\r\n', 4)).toBe('éé');
    expect(asLine('ééx', 4)).toBeUndefined();
  });
});
