import {
  draftCommands,
  draftOutput,
  isKept,
  lastSeq,
  NO_COMMANDS,
  NO_OUTPUT,
  type CommandEntry,
  type CommandsHead,
  type Draft,
  type OutputEntry,
  type OutputHead,
  type Session,
  type StoredSession,
} from '../../core/index.ts';
import type { SessionChange } from '../journal.ts';

/** Which fields are not as before. `null`: there is none any more. */
type Changes<T> = { readonly [Field in keyof T]?: T[Field] | null };

/** What changes of a session while people play. Of the heads of its logs only a few numbers change each time. */
interface Played extends Partial<Pick<Session, 'echo' | 'prompt' | 'style' | 'states' | 'data'>> {
  readonly commands?: Changes<CommandsHead>;
  readonly output?: Changes<OutputHead>;
}

const COMMANDS_FIELDS = fieldsOf(draftCommands(NO_COMMANDS));
const OUTPUT_FIELDS = fieldsOf(draftOutput(NO_OUTPUT));

function fieldsOf<T extends object>(whole: T): readonly (keyof T)[] {
  return Object.keys(whole).filter((field): field is Extract<keyof T, string> => field in whole);
}

/** What one write changed of a session of which its rows do not tell yet. */
export interface Traffic {
  readonly id: string;
  readonly played: Played;
  readonly commands: readonly CommandEntry[];
  readonly output: readonly OutputEntry[];
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
  const played: Draft<Played> = {};
  if (session.commands !== before.commands) {
    played.commands = compare(before.commands, session.commands, COMMANDS_FIELDS, {});
  }
  if (session.output !== before.output) {
    played.output = compare(before.output, session.output, OUTPUT_FIELDS, {});
  }
  if (session.echo !== before.echo) played.echo = session.echo;
  if (session.prompt !== before.prompt) played.prompt = session.prompt;
  if (session.style !== before.style) played.style = session.style;
  if (session.states !== before.states) played.states = session.states;
  if (session.data !== before.data) played.data = session.data;
  return { id, played, commands, output };
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
    session.lease !== before.lease
  );
}

/** Adds to the changes what is not as before. */
function compare<T>(before: T, now: T, fields: readonly (keyof T)[], changes: Draft<Changes<T>>): Changes<T> {
  for (const field of fields) if (now[field] !== before[field]) changes[field] = now[field] ?? null;
  return changes;
}

function withChanges<T extends object>(before: T, changes: Changes<T> = {}): T {
  const now = { ...before };
  for (const field of fieldsOf(changes)) Object.assign(now, { [field]: changes[field] ?? undefined });
  return now;
}

function afterPlay(session: Session, { commands, output, ...others }: Played): Session {
  return {
    ...session,
    ...others,
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
  const commands = new Map(traffic.flatMap((each) => each.commands).map((entry) => [entry.seq, entry]));
  const output = traffic.flatMap((each) => each.output);
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
