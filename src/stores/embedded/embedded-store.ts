import { StoreError, type Clock, type SessionLimits, type Store } from '../../core/index.ts';
import { SessionTable } from '../session-table.ts';
import { damaged } from './damaged.ts';
import { checkTables, prepareFolder, tableFiles } from './folder.ts';
import { foldTraffic } from './fold-traffic.ts';
import { LevelJournal } from './level-journal.ts';
import { levelDatabase, SessionRows, type Database } from './session-rows.ts';
import { STORE } from './table.ts';
import { removeTraffic, TrafficFiles } from './traffic-files.ts';

/** Grows with each change of the rows that an older version could not read. */
const FORMAT = 7;
const FORMAT_KEY = STORE.key('format');
const BOOT_KEY = STORE.key('boot');
/** How many traffic files this process has begun. */
const FILES_KEY = STORE.key('traffic-files');

/** More leases than one process will ever ask for. */
const LEASES_PER_BOOT = 2 ** 32;

/** The log that LevelDB keeps in memory too: at 4 MB, its default, reconnecting players wait for its compaction. */
const WRITE_BUFFER_BYTES = 16 * 1024 * 1024;

/** So many sessions at a time are detached at the start. */
const DETACH_PAGE = 1000;

export interface EmbeddedStoreOptions {
  readonly clock: Clock;
  readonly limits?: Partial<SessionLimits>;
  /** A write failed, and with it the store, for good: the process should end, and start again. */
  readonly onFailure?: (error: StoreError) => void;
}

/**
 * A durable store in a folder of its own, without a server, for one process at a time. Rejects with a
 * `StoreError` that says what to do when the folder is in use, damaged, not writable, or of another version.
 * Who was attached when the last process died is detached from now on.
 */
export async function openEmbeddedStore(folder: string, options: EmbeddedStoreOptions): Promise<Store> {
  let db: Database | undefined;
  try {
    const exists = await prepareFolder(folder);
    const tables = exists ? await tableFiles(folder) : [];
    db = levelDatabase(folder, { createIfMissing: !exists, writeBufferSize: WRITE_BUFFER_BYTES });
    await db.open();
    await checkTables(folder, tables);
    const rows = new SessionRows(db);
    await checkFormat(db, rows);
    const boot = await nextBoot(db, rows);
    const journal = new LevelJournal(rows, trafficFiles(db, boot));
    const firstLease = boot * LEASES_PER_BOOT;
    const table = new SessionTable({ ...options, journal, firstLease, forgetful: true });
    await detachAll(table, rows);
    return table;
  } catch (error) {
    await db?.close();
    throw asStoreError(folder, error);
  }
}

function asStoreError(folder: string, error: unknown): StoreError {
  if (error instanceof StoreError) return error;
  // A database that did not open says why in its cause.
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  const code = cause instanceof Error && 'code' in cause ? cause.code : undefined;
  const reason = cause instanceof Error ? cause.message : String(cause);
  if (code === 'LEVEL_CORRUPTION') return damaged(folder, reason, cause);
  const message =
    code === 'LEVEL_LOCKED'
      ? `the store in ${folder} is in use: only one process at a time may open it`
      : `the store in ${folder} cannot be opened: ${reason}`;
  return new StoreError(message, { passing: false, cause });
}

async function checkFormat(db: Database, rows: SessionRows): Promise<void> {
  const found = await rows.get(STORE, FORMAT_KEY);
  if (found === FORMAT) return;
  if (found === undefined && (await db.keys({ limit: 1 }).all()).length === 0) {
    await db.put(FORMAT_KEY, STORE.encode(FORMAT_KEY, FORMAT), { sync: true });
    return;
  }
  const format = found === undefined ? 'no format of ours' : `format ${found}`;
  throw new StoreError(`${db.location} has ${format}; this version reads only format ${FORMAT}`, {
    passing: false,
  });
}

/** How often the store was opened: larger each time. The traffic of the process before is in rows by then. */
async function nextBoot(db: Database, rows: SessionRows): Promise<number> {
  const last = (await rows.get(STORE, BOOT_KEY)) ?? 0;
  await foldTraffic(rows, last, (await rows.get(STORE, FILES_KEY)) ?? 0);
  const boot = last + 1;
  const batch = db.batch().put(BOOT_KEY, STORE.encode(BOOT_KEY, boot));
  await batch.put(FILES_KEY, STORE.encode(FILES_KEY, 0)).write({ sync: true });
  // Not read any more, also where this is interrupted.
  await removeTraffic(rows.folder);
  return boot;
}

function trafficFiles(db: Database, boot: number): TrafficFiles {
  return new TrafficFiles(db.location, boot, (files) =>
    db.put(FILES_KEY, STORE.encode(FILES_KEY, files), { sync: true }),
  );
}

/** No connection outlives its process: the clocks of those who were attached run from now. */
async function detachAll(table: SessionTable, rows: SessionRows): Promise<void> {
  for (;;) {
    const ids = await rows.attached(DETACH_PAGE);
    if (ids.length === 0) return;
    const outcomes = await Promise.all(ids.map(async (id) => table.apply(id, { kind: 'detach' })));
    const lost = ids[outcomes.findIndex(({ kind }) => kind !== 'done')];
    if (lost !== undefined) throw damaged(rows.folder, `session ${lost} was attached, and is not as it was`);
  }
}
