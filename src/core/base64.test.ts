import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeBase64, encodeBase64, encodeBase64Url } from './base64.ts';

describe('base64', () => {
  it('is that of Node, in both alphabets', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 100 }), (bytes) => {
        expect(encodeBase64(bytes)).toBe(Buffer.from(bytes).toString('base64'));
        expect(encodeBase64Url(bytes)).toBe(Buffer.from(bytes).toString('base64url'));
      }),
    );
  });

  it('is read in either alphabet, padded or not', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 100 }), (bytes) => {
        const standard = encodeBase64(bytes);
        const urlSafe = encodeBase64Url(bytes);
        for (const text of [standard, urlSafe, standard.replaceAll('=', '')]) {
          expect(decodeBase64(text)).toEqual(new Uint8Array(bytes));
        }
      }),
    );
  });

  it.each(['A', 'AAAAA', 'AA=A', 'A===', '====', 'AA AA', 'AAA\n', 'AAÄ=', '😀😀', 'AB==', 'AAB='])(
    'is not %j',
    (text) => {
      expect(decodeBase64(text)).toBeUndefined();
    },
  );

  it('of nothing is nothing', () => {
    expect(decodeBase64('')).toEqual(new Uint8Array());
    expect(encodeBase64(new Uint8Array())).toBe('');
  });
});
