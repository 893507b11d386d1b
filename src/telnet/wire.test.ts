import { expect, it } from 'vitest';
import { latin1, utf8 } from './utf8.ts';
import { encodeText } from './wire.ts';

it('sends ASCII as it is, and all other text in its coding', () => {
  expect(encodeText('> look\r\n\u001b[0m\0', utf8)).toBe('> look\r\n\u001b[0m\0');
  expect(encodeText('é', utf8)).toEqual(Uint8Array.of(0xc3, 0xa9));
  expect(encodeText('é', latin1)).toEqual(Uint8Array.of(0xe9));
  expect(encodeText('\u0080', utf8)).toEqual(Uint8Array.of(0xc2, 0x80));
});

it('doubles what would be an IAC (RFC 854)', () => {
  expect(encodeText('aÿ', latin1)).toEqual(Uint8Array.of(97, 255, 255));
});
