import { performance } from 'node:perf_hooks';
import { setImmediate, setTimeout } from 'node:timers/promises';
import type { Session, StoredSession } from '../../core/index.ts';
import { asOfNow, type Journal, type SessionChange } from '../journal.ts';
import { damaged } from './damaged.ts';
import { missingRow, writeRows, type SessionRows } from './session-rows.ts';
import { HASHES } from './table.ts';
import type { TrafficFiles } from './traffic-files.ts';
import { TrafficLog, type Rewritten } from './traffic-log.ts';

/**
 * While many play at once, writes begin so long after each other, in ms. A write takes as much of the processor as five
 * players' lines, however few it has.
 */
const BUSY_INTERVAL_MS = 4;
/** From so many sessions in one write on, many play at once. */
const BUSY_SESSIONS = 16;

/** Sessions in rows. What is played comes to them by way of the traffic log. */
export class LevelJournal implements Journal {
  readonly #rows: SessionRows;
  readonly #files: TrafficFiles;
  readonly #traffic = new TrafficLog();
  /** As their rows tell them: the sessions that the table has in memory. */
  readonly #told = new Map<string, StoredSession>();
  /** When the next write may begin. */
  #nextAt = 0;

  constructor(rows: SessionRows, files: TrafficFiles) {
    this.#rows = rows;
    this.#files = files;
  }

  /** The event loop's: the commands of all players whose packets came together, and what the world makes of them. */
  async turn(): Promise<void> {
    const rest = this.#nextAt - performance.now();
    // Timers leave out parts of a millisecond.
    if (rest > 0) await setTimeout(Math.ceil(rest));
    await setImmediate();
  }

  async write(changes: readonly SessionChange[]): Promise<readonly string[]> {
    if (changes.length >= BUSY_SESSIONS) this.#nextAt = performance.now() + BUSY_INTERVAL_MS;
    const { rewritten, frame, number, oldest, written } = this.#traffic.write(changes, this.#files.bytes);
    const playing = frame && this.#files.append(frame, number, oldest);
    if (rewritten.length === 0) await playing;
    else await both(playing, this.#rewrite(rewritten, number));
    // Not before the rows are durable that tell what the files told. Without a frame nobody was told that they may be gone.
    if (frame) await this.#files.removeBefore(oldest);
    return written();
  }

  #rewrite(rewritten: readonly Rewritten[], number: number): Promise<void> {
    const batch = this.#rows.batch();
    for (const { id, stored, addedHashes, forgottenHashes } of rewritten) {
      writeRows(batch, this.#told.get(id), stored, { boot: this.#files.boot, number });
      for (const hash of forgottenHashes) batch.del(HASHES.key(hash));
      for (const hash of addedHashes) batch.put(HASHES.key(hash), HASHES.encode(HASHES.key(hash), id));
      if (stored.session.stage === 'closed') this.#told.delete(id);
      else this.#told.set(id, asOfNow(stored));
    }
    return batch.write({ sync: true });
  }

  async load(id: string): Promise<StoredSession | undefined> {
    const rows = await this.#rows.read(id);
    if (rows === undefined) return undefined;
    const missing = missingRow(rows.stored);
    if (missing) throw damaged(this.#rows.folder, `session ${id} lacks ${missing}`);
    this.#told.set(id, rows.stored);
    return rows.stored;
  }

  release(id: string): boolean {
    if (this.#traffic.isUnfolded(id)) return false;
    this.#told.delete(id);
    return true;
  }

  findByHash(hash: string): Promise<string | undefined> {
    return this.#rows.findByHash(hash);
  }

  findByAccount(world: string, account: string): Promise<readonly string[]> {
    return this.#rows.findByAccount(world, account);
  }

  /** As their rows tell them: what was played of one that the table has in memory they need not tell. */
  list(): AsyncIterable<Session> {
    return this.#rows.list();
  }

  due(now: number, limit: number): Promise<readonly string[]> {
    return this.#rows.due(now, limit);
  }

  async close(): Promise<void> {
    await this.#files.close();
    await this.#rows.close();
  }
}

/** Waits for both also where one fails. */
async function both(one: Promise<void> | undefined, other: Promise<void>): Promise<void> {
  const results = await Promise.allSettled([one, other]);
  for (const result of results) if (result.status === 'rejected') throw result.reason;
}
