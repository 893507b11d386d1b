import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { utf8Length } from './utf8-length.ts';

it('the UTF-8 length is that of Node, also of broken pairs', () => {
  // Every kind of unit, in every order.
  const units = fc.constantFrom(
    0x41,
    0x7f,
    0x80,
    0x7ff,
    0x800,
    0xd7ff,
    0xd800,
    0xdbff,
    0xdc00,
    0xdfff,
    0xe000,
    0xffff,
  );
  fc.assert(
    fc.property(fc.array(units), (codes) => {
      const text = String.fromCharCode(...codes);
      expect(utf8Length(text)).toBe(Buffer.byteLength(text));
    }),
    { numRuns: 1000 },
  );
});
