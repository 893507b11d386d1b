import { expiresAt, hasExpired, lastSeq, type CommandEntry, type DropReason } from './command-log.ts';
import type { SessionLimits } from './limits.ts';
import type { Session, StoredSession } from './session.ts';

/** What the world's end does with the next command. */
export type CommandStep =
  /** Nothing, until something changes or, where it is given, until this time, in ms since 1970. */
  | { readonly kind: 'wait'; readonly until?: number }
  | { readonly kind: 'hand'; readonly entry: CommandEntry }
  | {
      readonly kind: 'drop';
      readonly seq: number;
      readonly through: number;
      readonly reason: DropReason;
    }
  /** Through `seq` there is nothing to do any more: it consumed its number only, or its player was told already. */
  | { readonly kind: 'pass'; readonly seq: number };

/**
 * The fate of the next command in line. Nothing is handed on while nobody is attached and ready, or the world is down;
 * held commands come before new ones by their numbers alone, and what may not wait (private input, expired commands) is
 * dropped.
 */
export function nextCommandStep(
  { session, commands }: Pick<StoredSession, 'session' | 'commands'>,
  now: number,
  limits: SessionLimits,
): CommandStep {
  const { taken } = session.commands;
  const entry = commands.find((waiting) => lastSeq(waiting) > taken);
  return entry === undefined ? { kind: 'wait' } : stepOf(entry, session, now, limits);
}

/** The same for the command that is known to be the next. */
export function stepOf(
  entry: CommandEntry,
  session: Session,
  now: number,
  limits: SessionLimits,
): CommandStep {
  const { presence } = session;
  const { held, taken, told } = session.commands;
  const isHeld = held !== undefined && entry.seq <= held.through;
  if (entry.kind === 'refused') {
    return entry.through <= told ? { kind: 'pass', seq: entry.through } : drop(entry, taken, 'refused');
  }
  if (entry.kind === 'passing') return { kind: 'pass', seq: entry.seq };
  if (entry.kind === 'private' && (isHeld || !presence.attached)) return drop(entry, taken, 'private');
  if (isHeld) {
    if (held.skipped.includes(entry.seq)) return drop(entry, taken, 'skipped');
    if (hasExpired(held, now, limits)) return drop(entry, taken, 'expired');
    if (!held.decided) return { kind: 'wait', until: expiresAt(held, limits) };
  }
  const mayHand = presence.attached && presence.ready && session.worldState !== 'down';
  return mayHand ? { kind: 'hand', entry } : { kind: 'wait' };
}

/** Of a run of refusals what is not taken yet. */
function drop(entry: CommandEntry, taken: number, reason: DropReason): CommandStep {
  return { kind: 'drop', seq: Math.max(entry.seq, taken + 1), through: lastSeq(entry), reason };
}
