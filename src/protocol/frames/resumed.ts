import {
  flag,
  label,
  listOf,
  object,
  oneOf,
  optional,
  positive,
  text,
  time,
  wholeNumber,
} from '../validate.ts';
import type { Field } from '../validate.ts';
import { limits, type Limits } from './limits.ts';
import { situation, type Situation } from './state.ts';
import { newToken, type NewToken } from './token.ts';

/** What will be replayed. */
export interface ReplayRange {
  /** The first offset that follows. */
  readonly from: number;
  /** The last one of the replay, the head at the attach; `from` − 1: nothing was missed. */
  readonly to: number;
}

/** A command that was accepted and not yet handed to the world. It has `text` or `package`, or neither if private. */
export interface HeldCommand {
  readonly seq: number;
  /** Cut at 200 characters. */
  readonly text?: string;
  /** The package of a GMCP message. */
  readonly package?: string;
  readonly queued_at: string;
}

/** The answer to `hello` with `resume`: the session is back. The client stores `token` and answers `stored` first. */
export interface ResumedFrame extends Situation {
  readonly type: 'resumed';
  /** The session's id. */
  readonly session: string;
  /**
   * The client's position is now `output.from` − 1 of this epoch, even where that is lower than it was. Absent only
   * while the session has no output, as in `welcome`: then the position is 0.
   */
  readonly epoch?: string;
  /** False while the game hides what is typed. */
  readonly echo: boolean;
  readonly token: NewToken;
  readonly limits: Limits;
  /** The last command that the gateway has; the next number is one more. */
  readonly accepted: number;
  /**
   * The last of them that came from this client's chain. Outstanding commands through it are settled after
   * `caught_up`; the rest are numbered anew from `accepted` + 1 and sent again.
   */
  readonly own: number;
  readonly output: ReplayRange;
  /** In order of `seq`. */
  readonly held: readonly HeldCommand[];
  /** How long nobody was attached. */
  readonly away_ms: number;
}

const heldCommand: Field<HeldCommand> = object<HeldCommand>({
  seq: positive,
  text: optional(text),
  package: optional(text),
  queued_at: time,
});

export const resumedFrame: Field<ResumedFrame> = object<ResumedFrame>({
  type: oneOf('resumed'),
  session: label(64),
  epoch: optional(label(64)),
  echo: flag,
  ...situation,
  token: newToken,
  limits,
  accepted: wholeNumber,
  own: wholeNumber,
  output: object<ReplayRange>({ from: positive, to: wholeNumber }),
  held: listOf(heldCommand),
  away_ms: wholeNumber,
});
