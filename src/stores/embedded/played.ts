import {
  draftCommands,
  draftOutput,
  draftSession,
  isKept,
  lastSeq,
  NONE,
  type CommandEntry,
  type CommandsHead,
  type Draft,
  type Json,
  type OutputEntry,
  type OutputHead,
  type Session,
  type StoredSession,
} from '../../core/index.ts';
import type { ByteReader, ByteWriter } from './bytes.ts';

/** What one record has of a session, as bits. What is not there is as before. */
const ALL = 1;
const ECHO = 2;
const OPEN = 4;
const OWN = 8;
const HELD = 16;
const EPOCHS = 32;
const PROMPT = 64;
const STYLE = 128;
const STATES = 256;
const DATA = 512;
const UNFINISHED = 1024;
const EVERYTHING = ALL | OWN | HELD | EPOCHS | PROMPT | UNFINISHED | STYLE | STATES | DATA;

/** What was played of one session in one write. */
export interface Played {
  readonly id: string;
  /** It has all of the session that play changes, and all entries of its logs: what was played before is not needed. */
  readonly isAll: boolean;
  /** After that. */
  readonly session: (before: Session) => Session;
  /** New ones, and a run of refusals that grew. */
  readonly commands: readonly CommandEntry[];
  readonly output: readonly OutputEntry[];
}

/** Whether no more than play changed: asked twice a line, and so field by field. */
export function isPlay(before: Session, session: Session): boolean {
  return (
    session.createdAt === before.createdAt &&
    session.world === before.world &&
    session.stage === before.stage &&
    session.worldState === before.worldState &&
    session.ending === before.ending &&
    session.account === before.account &&
    session.presence === before.presence &&
    session.clock === before.clock &&
    session.chains === before.chains &&
    session.overflow === before.overflow &&
    session.lease === before.lease
  );
}

/** What was played since `before`; without it, all. Numbers are whole each time: the last ones count. */
export function writePlayed(
  bytes: ByteWriter,
  before: Session | undefined,
  { session, commands, output }: StoredSession,
): void {
  const flags = partsOf(before, session);
  bytes.text(session.id);
  bytes.count(flags);
  writeCommandsHead(bytes, flags, session.commands);
  writeOutputHead(bytes, flags, session.output);
  if (flags & PROMPT) writeOptionalText(bytes, session.prompt);
  if (flags & UNFINISHED) writeOptionalText(bytes, session.unfinished);
  if (flags & STYLE) writeOptionalText(bytes, session.style);
  if (flags & STATES) bytes.text(JSON.stringify(session.states));
  if (flags & DATA) bytes.text(session.data === undefined ? '' : JSON.stringify(session.data));
  const newCommands = entriesAfter(commands, before?.commands.accepted ?? 0, lastSeq);
  bytes.count(newCommands.length);
  for (const entry of newCommands) writeCommand(bytes, entry);
  const newOutput = entriesAfter(output, before?.output.end ?? 0, offsetOf);
  bytes.count(newOutput.length);
  for (const entry of newOutput) writeOutput(bytes, entry);
}

export function readPlayed(bytes: ByteReader): Played {
  const id = bytes.text();
  const flags = bytes.count();
  const commandsHead = readCommandsHead(bytes, flags);
  const outputHead = readOutputHead(bytes, flags);
  const others: Partial<Draft<Session>> = { echo: (flags & ECHO) !== 0 };
  if (flags & PROMPT) others.prompt = readOptionalText(bytes);
  if (flags & UNFINISHED) others.unfinished = readOptionalText(bytes);
  if (flags & STYLE) others.style = readOptionalText(bytes);
  if (flags & STATES) others.states = JSON.parse(bytes.text());
  if (flags & DATA) others.data = readData(bytes);
  return {
    id,
    isAll: (flags & ALL) !== 0,
    session(before) {
      const next = Object.assign(draftSession(before), others);
      next.commands = commandsHead(before.commands);
      next.output = outputHead(before.output);
      return next;
    },
    commands: readAll(bytes, readCommand),
    output: readAll(bytes, readOutput),
  };
}

/** The session after all of that, in the order in which it was played. */
export function afterPlay(stored: StoredSession, all: readonly Played[]): StoredSession {
  const since = all.slice(
    Math.max(
      0,
      all.findLastIndex(({ isAll }) => isAll),
    ),
  );
  const before = since[0]?.isAll ? { commands: NONE, output: NONE } : stored;
  const session = since.reduce((each, played) => played.session(each), stored.session);
  // A run of refusals that grew takes the place of what it was.
  const commands = new Map<number, CommandEntry>();
  for (const entry of [...before.commands, ...since.flatMap((played) => played.commands)]) {
    commands.set(entry.seq, entry);
  }
  const output = [...before.output, ...since.flatMap((played) => played.output)];
  return {
    session,
    commands: [...commands.values()].filter((entry) => lastSeq(entry) > session.commands.taken),
    output: output.filter((entry) => isKept(entry, session.output)),
  };
}

function partsOf(before: Session | undefined, session: Session): number {
  let flags = (session.echo ? ECHO : 0) | (session.output.open ? OPEN : 0);
  if (before === undefined) return flags | EVERYTHING;
  if (session.commands.own !== before.commands.own) flags |= OWN;
  if (session.commands.held !== before.commands.held) flags |= HELD;
  if (session.output.epochs !== before.output.epochs) flags |= EPOCHS;
  if (session.prompt !== before.prompt) flags |= PROMPT;
  if (session.unfinished !== before.unfinished) flags |= UNFINISHED;
  if (session.style !== before.style) flags |= STYLE;
  if (session.states !== before.states) flags |= STATES;
  if (session.data !== before.data) flags |= DATA;
  return flags;
}

function writeCommandsHead(bytes: ByteWriter, flags: number, head: CommandsHead): void {
  bytes.count(head.accepted);
  bytes.count(head.taken);
  bytes.optional(head.handed);
  bytes.optional(head.suspect);
  bytes.count(head.sent);
  bytes.count(head.told);
  if (flags & HELD) bytes.text(JSON.stringify(head.held ?? null));
  if (!(flags & OWN)) return;
  bytes.count(head.own.length);
  for (const { chain, through } of head.own) {
    bytes.text(chain);
    bytes.count(through);
  }
}

function readCommandsHead(bytes: ByteReader, flags: number): (before: CommandsHead) => CommandsHead {
  const accepted = bytes.count();
  const taken = bytes.count();
  const handed = bytes.optional();
  const suspect = bytes.optional();
  const sent = bytes.count();
  const told = bytes.count();
  const held: CommandsHead['held'] = JSON.parse(flags & HELD ? bytes.text() : 'null') ?? undefined;
  const count = flags & OWN ? bytes.count() : 0;
  const own = Array.from({ length: count }, () => ({ chain: bytes.text(), through: bytes.count() }));
  return (before) => {
    const next = draftCommands(before);
    Object.assign(next, { accepted, taken, handed, suspect, sent, told });
    if (flags & HELD) next.held = held;
    if (flags & OWN) next.own = own;
    return next;
  };
}

function writeOutputHead(bytes: ByteWriter, flags: number, head: OutputHead): void {
  bytes.count(head.end);
  bytes.count(head.acked);
  bytes.count(head.evicted);
  bytes.count(head.evictedFates);
  bytes.optional(head.evictedBytes);
  bytes.count(head.bytes);
  bytes.count(head.entries);
  bytes.count(head.echoAt);
  if (flags & EPOCHS) bytes.text(JSON.stringify(head.epochs));
}

function readOutputHead(bytes: ByteReader, flags: number): (before: OutputHead) => OutputHead {
  const end = bytes.count();
  const acked = bytes.count();
  const evicted = bytes.count();
  const evictedFates = bytes.count();
  const evictedBytes = bytes.optional();
  const numbers = { end, acked, evicted, evictedFates, evictedBytes };
  const counts = { bytes: bytes.count(), entries: bytes.count(), echoAt: bytes.count() };
  const epochs: OutputHead['epochs'] | null = JSON.parse(flags & EPOCHS ? bytes.text() : 'null');
  return (before) => {
    const next = draftOutput(before);
    Object.assign(next, numbers, counts, { open: (flags & OPEN) !== 0 });
    if (epochs !== null) next.epochs = epochs;
    return next;
  };
}

/** How an entry is written: nearly all are text, of which only that and the time have to be told. */
const TEXT = 0;
const PROMPT_TEXT = 1;
const OTHER = 2;
const ENTRY_KINDS = 4;

function writeCommand(bytes: ByteWriter, entry: CommandEntry): void {
  if (entry.kind === 'text') writeText(bytes, entry.seq * ENTRY_KINDS + TEXT, entry);
  else writeOther(bytes, entry);
}

function writeOutput(bytes: ByteWriter, entry: OutputEntry): void {
  if (entry.kind !== 'text') return writeOther(bytes, entry);
  writeText(bytes, entry.offset * ENTRY_KINDS + (entry.prompt ? PROMPT_TEXT : TEXT), entry);
}

function writeText(bytes: ByteWriter, number: number, { at, text }: { at: number; text: string }): void {
  bytes.count(number);
  bytes.number(at);
  bytes.text(text);
}

function writeOther(bytes: ByteWriter, entry: CommandEntry | OutputEntry): void {
  bytes.count(OTHER);
  bytes.text(JSON.stringify(entry));
}

function readCommand(bytes: ByteReader): CommandEntry {
  const number = bytes.count();
  if (number === OTHER) return JSON.parse(bytes.text());
  return { seq: Math.floor(number / ENTRY_KINDS), at: bytes.number(), kind: 'text', text: bytes.text() };
}

function readOutput(bytes: ByteReader): OutputEntry {
  const number = bytes.count();
  if (number === OTHER) return JSON.parse(bytes.text());
  const offset = Math.floor(number / ENTRY_KINDS);
  const entry = { offset, at: bytes.number(), kind: 'text', text: bytes.text() } as const;
  return number % ENTRY_KINDS === PROMPT_TEXT ? { ...entry, prompt: true } : entry;
}

function readAll<T>(bytes: ByteReader, read: (bytes: ByteReader) => T): T[] {
  return Array.from({ length: bytes.count() }, () => read(bytes));
}

function writeOptionalText(bytes: ByteWriter, text: string | undefined): void {
  bytes.count(text === undefined ? 0 : 1);
  if (text !== undefined) bytes.text(text);
}

function readOptionalText(bytes: ByteReader): string | undefined {
  return bytes.count() === 0 ? undefined : bytes.text();
}

/** `null` is data, too. */
function readData(bytes: ByteReader): Json | undefined {
  const json = bytes.text();
  return json === '' ? undefined : JSON.parse(json);
}

/** Those with numbers over `after`: few, and at the end. */
function entriesAfter<T>(entries: readonly T[], after: number, lastOf: (entry: T) => number): readonly T[] {
  let first = entries.length;
  for (; first > 0; first -= 1) {
    const entry = entries[first - 1];
    if (entry !== undefined && lastOf(entry) <= after) break;
  }
  return first === entries.length ? NONE : entries.slice(first);
}

function offsetOf({ offset }: OutputEntry): number {
  return offset;
}
