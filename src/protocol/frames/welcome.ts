import { flag, label, object, oneOf, optional, type Field } from '../validate.ts';
import { limits, type Limits } from './limits.ts';
import { situation, type Situation } from './state.ts';

/** The answer to `hello` without `resume`: a new session. Its token follows in a `token` frame once `playing`. */
export interface WelcomeFrame extends Situation {
  readonly type: 'welcome';
  /** The session's id. */
  readonly session: string;
  /** The epoch that its output begins in, if it has any yet. */
  readonly epoch?: string;
  /** False while the game hides what is typed. */
  readonly echo: boolean;
  readonly limits: Limits;
}

export const welcomeFrame: Field<WelcomeFrame> = object<WelcomeFrame>({
  type: oneOf('welcome'),
  session: label(64),
  epoch: optional(label(64)),
  echo: flag,
  ...situation,
  limits,
});
