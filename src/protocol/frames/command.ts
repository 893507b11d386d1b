import { isLine } from '../line.ts';
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

const line: Field<string> = field(
  'one line of at most command_bytes UTF-8 bytes, without CR, LF, NUL and lone surrogates',
  (value, { command_bytes: maximum }): value is string => isString(value) && isLine(value, maximum),
);

export const commandFrame: Field<CommandFrame> = object<CommandFrame>({
  type: oneOf('command'),
  seq: positive,
  text: line,
});
