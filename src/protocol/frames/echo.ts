import { flag, object, oneOf, type Field } from '../validate.ts';
import { position, type Positioned } from './position.ts';

/** The game hides (false) or shows what is typed. While off, mask the input and keep it out of the history. */
export interface EchoFrame extends Positioned {
  readonly type: 'echo';
  readonly on: boolean;
}

export const echoFrame: Field<EchoFrame> = object<EchoFrame>({ type: oneOf('echo'), ...position, on: flag });
