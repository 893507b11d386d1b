import { ClassicLevel, type OpenOptions } from 'classic-level';
import {
  lastSeq,
  type CommandEntry,
  type OutputEntry,
  type Session,
  type StoredSession,
} from '../../core/index.ts';
import { damaged } from './damaged.ts';
import {
  ACCOUNTS,
  CLOCKS,
  COMMANDS,
  HASHES,
  OUTPUT,
  SESSIONS,
  type PlayedThrough,
  type Range,
  type Table,
} from './table.ts';

/** Of rows as they are encoded. */
export type Database = ClassicLevel<string, Buffer>;
export type Batch = ReturnType<Database['batch']>;

/** Opens itself at its first use. */
export function levelDatabase(folder: string, options: OpenOptions = {}): Database {
  return new ClassicLevel(folder, { ...options, valueEncoding: 'buffer' });
}

/** So much at a time comes from LevelDB. */
const PAGE_BYTES = 262_144;
const PAGE_ROWS = 256;

/** Sessions as rows of a LevelDB: one for each session, command, output entry, token hash, clock, account. */
export class SessionRows {
  readonly #db: Database;

  constructor(db: Database) {
    this.#db = db;
  }

  get folder(): string {
    return this.#db.location;
  }

  /** The session as its rows tell it, and through where they tell what was played. */
  async read(id: string): Promise<{ stored: StoredSession; played: PlayedThrough } | undefined> {
    const row = await this.get(SESSIONS, SESSIONS.key(id));
    if (row === undefined) return undefined;
    const { session, played } = row;
    // A session at rest has neither: one row is all that is read.
    const hasCommands = session.commands.accepted > session.commands.taken;
    const hasOutput = session.output.entries > 0;
    const commands = hasCommands ? await this.#all(COMMANDS, COMMANDS.range(id)) : [];
    const output = hasOutput ? await this.#all(OUTPUT, OUTPUT.range(id)) : [];
    return { stored: { session, commands, output }, played };
  }

  findByHash(hash: string): Promise<string | undefined> {
    return this.get(HASHES, HASHES.key(hash));
  }

  findByAccount(world: string, account: string): Promise<readonly string[]> {
    return this.#ids(ACCOUNTS.range(keyText(world), keyText(account)));
  }

  async *list(): AsyncIterable<Session> {
    const rows = this.#db.iterator({ ...SESSIONS.range(), highWaterMarkBytes: PAGE_BYTES });
    try {
      for (;;) {
        const page = await this.#reading(rows.nextv(PAGE_ROWS));
        if (page.length === 0) return;
        for (const [key, row] of page) yield this.#whole(SESSIONS, key, row).session;
      }
    } finally {
      await rows.close();
    }
  }

  due(now: number, limit: number): Promise<readonly string[]> {
    return this.#ids({ gt: CLOCKS.range(0).lt, lt: CLOCKS.key(Math.floor(now) + 1) }, limit);
  }

  /** Who was attached, as far as is durable. */
  attached(limit: number): Promise<readonly string[]> {
    return this.#ids(CLOCKS.range(0), limit);
  }

  async get<T>(table: Table<T>, key: string): Promise<T | undefined> {
    const row = await this.#reading(this.#db.get(key));
    return row === undefined ? undefined : this.#whole(table, key, row);
  }

  batch(): Batch {
    return this.#db.batch();
  }

  async close(): Promise<void> {
    await this.#db.close();
  }

  async #all<T>(table: Table<T>, range: Range): Promise<readonly T[]> {
    const rows = this.#db.iterator({ ...range, highWaterMarkBytes: PAGE_BYTES });
    const found = await this.#reading(rows.all());
    return found.map(([key, row]) => this.#whole(table, key, row));
  }

  async #ids(range: Range, limit = -1): Promise<readonly string[]> {
    const keys = await this.#reading(this.#db.keys({ ...range, limit }).all());
    return keys.map((key) => key.slice(key.lastIndexOf('/') + 1));
  }

  #whole<T>(table: Table<T>, key: string, row: Buffer): T {
    const value = table.decode(key, row);
    if (value === undefined) throw damaged(this.folder, `the row ${key} fails its checksum`);
    return value;
  }

  async #reading<T>(read: Promise<T>): Promise<T> {
    try {
      return await read;
    } catch (cause) {
      throw damaged(this.folder, `it cannot be read (${String(cause)})`, cause);
    }
  }
}

/** Makes the rows of one session, which tell `before`, tell what it is now: none where it is closed. */
export function writeRows(
  batch: Batch,
  before: StoredSession | undefined,
  { session, commands, output }: StoredSession,
  played: PlayedThrough,
): void {
  const { id } = session;
  const isClosed = session.stage === 'closed';
  const put = <T>(table: Table<T>, key: string, value: T): unknown =>
    batch.put(key, table.encode(key, value));

  if (isClosed) batch.del(SESSIONS.key(id));
  else put(SESSIONS, SESSIONS.key(id), { session, played });
  const was = before ? indexKeys(before.session) : [];
  const is = isClosed ? [] : indexKeys(session);
  for (const key of was) if (!is.includes(key)) batch.del(key);
  for (const key of is) if (!was.includes(key)) put(CLOCKS, key, true);
  // Entries come and go with a change of the head.
  if (session.commands !== before?.session.commands) {
    const { gone, added } = difference(before?.commands ?? [], commands, seqOf);
    for (const seq of gone) batch.del(COMMANDS.key(id, seq));
    for (const entry of added) put(COMMANDS, COMMANDS.key(id, entry.seq), entry);
  }
  if (session.output !== before?.session.output) {
    const { gone, added } = difference(before?.output ?? [], output, offsetOf);
    for (const offset of gone) batch.del(OUTPUT.key(id, offset));
    for (const entry of added) put(OUTPUT, OUTPUT.key(id, entry.offset), entry);
  }
}

/** Of two lists in order of their numbers: the numbers that are there no more, and what is new or was replaced. */
function difference<T>(
  before: readonly T[],
  now: readonly T[],
  numberOf: (entry: T) => number,
): { readonly gone: readonly number[]; readonly added: readonly T[] } {
  const known = new Map(before.map((entry) => [numberOf(entry), entry]));
  const added: T[] = [];
  for (const entry of now) {
    const number = numberOf(entry);
    if (known.get(number) !== entry) added.push(entry);
    known.delete(number);
  }
  return { gone: [...known.keys()], added };
}

function seqOf({ seq }: CommandEntry): number {
  return seq;
}

function offsetOf({ offset }: OutputEntry): number {
  return offset;
}

/** The rows by which a session is found: its clock's, and its account's if it has one. */
function indexKeys(session: Session): readonly string[] {
  const { id, world, account } = session;
  const clock = clockKey(session);
  return account === undefined ? [clock] : [clock, ACCOUNTS.key(keyText(world), keyText(account), id)];
}

/** Names are the world's own, and may have any character, also half of one. */
function keyText(name: string): string {
  return Buffer.from(name, 'utf16le').toString('base64url');
}

/** It stands still while somebody is attached. */
function clockKey({ id, clock }: Session): string {
  return CLOCKS.key(clock.endsAt ?? 0, id);
}

/** What should be there by what the session says, and is not. */
export function missingRow({ session, commands, output }: StoredSession): string | undefined {
  let seq = session.commands.taken;
  for (const entry of commands) {
    if (entry.seq > seq + 1) break;
    seq = lastSeq(entry);
  }
  if (seq < session.commands.accepted) return `command ${seq + 1}`;
  const lost = session.output.entries - output.length;
  return lost === 0 ? undefined : `${lost} entries of its output`;
}
