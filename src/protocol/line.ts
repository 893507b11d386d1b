import { utf8Length } from '../core/utf8-length.ts';

// CR, LF and NUL end a line for a game: text that has one would be several commands under one number, and what is
// private, held or counted would be decided by the first alone. A lone surrogate (Cs) has no UTF-8.
const notInALine = /[\r\n\0\p{Cs}]/u;

/** Whether a text can be a command: one line without its end, of at most so many UTF-8 bytes. */
export function isLine(text: string, maximumBytes: number): boolean {
  return text.length <= maximumBytes && utf8Length(text) <= maximumBytes && !notInALine.test(text);
}
