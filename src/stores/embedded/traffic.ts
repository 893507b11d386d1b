import {
  isKept,
  lastSeq,
  type CommandEntry,
  type OutputEntry,
  type Session,
  type StoredSession,
} from '../../core/index.ts';
import type { SessionChange } from '../journal.ts';

/** What changes of a session while people play. */
const PLAYED = ['commands', 'output', 'echo', 'prompt', 'style', 'states', 'data'] as const;
type Played = Pick<Session, (typeof PLAYED)[number]>;

/** What else there is of a session: when any of it changes, so do its rows. */
const STILL: Readonly<Record<Exclude<keyof Session, keyof Played>, true>> = {
  id: true,
  createdAt: true,
  world: true,
  stage: true,
  worldState: true,
  ending: true,
  account: true,
  presence: true,
  clock: true,
  chains: true,
  overflow: true,
  lease: true,
};
const STILL_FIELDS = Object.keys(STILL).filter((field): field is keyof typeof STILL => field in STILL);

/** What one write changed of a session of which its rows do not tell yet. */
export interface Traffic {
  readonly id: string;
  readonly played: Partial<Played>;
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
  for (const field of STILL_FIELDS) if (session[field] !== before[field]) return undefined;
  const played: Partial<Played> = {};
  for (const field of PLAYED) {
    if (session[field] !== before[field]) Object.assign(played, { [field]: session[field] });
  }
  return { id, played, commands, output };
}

/** What the traffic of a session, in its order, changes of its rows. */
export function rowsAfter(stored: StoredSession, traffic: readonly Traffic[]): SessionChange {
  const session: Session = Object.assign({ ...stored.session }, ...traffic.map(({ played }) => played));
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
