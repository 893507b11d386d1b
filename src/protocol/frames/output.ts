import { object, oneOf, optional, text, type Field } from '../validate.ts';
import { position, type Positioned } from './position.ts';

/** Text from the world, with ANSI sequences. It may be a part of a line, and several lines. */
export interface OutputFrame extends Positioned {
  readonly type: 'output';
  readonly text: string;
  /** The text ends with a prompt. */
  readonly prompt?: true;
}

export const outputFrame: Field<OutputFrame> = object<OutputFrame>({
  type: oneOf('output'),
  ...position,
  text,
  prompt: optional(oneOf(true)),
});
