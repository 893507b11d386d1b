import { chainOf, revoke } from './chain.ts';
import type { Close, Outcomes, Revoke, Transition } from './operation.ts';
import { NO_COMMANDS } from './command-log.ts';
import { NO_OUTPUT } from './output-log.ts';
import {
  draftSession,
  hasRunOut,
  isCurrent,
  withPresence,
  type Session,
  type StoredSession,
} from './session.ts';

/** Ends the session: its tokens, its logs and what the world kept in it are gone. */
export function closed<Outcome>(session: Session, reason: string, outcome: Outcome): Transition<Outcome> {
  const { accepted } = session.commands;
  const { end } = session.output;
  const next = draftSession(session);
  next.stage = 'closed';
  next.ending = session.ending ?? reason;
  next.chains = [];
  next.clock = { windowMs: session.clock.windowMs };
  next.states = {};
  next.prompt = undefined;
  next.unfinished = undefined;
  next.data = undefined;
  next.presence = withPresence(session.presence, { attached: false, ready: false, client: undefined });
  next.commands = { ...NO_COMMANDS, accepted, taken: accepted };
  next.output = { ...NO_OUTPUT, end, acked: end };
  return { outcome, session: next, forgottenHashes: session.chains.flatMap(({ hashes }) => hashes) };
}

export function close(
  { session }: StoredSession,
  { attachment, reason }: Close,
): Transition<Outcomes['close']> {
  if (session.stage === 'closed') return { outcome: { kind: 'done' } };
  if (!isCurrent(session, attachment)) return { outcome: { kind: 'stale' } };
  return closed(session, reason, { kind: 'done' });
}

export function expire({ session }: StoredSession, now: number): Transition<Outcomes['expire']> {
  if (session.stage === 'closed' || !hasRunOut(session, now)) return { outcome: { kind: 'stale' } };
  return closed(session, 'expired', { kind: 'done' });
}

export function revokeTokens({ session }: StoredSession, { hash }: Revoke): Transition<Outcomes['revoke']> {
  const one = hash === undefined ? undefined : chainOf(session.chains, hash);
  const next = draftSession(session);
  next.chains = session.chains.map((chain) => {
    return hash === undefined || chain === one ? revoke(chain, 'revoked') : chain;
  });
  return { outcome: { kind: 'done' }, session: next };
}
