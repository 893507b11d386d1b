import { performance } from 'node:perf_hooks';
import { setImmediate, setTimeout } from 'node:timers/promises';
import { ClassicLevel, type OpenOptions } from 'classic-level';
import { lastSeq, type Session, type StoredSession } from '../../core/index.ts';
import type { Journal, SessionChange } from '../journal.ts';
import { damaged } from './folder.ts';
import {
  ACCOUNTS,
  CLOCKS,
  COMMANDS,
  HASHES,
  OUTPUT,
  SESSIONS,
  TRAFFIC,
  type Range,
  type Table,
} from './table.ts';
import { TrafficLog } from './traffic-log.ts';
import { rowsAfter, withChange, type Traffic } from './traffic.ts';

/** Of rows as they are encoded. */
export type Database = ClassicLevel<string, Buffer>;
type Batch = ReturnType<Database['batch']>;

/**
 * While many play at once, writes begin so long after each other, in ms. A write takes as much of the processor as five
 * players' lines, however few it has.
 */
const BUSY_INTERVAL_MS = 4;
/** From so many sessions in one write on, many play at once. */
const BUSY_SESSIONS = 16;

/** Opens itself at its first use. */
export function levelDatabase(folder: string, options: OpenOptions = {}): Database {
  return new ClassicLevel(folder, { ...options, valueEncoding: 'buffer' });
}

/** So much at a time comes from LevelDB. */
const PAGE_BYTES = 262_144;
const PAGE_ROWS = 256;

/**
 * Sessions as rows of a LevelDB: one for each session, command, output entry, token hash, clock, account. What is
 * played comes to them by way of the traffic log.
 */
export class LevelJournal implements Journal {
  readonly #db: Database;
  readonly #traffic = new TrafficLog();
  /** When the next write may begin. */
  #nextAt = 0;

  constructor(db: Database) {
    this.#db = db;
  }

  get folder(): string {
    return this.#db.location;
  }

  /** The event loop's: the commands of all players whose packets came together, and what the world makes of them. */
  async turn(): Promise<void> {
    const rest = this.#nextAt - performance.now();
    if (rest > 0) await setTimeout(rest);
    await setImmediate();
  }

  async write(changes: readonly SessionChange[]): Promise<void> {
    if (changes.length >= BUSY_SESSIONS) this.#nextAt = performance.now() + BUSY_INTERVAL_MS;
    const batch = this.#db.batch();
    const { sessions, put, deleted, written } = this.#traffic.write(changes);
    for (const change of sessions) writeRows(batch, change);
    if (put) batch.put(put.key, put.row);
    for (const key of deleted) batch.del(key);
    await batch.write({ sync: true });
    written();
  }

  async load(id: string): Promise<StoredSession | undefined> {
    const unfolded = this.#traffic.unfolded(id);
    const rows = await this.#rows(id);
    if (rows === undefined) return undefined;
    const stored = unfolded ? withChange(rows, unfolded) : rows;
    const missing = missingRow(stored);
    if (missing) throw damaged(this.folder, `session ${id} lacks ${missing}`);
    return stored;
  }

  /** The session as its rows tell it. */
  async #rows(id: string): Promise<StoredSession | undefined> {
    const session = await this.get(SESSIONS, SESSIONS.key(id));
    if (session === undefined) return undefined;
    // A session at rest has neither: one row is all that is read.
    const hasCommands = session.commands.accepted > session.commands.taken;
    const hasOutput = session.output.entries > 0;
    const commands = hasCommands ? await this.#all(COMMANDS, COMMANDS.range(id)) : [];
    const output = hasOutput ? await this.#all(OUTPUT, OUTPUT.range(id)) : [];
    return { session, commands, output };
  }

  /** Makes rows of the traffic of the process before this one. Called once, before anything else is asked. */
  async foldTraffic(): Promise<void> {
    const rows = await this.#reading(this.#db.iterator(TRAFFIC.range()).all());
    const batch = this.#db.batch();
    for (const [id, traffic] of this.#trafficIn(rows)) {
      const stored = await this.#rows(id).catch(changedRow);
      if (stored === undefined) throw damaged(this.folder, `session ${id} was played, and is gone`);
      // Whoever asks for it is told; the others play.
      if (stored !== 'changed') writeRows(batch, rowsAfter(stored, traffic));
    }
    for (const [key] of rows) batch.del(key);
    await batch.write({ sync: true });
  }

  /** By session, what its rows do not tell. */
  #trafficIn(rows: readonly (readonly [string, Buffer])[]): Map<string, Traffic[]> {
    const found = new Map<string, Traffic[]>();
    for (const [index, [key, row]] of rows.entries()) {
      const [before] = rows[index - 1] ?? [];
      if (before !== undefined && numberOf(key) !== numberOf(before) + 1) {
        throw damaged(this.folder, `there is no ${TRAFFIC.key(numberOf(before) + 1)}`);
      }
      for (const record of this.#whole(TRAFFIC, key, row)) {
        const known = found.get(record.id);
        if ('isFolded' in record) found.delete(record.id);
        else if (known && !record.isWhole) known.push(record);
        else found.set(record.id, [record]);
      }
    }
    return found;
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
        for (const [key, row] of page) {
          const session = this.#whole(SESSIONS, key, row);
          yield this.#traffic.unfolded(session.id)?.session ?? session;
        }
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

/** For a row that is not as it was written. What has a cause is the disk's, and may be over the next time. */
function changedRow(error: unknown): 'changed' {
  if (error instanceof Error && error.cause === undefined) return 'changed';
  throw error;
}

/** The last part of a key that ends in one. */
function numberOf(key: string): number {
  return Number(key.slice(key.lastIndexOf('/') + 1));
}

function writeRows(batch: Batch, change: SessionChange): void {
  const { id, before, session } = change;
  const put = <T>(table: Table<T>, key: string, value: T): unknown =>
    batch.put(key, table.encode(key, value));

  if (session) put(SESSIONS, SESSIONS.key(id), session);
  else batch.del(SESSIONS.key(id));
  const [was, is] = [before ? indexKeys(before) : [], session ? indexKeys(session) : []];
  for (const key of was) if (!is.includes(key)) batch.del(key);
  for (const key of is) if (!was.includes(key)) put(CLOCKS, key, true);
  // Deleted first: what is left of a run of refusals may come again under the same number.
  for (const seq of change.takenCommands) batch.del(COMMANDS.key(id, seq));
  for (const entry of change.commands) put(COMMANDS, COMMANDS.key(id, entry.seq), entry);
  for (const offset of change.trimmedOutput) batch.del(OUTPUT.key(id, offset));
  for (const entry of change.output) put(OUTPUT, OUTPUT.key(id, entry.offset), entry);
  for (const hash of change.forgottenHashes) batch.del(HASHES.key(hash));
  for (const hash of change.addedHashes) put(HASHES, HASHES.key(hash), id);
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
function missingRow({ session, commands, output }: StoredSession): string | undefined {
  let seq = session.commands.taken;
  for (const entry of commands) {
    if (entry.seq > seq + 1) break;
    seq = lastSeq(entry);
  }
  if (seq < session.commands.accepted) return `command ${seq + 1}`;
  const lost = session.output.entries - output.length;
  return lost === 0 ? undefined : `${lost} entries of its output`;
}
