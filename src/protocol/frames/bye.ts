import { flag, label, object, oneOf, optional, type Field } from '../validate.ts';
import { tokenNotice, type TokenNotice } from './token.ts';

/** The gateway is about to close the connection. */
export interface ByeFrame {
  readonly type: 'bye';
  /** A reason of the `BYES` table. A newer gateway may have others: `resume` tells what to do. */
  readonly reason: string;
  /** Come back with the token, at once. */
  readonly resume: boolean;
  /** The token to come back with, or its later expiry. */
  readonly token?: TokenNotice;
}

export const byeFrame: Field<ByeFrame> = object<ByeFrame>({
  type: oneOf('bye'),
  reason: label(64),
  resume: flag,
  token: optional(tokenNotice),
});
