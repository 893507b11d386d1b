import { chainOf, revoke } from './chain.ts';
import type { Close, Outcomes, Revoke, Transition } from './operation.ts';
import { NO_COMMANDS } from './command-log.ts';
import { NO_OUTPUT } from './output-log.ts';
import { hasRunOut, isCurrent, type Session, type StoredSession } from './session.ts';

/** Ends the session: its tokens, its logs and what the world kept in it are gone. */
export function closed<Outcome>(session: Session, reason: string, outcome: Outcome): Transition<Outcome> {
  const { data: _data, prompt: _prompt, ...rest } = session;
  const { endsAt: _endsAt, ...clock } = session.clock;
  return {
    outcome,
    forgottenHashes: session.chains.flatMap((chain) => chain.hashes),
    session: {
      ...rest,
      stage: 'closed',
      ending: session.ending ?? reason,
      chains: [],
      clock,
      states: {},
      presence: { ...session.presence, attached: false, ready: false },
      commands: { ...NO_COMMANDS, accepted: session.commands.accepted, taken: session.commands.accepted },
      output: { ...NO_OUTPUT, end: session.output.end, acked: session.output.end },
    },
  };
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
  const chains = session.chains.map((chain) => {
    return hash === undefined || chain === one ? revoke(chain, 'revoked') : chain;
  });
  return { outcome: { kind: 'done' }, session: { ...session, chains } };
}
