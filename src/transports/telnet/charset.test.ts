import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { utf8 } from '../../telnet/index.ts';
import { CHARSETS, charsetOf, codingOf } from './charset.ts';

describe('a character set', () => {
  it.each([
    ['utf-8', 'né █ ≈ “x” ő', 'né █ ≈ “x” ő'],
    ['latin1', 'né ÿ §', 'né ÿ §'],
    ['latin1', '“x” – ‘y’… ő Ł €5 █ 漢', '"x" - \'y\'... o L EUR5 ? ?'],
    ['cp437', 'né █ ≈ ½ ÿ', 'né █ ≈ ½ ÿ'],
    ['cp437', '“x” — õ À →', '"x" - o A ->'],
  ] as const)('%s has of %j what it can: %j', (charset, text, read) => {
    const coding = codingOf(charset);
    expect(coding.decode(coding.encode(text))).toBe(read);
  });

  it('cp437 is the code page of the first PCs, byte by byte', () => {
    expect([...codingOf('cp437').encode('é█≈½\n')]).toEqual([0x82, 0xdb, 0xf7, 0xab, 0x0a]);
  });

  it('utf-8 is that of the Telnet layer, lone surrogates too', () => {
    const unit = fc.nat(0xffff).map((code) => String.fromCharCode(code));
    fc.assert(
      fc.property(fc.string({ unit }), (text) => {
        expect([...codingOf('utf-8').encode(text)]).toEqual([...utf8.encode(text)]);
      }),
    );
  });

  it.each(CHARSETS)('%s takes the last character back', (charset) => {
    const coding = codingOf(charset);
    const bytes = coding.encode('aé');
    expect(coding.decode(bytes.subarray(0, coding.lengthWithoutLast(bytes)))).toBe('a');
    expect(coding.lengthWithoutLast(new Uint8Array())).toBe(0);
  });

  it.each([
    ['UTF-8', 'utf-8'],
    [' utf8 ', 'utf-8'],
    ['iso-8859-1', 'latin1'],
    ['Latin1', 'latin1'],
    ['ibm437', 'cp437'],
    ['CP437', 'cp437'],
    ['KOI8-R', undefined],
    ['constructor', undefined],
    ['', undefined],
    [undefined, undefined],
  ])('is known by the name %s: %s', (name, charset) => {
    expect(charsetOf(name)).toBe(charset);
  });
});
