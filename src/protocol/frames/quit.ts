import { object, oneOf, type Field } from '../validate.ts';

/** Ends the session for good: its tokens are revoked. Answered by `bye`. */
export interface QuitFrame {
  readonly type: 'quit';
}

export const quitFrame: Field<QuitFrame> = object<QuitFrame>({ type: oneOf('quit') });
