import { utf8Length } from '../../core/utf8-length.ts';
import { field, isString, object, oneOf, positive, type Field } from '../validate.ts';

/** One line that the player typed. Answered by `accepted` once it is durable, or by `dropped`. */
export interface CommandFrame {
  readonly type: 'command';
  /**
   * The last accepted number + 1; commands and GMCP messages are numbered together. One that was already accepted
   * is acknowledged again and not run again; a jump is an error.
   */
  readonly seq: number;
  /** One line without its end, at most `command_bytes` of UTF-8; it may be empty. */
  readonly text: string;
}

// CR, LF and NUL end a line for a game: text that has one would be several commands under one number, and what is
// private, held or counted would be decided by the first alone. A lone surrogate (Cs) has no UTF-8.
const notInALine = /[\r\n\0\p{Cs}]/u;

const line: Field<string> = field(
  'one line of at most command_bytes UTF-8 bytes, without CR, LF, NUL and lone surrogates',
  (value, { command_bytes: maximum }): value is string =>
    isString(value) && value.length <= maximum && utf8Length(value) <= maximum && !notInALine.test(value),
);

export const commandFrame: Field<CommandFrame> = object<CommandFrame>({
  type: oneOf('command'),
  seq: positive,
  text: line,
});
