import type { ClassicLevel } from 'classic-level';
import { lastSeq, type Session, type StoredSession } from '../../core/index.ts';
import type { Journal, SessionChange } from '../journal.ts';
import { damaged } from './folder.ts';
import { CLOCKS, COMMANDS, del, HASHES, OUTPUT, SESSIONS } from './table.ts';
import type { Delete, Put, Range, Table } from './table.ts';

/** So many bytes at a time come from LevelDB. */
const PAGE_BYTES = 262_144;

/** Sessions as rows of a LevelDB: one for each session, command, output entry, token hash, and clock. */
export class LevelJournal implements Journal {
  readonly #db: ClassicLevel;

  constructor(db: ClassicLevel) {
    this.#db = db;
  }

  get folder(): string {
    return this.#db.location;
  }

  async write(changes: readonly SessionChange[]): Promise<void> {
    await this.#db.batch(changes.flatMap(rowsOf), { sync: true });
  }

  async load(id: string): Promise<StoredSession | undefined> {
    const session = await this.get(SESSIONS, SESSIONS.key(id));
    if (session === undefined) return undefined;
    // A session at rest has neither: one row is all that is read.
    const hasCommands = session.commands.accepted > session.commands.taken;
    const hasOutput = session.output.entries > 0;
    const commands = hasCommands ? await this.#all(COMMANDS, COMMANDS.range(id)) : [];
    const output = hasOutput ? await this.#all(OUTPUT, OUTPUT.range(id)) : [];
    const missing = missingRow({ session, commands, output });
    if (missing) throw damaged(this.folder, `session ${id} lacks ${missing}`);
    return { session, commands, output };
  }

  findByHash(hash: string): Promise<string | undefined> {
    return this.get(HASHES, HASHES.key(hash));
  }

  async *list(): AsyncIterable<Session> {
    const range = { ...SESSIONS.range(), highWaterMarkBytes: PAGE_BYTES };
    for await (const [key, row] of this.#db.iterator(range)) yield this.#whole(SESSIONS, key, row);
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

  async #ids(range: Range, limit: number): Promise<readonly string[]> {
    const keys = await this.#reading(this.#db.keys({ ...range, limit }).all());
    return keys.map((key) => key.slice(key.lastIndexOf('/') + 1));
  }

  #whole<T>(table: Table<T>, key: string, row: string): T {
    const value = table.read(key, row);
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

function rowsOf(change: SessionChange): (Put | Delete)[] {
  const { id, before, session } = change;
  return [
    session ? SESSIONS.put(SESSIONS.key(id), session) : del(SESSIONS.key(id)),
    ...clockRows(before && clockKey(before), session && clockKey(session)),
    // Deleted first: what is left of a run of refusals may come again under the same number.
    ...change.takenCommands.map((seq) => del(COMMANDS.key(id, seq))),
    ...change.commands.map((entry) => COMMANDS.put(COMMANDS.key(id, entry.seq), entry)),
    ...change.trimmedOutput.map((offset) => del(OUTPUT.key(id, offset))),
    ...change.output.map((entry) => OUTPUT.put(OUTPUT.key(id, entry.offset), entry)),
    ...change.forgottenHashes.map((hash) => del(HASHES.key(hash))),
    ...change.addedHashes.map((hash) => HASHES.put(HASHES.key(hash), id)),
  ];
}

/** It stands still while somebody is attached. */
function clockKey({ id, clock }: Session): string {
  return CLOCKS.key(clock.endsAt ?? 0, id);
}

function clockRows(before: string | undefined, after: string | undefined): (Put | Delete)[] {
  if (before === after) return [];
  const rows: (Put | Delete)[] = [];
  if (before !== undefined) rows.push(del(before));
  if (after !== undefined) rows.push(CLOCKS.put(after, true));
  return rows;
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
