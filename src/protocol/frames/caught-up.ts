import { object, oneOf, optional, text, wholeNumber, type Field } from '../validate.ts';

/** The replay is complete; what follows is live. Right after `output.to`, or after the gap that covers it. */
export interface CaughtUpFrame {
  readonly type: 'caught_up';
  /** `output.to` of the `resumed` before: it moves no position. */
  readonly offset: number;
  /** The prompt that the player is at, where the replay did not end with it. */
  readonly prompt?: string;
  /** The game did not mark it: it is the unfinished line that its output ends with, and may yet go on. */
  readonly unmarked?: true;
  /** How text looks from here on: the parameters of one SGR sequence (`1;31`). Absent: plain. */
  readonly style?: string;
}

export const caughtUpFrame: Field<CaughtUpFrame> = object<CaughtUpFrame>({
  type: oneOf('caught_up'),
  offset: wholeNumber,
  prompt: optional(text),
  unmarked: optional(oneOf(true)),
  style: optional(text),
});
