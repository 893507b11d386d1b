import {
  currentEpoch,
  ReconnectionToken,
  stateOf,
  tokenId,
  wholeStyle,
  type Attached,
  type Chain,
  type Session,
} from '../core/index.ts';
import type {
  ByeFrame,
  CaughtUpFrame,
  Limits,
  NewToken,
  OutputFrame,
  ResumedFrame,
  TokenFrame,
  WelcomeFrame,
} from './frames/index.ts';
import { isSilence } from './silence.ts';
import { BYES, type ByeReason } from './errors.ts';

/** `held[].text` is cut here, in characters. */
const HELD_TEXT_LIMIT = 200;

/** A token for the player, in the clear. */
export interface TokenGrant {
  readonly id: string;
  readonly value: string;
  /** In ms since 1970. */
  readonly expiresAt: number;
}

export function welcomeOf(session: Session, limits: Limits): WelcomeFrame {
  return {
    type: 'welcome',
    session: session.id,
    ...epochField(currentEpoch(session.output)),
    echo: session.echo,
    state: stateOf(session),
    world: session.worldState,
    limits,
  };
}

/** `after` is the position that the client is told; what follows it is sent next. */
export function resumedOf(
  { session, own, held, awayMs }: Attached,
  token: TokenGrant,
  position: { readonly after: number; readonly epoch: string | undefined },
  limits: Limits,
): ResumedFrame {
  return {
    type: 'resumed',
    session: session.id,
    ...epochField(position.epoch),
    echo: session.echo,
    state: stateOf(session),
    world: session.worldState,
    token: newTokenOf(token),
    limits,
    accepted: session.commands.accepted,
    own,
    output: { from: position.after + 1, to: session.output.end },
    held: held.map((entry) => ({
      seq: entry.seq,
      queued_at: iso(entry.at),
      ...(entry.kind === 'text' ? { text: entry.text.slice(0, HELD_TEXT_LIMIT) } : {}),
      ...(entry.kind === 'gmcp' ? { package: entry.package } : {}),
    })),
    away_ms: awayMs,
  };
}

/** What of the game's text a replay has shown so far; the last of it, where there is any. */
export type Replayed = 'nothing' | 'text' | 'prompt';

export function replayedWith(before: Replayed, frame: OutputFrame): Replayed {
  // What is marked was shown long before, then.
  const isMarkAlone = frame.text === '' && before === 'nothing';
  if (isMarkAlone || isSilence(frame)) return before;
  return frame.prompt ? 'prompt' : 'text';
}

/** `session` is as it was where the replay ends: nothing that the replay has shown is shown again. */
export function caughtUpOf(session: Session, replayed: Replayed): CaughtUpFrame {
  const style = wholeStyle(session.style ?? '');
  return {
    type: 'caught_up',
    offset: session.output.end,
    ...promptField(session, replayed),
    ...(style === '' ? {} : { style }),
  };
}

/** An unfinished line was not marked as a prompt. Where the replay has any text, the end of that is this line. */
function promptField(
  { unfinished, prompt }: Session,
  replayed: Replayed,
): Pick<CaughtUpFrame, 'prompt' | 'unmarked'> {
  if (unfinished !== undefined) return replayed === 'nothing' ? { prompt: unfinished, unmarked: true } : {};
  return prompt === undefined || replayed === 'prompt' ? {} : { prompt };
}

export function newTokenOf({ id, value, expiresAt }: TokenGrant): NewToken {
  return { id, value, expires_at: iso(expiresAt) };
}

/** A token to carry to another device: in the form that is short enough for people. */
export function linkTokenOf(token: TokenGrant): NewToken {
  const value = ReconnectionToken.decode(token.value)?.encodeCompact() ?? token.value;
  return newTokenOf({ ...token, value });
}

/** The later expiry of the token that the attached client has, if it has one. */
export function extendedTokenOf(session: Session, now: number): TokenFrame | undefined {
  const hash = attachedChain(session)?.hashes.at(-1);
  if (hash === undefined) return undefined;
  return { type: 'token', id: tokenId(hash), expires_at: iso(now + session.clock.windowMs) };
}

/**
 * Where the client may come back, its token is named with a new expiry: the session's clock starts at the detach,
 * which is now.
 */
export function byeOf(reason: ByeReason, session: Session | undefined, now: number): ByeFrame {
  const { resume } = BYES[reason];
  const token = resume && session ? extendedTokenOf(session, now) : undefined;
  if (token === undefined) return { type: 'bye', reason, resume };
  return { type: 'bye', reason, resume, token: { id: token.id, expires_at: token.expires_at } };
}

export function attachedChain(session: Session): Chain | undefined {
  return session.chains.find(({ id }) => id === session.presence.chain);
}

function epochField(epoch: string | undefined): { epoch?: string } {
  return epoch === undefined ? {} : { epoch };
}

function iso(ms: number): string {
  return new Date(ms).toISOString();
}
