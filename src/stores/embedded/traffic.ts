import {
  isKept,
  lastSeq,
  type CommandEntry,
  type CommandsHead,
  type OutputEntry,
  type OutputHead,
  type Session,
  type StoredSession,
} from '../../core/index.ts';
import type { SessionChange } from '../journal.ts';

/** A field that is not as before. `null`: there is none any more; absent: it is as before. */
type Change<T> = T | null | undefined;
type Changes<T> = { readonly [Field in keyof T]-?: Change<T[Field]> };

/** What changes of a session while people play. Of the heads of its logs only a few numbers change each time. */
interface Played extends Changes<Pick<Session, 'echo' | 'prompt' | 'style' | 'states' | 'data'>> {
  readonly commands: Changes<CommandsHead> | undefined;
  readonly output: Changes<OutputHead> | undefined;
}

/** What one write changed of a session of which its rows do not tell yet. */
export interface Traffic {
  readonly id: string;
  /** It is all that the rows do not tell: the traffic of this session before it is not needed any more. */
  readonly isWhole?: true;
  readonly played: Played;
  /** Absent: none. */
  readonly commands: readonly CommandEntry[] | undefined;
  readonly output: readonly OutputEntry[] | undefined;
}

/** From here on the rows of this session tell everything that came before. */
export interface Folded {
  readonly id: string;
  readonly isFolded: true;
}

/** The change as traffic, where it is no more than that. */
export function trafficOf({ id, before, session, commands, output }: SessionChange): Traffic | undefined {
  if (before === undefined || session === undefined) return undefined;
  if (hasMoreThanPlay(before, session)) return undefined;
  const played: Played = {
    commands:
      session.commands === before.commands ? undefined : inCommands(before.commands, session.commands),
    output: session.output === before.output ? undefined : inOutput(before.output, session.output),
    echo: changed(before.echo, session.echo),
    prompt: changed(before.prompt, session.prompt),
    style: changed(before.style, session.style),
    states: changed(before.states, session.states),
    data: changed(before.data, session.data),
  };
  return { id, played, commands: unlessEmpty(commands), output: unlessEmpty(output) };
}

// Field by field, all named each time: it is asked twice a line, and what JSON leaves out costs nothing.

function inCommands(before: CommandsHead, now: CommandsHead): Changes<CommandsHead> {
  return {
    accepted: changed(before.accepted, now.accepted),
    taken: changed(before.taken, now.taken),
    handed: changed(before.handed, now.handed),
    suspect: changed(before.suspect, now.suspect),
    sent: changed(before.sent, now.sent),
    told: changed(before.told, now.told),
    held: changed(before.held, now.held),
    own: changed(before.own, now.own),
  };
}

function inOutput(before: OutputHead, now: OutputHead): Changes<OutputHead> {
  return {
    end: changed(before.end, now.end),
    acked: changed(before.acked, now.acked),
    evicted: changed(before.evicted, now.evicted),
    evictedFates: changed(before.evictedFates, now.evictedFates),
    evictedBytes: changed(before.evictedBytes, now.evictedBytes),
    bytes: changed(before.bytes, now.bytes),
    entries: changed(before.entries, now.entries),
    epochs: changed(before.epochs, now.epochs),
    open: changed(before.open, now.open),
    echoAt: changed(before.echoAt, now.echoAt),
  };
}

function unlessEmpty<T>(list: readonly T[]): readonly T[] | undefined {
  return list.length === 0 ? undefined : list;
}

function changed<T>(before: T, now: T): Change<T> {
  return now === before ? undefined : (now ?? null);
}

/** Whether anything else of the session changed: its rows tell of it, then. Field by field, for it is asked twice a line. */
function hasMoreThanPlay(before: Session, session: Session): boolean {
  return (
    session.createdAt !== before.createdAt ||
    session.world !== before.world ||
    session.stage !== before.stage ||
    session.worldState !== before.worldState ||
    session.ending !== before.ending ||
    session.account !== before.account ||
    session.presence !== before.presence ||
    session.clock !== before.clock ||
    session.chains !== before.chains ||
    session.overflow !== before.overflow ||
    session.lease !== before.lease ||
    // `null` is a value of it, and would be read as none.
    (session.data !== before.data && (session.data === undefined || session.data === null))
  );
}

function withChanges<T extends object>(before: T, changes: Partial<Changes<T>> = {}): T {
  const now = { ...before };
  for (const [field, change] of Object.entries(changes)) {
    if (change !== undefined) Object.assign(now, { [field]: change ?? undefined });
  }
  return now;
}

function afterPlay(session: Session, { commands, output, ...others }: Played): Session {
  return {
    ...withChanges<Session>(session, others),
    commands: withChanges(session.commands, commands),
    output: withChanges(session.output, output),
  };
}

/** What the traffic of a session, in its order, changes of its rows. */
export function rowsAfter(stored: StoredSession, traffic: readonly Traffic[]): SessionChange {
  const session = traffic.reduce((before, { played }) => afterPlay(before, played), stored.session);
  const { taken } = session.commands;
  const isTaken = (entry: CommandEntry): boolean => lastSeq(entry) <= taken;
  // A run of refusals that grew takes the place of what it was.
  const commands = new Map(traffic.flatMap((each) => each.commands ?? []).map((entry) => [entry.seq, entry]));
  const output = traffic.flatMap((each) => each.output ?? []);
  return {
    id: session.id,
    before: stored.session,
    session,
    commands: [...commands.values()].filter((entry) => !isTaken(entry)),
    takenCommands: stored.commands.filter(isTaken).map(({ seq }) => seq),
    output: output.filter((entry) => isKept(entry, session.output)),
    trimmedOutput: stored.output.filter((entry) => !isKept(entry, session.output)).map(offsetOf),
    addedHashes: [],
    forgottenHashes: [],
  };
}

/** The session as it is after the change. */
export function withChange(
  { session, commands, output }: StoredSession,
  change: SessionChange,
): StoredSession {
  const gone = new Set(change.takenCommands);
  const grown = new Set(change.commands.map(({ seq }) => seq));
  const trimmed = new Set([...change.trimmedOutput, ...change.output.map(offsetOf)]);
  return {
    session: change.session ?? session,
    commands: [...commands.filter(({ seq }) => !gone.has(seq) && !grown.has(seq)), ...change.commands],
    output: [...output.filter(({ offset }) => !trimmed.has(offset)), ...change.output],
  };
}

function offsetOf({ offset }: OutputEntry): number {
  return offset;
}
