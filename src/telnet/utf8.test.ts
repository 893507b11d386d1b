import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Utf8Decoder, latin1, utf8 } from './utf8.ts';

const whatwg = new TextDecoder('utf-8', { ignoreBOM: true });

describe('UTF-8', () => {
  test('is decoded as the platform does it, malformed or not', () => {
    fc.assert(
      fc.property(wild(), (bytes) => {
        expect(utf8.decode(bytes)).toBe(whatwg.decode(bytes));
      }),
      { numRuns: 5000 },
    );
  });

  test('is decoded the same however it is cut', () => {
    fc.assert(
      fc.property(wild(), fc.nat(60), fc.nat(60), (bytes, one, other) => {
        const [first, second] = [Math.min(one, other), Math.max(one, other)];
        const decoder = new Utf8Decoder();
        const text =
          decoder.decode(bytes.subarray(0, first)) +
          decoder.decode(bytes.subarray(first, second)) +
          decoder.decode(bytes.subarray(second)) +
          decoder.flush();
        expect(text).toBe(utf8.decode(bytes));
      }),
      { numRuns: 2000 },
    );
  });

  test('is encoded as the platform does it, lone surrogates too', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.nat(0xffff).map((unit) => String.fromCharCode(unit)) }), (text) => {
        expect(utf8.encode(text)).toEqual(new TextEncoder().encode(text));
      }),
    );
    expect(utf8.encode('aé€😀')).toEqual(new TextEncoder().encode('aé€😀'));
  });

  test('gives a character to the piece that ends it', () => {
    const decoder = new Utf8Decoder();
    expect(decoder.decode(Uint8Array.of(0xf0, 0x9f, 0x98))).toBe('');
    expect(decoder.decode(Uint8Array.of(0x80))).toBe('😀');
    expect(decoder.flush()).toBe('');
  });

  test.each(['ж', 'a'])('decodes long texts of %s', (letter) => {
    for (const length of [4095, 4096, 4097, 100_000]) {
      const text = letter.repeat(length);
      expect(utf8.decode(utf8.encode(text))).toBe(text);
    }
  });

  test('is decoded the same where only ASCII comes, also behind a character that is cut', () => {
    const pieces = fc.array(
      fc.oneof(
        fc.string({ unit: 'binary-ascii' }).map((text) => new TextEncoder().encode(text)),
        wild(),
      ),
    );
    fc.assert(
      fc.property(pieces, (all) => {
        const decoder = new Utf8Decoder();
        const text = all.map((piece) => decoder.decode(piece)).join('') + decoder.flush();
        expect(text).toBe(whatwg.decode(Uint8Array.from(all.flatMap((piece) => [...piece]))));
      }),
      { numRuns: 2000 },
    );
  });

  test('knows where its last character begins', () => {
    expect(utf8.lengthWithoutLast(utf8.encode('a😀'))).toBe(1);
    expect(utf8.lengthWithoutLast(Uint8Array.of(0x80))).toBe(0);
    expect(utf8.lengthWithoutLast(new Uint8Array(0))).toBe(0);
  });
});

describe('Latin-1', () => {
  test('carries every byte unharmed', () => {
    const all = Uint8Array.from({ length: 256 }, (_value, index) => index);
    expect(latin1.encode(latin1.decode(all))).toEqual(all);
  });

  test('has a question mark for what it lacks', () => {
    expect(latin1.encode('é😀ж')).toEqual(Uint8Array.of(0xe9, 0x3f, 0x3f));
  });
});

/** Bytes that are often almost right. */
function wild(): fc.Arbitrary<Uint8Array> {
  const byte = fc.oneof(
    fc.constantFrom(
      0x41,
      0x80,
      0x8f,
      0x90,
      0x9f,
      0xa0,
      0xbf,
      0xc1,
      0xc2,
      0xe0,
      0xe2,
      0xed,
      0xef,
      0xf0,
      0xf1,
      0xf4,
      0xf5,
    ),
    fc.nat(255),
  );
  return fc.array(byte, { maxLength: 60 }).map((values) => Uint8Array.from(values));
}
