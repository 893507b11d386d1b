import { cp, mkdtemp, readdir, readFile, rm, stat, truncate, writeFile } from 'node:fs/promises';
import { randomUUID } from 'node:crypto';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ClassicLevel } from 'classic-level';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ManualClock } from '../../../test/support/manual-clock.ts';
import { newSession, StoreError, type Store } from '../../core/index.ts';
import { openEmbeddedStore } from './embedded-store.ts';
import { levelDatabase } from './session-rows.ts';
import { STORE } from './table.ts';
import { FRAME_HEADER_BYTES, TrafficFiles } from './traffic-files.ts';

const clock = new ManualClock();
let parent: string;
let folder: string;
beforeEach(async () => {
  parent = await mkdtemp(join(tmpdir(), 'holdfast-'));
  folder = join(parent, 'data');
});
afterEach(() => rm(parent, { recursive: true }));

describe('the embedded store refuses', () => {
  it.each([
    ['a log damaged in its middle', '.log', flipMiddle, /\d+\.log is damaged at byte \d+/],
    ['a log that was deleted', '.log', rm, /log .* is gone/],
    ['a list of files that is damaged', 'MANIFEST', flipMiddle, /damaged: Corruption/],
    ['a list of files that is gone', 'MANIFEST', rm, /cannot be opened: .*MANIFEST/],
    ['a folder without CURRENT', 'CURRENT', rm, /CURRENT is gone/],
  ])('%s', async (_, file, harm, message) => {
    await fill();
    await harm(await pathOf(file));
    const before = await dataFiles();
    await expect(openEmbeddedStore(folder, { clock })).rejects.toThrow(message);
    await expect(openEmbeddedStore(folder, { clock })).rejects.toBeInstanceOf(StoreError);
    expect(await dataFiles(), 'nothing was made anew').toEqual(before);
  });

  it.each([
    ['a table that is gone', rm],
    ['a table of which a byte changed', flipMiddle],
    ['a table that was cut short', (path: string) => truncate(path, 300)],
  ])('%s', async (_, harm) => {
    await fill();
    // What was in the log is in a table after the next start.
    await (await openEmbeddedStore(folder, { clock })).close();
    await harm(await pathOf('.ldb'));
    await expect(openEmbeddedStore(folder, { clock })).rejects.toThrow(/is damaged/);
  });

  it.each([
    ['traffic that is damaged', '.traffic', flipFirst, /traffic is damaged at byte 0/],
    ['traffic that was deleted', '.traffic', rm, /a traffic file is gone/],
    ['traffic of a store of which nothing else is left', 'CURRENT', loseAllButTraffic, /CURRENT is gone/],
  ])('%s', async (_, file, harm, message) => {
    const ids = await fill();
    const store = await openEmbeddedStore(folder, { clock });
    for (const id of ids)
      await store.apply(id, { kind: 'append', commands: [{ kind: 'text', text: 'look' }] });
    await store.close();
    await harm(await pathOf(file));
    await expect(openEmbeddedStore(folder, { clock })).rejects.toThrow(message);
  });

  it('traffic with a good checksum that says nonsense', async () => {
    await fill();
    // Of the process that had the folder last, of two.
    const files = new TrafficFiles(folder, 2, () => Promise.resolve());
    await files.append(Buffer.concat([Buffer.alloc(FRAME_HEADER_BYTES), Buffer.from([255])]), 1, 1);
    await files.close();
    const opening = expect(openEmbeddedStore(folder, { clock })).rejects;
    await opening.toThrow(/is damaged: frame 1 of its traffic cannot be read/);
  });

  it('a folder that is in use', async () => {
    const store = await openEmbeddedStore(folder, { clock });
    await expect(openEmbeddedStore(folder, { clock })).rejects.toThrow(`the store in ${folder} is in use`);
    await store.close();
    await (await openEmbeddedStore(folder, { clock })).close();
  });

  it('a folder that is none, or in one that is not there', async () => {
    const file = join(parent, 'file');
    await writeFile(file, '');
    for (const path of [file, join(file, 'data'), join(parent, 'no', 'data')]) {
      const refused = expect(openEmbeddedStore(path, { clock })).rejects;
      await refused.toThrow(`the store in ${path} cannot be opened`);
    }
  });

  it('what another program keeps there, and leaves it as it is', async () => {
    const db = new ClassicLevel(folder);
    await db.put('a', 'b');
    await db.close();
    await expect(openEmbeddedStore(folder, { clock })).rejects.toThrow('no format of ours');
    await db.open();
    expect(await db.keys().all()).toEqual(['a']);
    await db.close();
  });

  it('the format of another version', async () => {
    await fill();
    const db = levelDatabase(folder);
    const key = STORE.key('format');
    await db.put(key, STORE.encode(key, 99));
    await db.close();
    await expect(openEmbeddedStore(folder, { clock })).rejects.toThrow('has format 99');
  });
});

describe('the embedded store', () => {
  it('makes its folder for its owner only', async () => {
    await (await openEmbeddedStore(folder, { clock })).close();
    expect((await stat(folder)).mode & 0o777).toBe(0o700);
  });

  it('opens a folder in which the first start was interrupted', async () => {
    await (await openEmbeddedStore(folder, { clock })).close();
    for (const file of await readdir(folder)) {
      if (!file.startsWith('MANIFEST')) await rm(join(folder, file));
    }
    await (await openEmbeddedStore(folder, { clock })).close();
  });

  it('passes over the torn tail of its log: a write that nobody was told of', async () => {
    const ids = await fill();
    const before = await openEmbeddedStore(folder, { clock });
    const torn = randomUUID();
    await before.create(newSession(torn, 'world', 60_000, clock.now(), false));
    await before.close();
    const log = await pathOf('.log');
    await truncate(log, (await stat(log)).size - 40);
    const store = await openEmbeddedStore(folder, { clock });
    for (const id of ids) expect((await store.read(id))?.commands.accepted).toBe(1);
    expect(await store.read(torn)).toBeUndefined();
    await store.close();
  });

  it('tells apart a session whose row changed on disk, and serves the others', async () => {
    const ids = await fill();
    const [broken, ...others] = ids;
    await changeRows((key, row) => (key === `session/${broken}` ? row.replace('world', 'w0rld') : row));
    const store = await openEmbeddedStore(folder, { clock });
    await expect(store.read(broken ?? '')).rejects.toThrow('fails its checksum');
    for (const id of others) expect(await store.read(id)).toBeDefined();
    await store.close();
  });

  it.each(['command', 'output'])('misses a lost %s row', async (table) => {
    const [id = '', other = ''] = await fill();
    await changeRows((key, row) => (key.startsWith(`${table}/${id}/`) ? undefined : row));
    const store = await openEmbeddedStore(folder, { clock });
    await expect(store.read(id)).rejects.toThrow(`session ${id} lacks`);
    expect(await store.read(other)).toBeDefined();
    await store.close();
  });

  it('misses a session that was attached', async () => {
    const store = await openEmbeddedStore(folder, { clock });
    const id = randomUUID();
    await store.create(newSession(id, 'world', 60_000, clock.now(), true));
    await store.close();
    await changeRows((key, row) => (key === `session/${id}` ? undefined : row));
    await expect(openEmbeddedStore(folder, { clock })).rejects.toThrow(`session ${id} was attached`);
  });

  it('is whole in a copy of its folder', async () => {
    const ids = await fill();
    const copy = join(parent, 'copy');
    await cp(folder, copy, { recursive: true });
    const store = await openEmbeddedStore(copy, { clock });
    for (const id of ids) expect(await store.read(id)).toBeDefined();
    await store.close();
  });
});

/** Sessions at rest, each with a command and a line of output. */
async function fill(): Promise<readonly string[]> {
  const store = await openEmbeddedStore(folder, { clock });
  const ids = Array.from({ length: 20 }, () => randomUUID());
  for (const id of ids) await make(store, id);
  await store.close();
  // Their own rows tell everything after the next start.
  await (await openEmbeddedStore(folder, { clock })).close();
  return ids;
}

async function make(store: Store, id: string): Promise<void> {
  await store.create(newSession(id, 'world', 60_000, clock.now(), false));
  const output = [{ kind: 'text', text: 'A room.' }] as const;
  await store.apply(id, { kind: 'commit', lease: 1, epoch: 'e', output, data: 1 });
  await store.apply(id, { kind: 'append', commands: [{ kind: 'text', text: 'look' }] });
}

async function dataFiles(): Promise<readonly string[]> {
  const files = await readdir(folder);
  return files.filter((name) => !/^LO(G|CK)/.test(name)).toSorted();
}

async function pathOf(name: string): Promise<string> {
  const files = await readdir(folder);
  return join(folder, files.find((file) => file.includes(name)) ?? name);
}

async function flipMiddle(path: string): Promise<void> {
  await flip(path, Math.floor((await stat(path)).size / 2));
}

async function flipFirst(path: string): Promise<void> {
  await flip(path, 0);
}

async function flip(path: string, at: number): Promise<void> {
  const bytes = await readFile(path);
  bytes[at] = (bytes[at] ?? 0) ^ 1;
  await writeFile(path, bytes);
}

async function loseAllButTraffic(): Promise<void> {
  for (const name of await readdir(folder)) if (!name.endsWith('.traffic')) await rm(join(folder, name));
}

/** As if the disk had changed a row, or lost it. */
async function changeRows(change: (key: string, row: string) => string | undefined): Promise<void> {
  const db = new ClassicLevel(folder);
  for (const [key, row] of await db.iterator().all()) {
    const changed = change(key, row);
    if (changed === undefined) await db.del(key);
    else if (changed !== row) await db.put(key, changed);
  }
  await db.close();
}
