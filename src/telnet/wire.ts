import { escapeIac } from './encode.ts';
import type { TextCoding } from './utf8.ts';

/** What is sent: bytes, or text of ASCII characters, each of which is a byte. A socket takes such text without a buffer of it. */
export type Wire = Uint8Array | string;

const NOT_ASCII = /[^\0-\x7f]/;

/** Text as it is sent (RFC 854): in this coding, of which ASCII is a part, with every 0xFF doubled. */
export function encodeText(text: string, coding: Pick<TextCoding, 'encode'>): Wire {
  return NOT_ASCII.test(text) ? escapeIac(coding.encode(text)) : text;
}
