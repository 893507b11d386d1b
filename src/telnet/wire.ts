import { escapeIac } from './encode.ts';
import type { TextCoding } from './utf8.ts';

/** What is sent: bytes, or text of ASCII characters, each of which is a byte. A socket takes such text without a buffer of it. */
export type Wire = Uint8Array | string;

const NOT_ASCII = /[^\0-\x7f]/;

/** Whether each of its characters is a byte, the same in every coding. */
export function isAscii(text: string): boolean {
  return !NOT_ASCII.test(text);
}

/** Text as it is sent (RFC 854): in this coding, of which ASCII is a part, with every 0xFF doubled. */
export function encodeText(text: string, coding: Pick<TextCoding, 'encode'>): Wire {
  return isAscii(text) ? text : escapeIac(coding.encode(text));
}
