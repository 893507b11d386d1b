import { cp, mkdtemp, readdir, rm, stat, truncate } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ClassicLevel } from 'classic-level';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { ManualClock } from '../../../test/support/manual-clock.ts';
import { newSession, type Operation, type Store } from '../../core/index.ts';
import { PendingChange } from '../pending-change.ts';
import { openEmbeddedStore } from './embedded-store.ts';
import { LevelJournal, levelDatabase } from './level-journal.ts';
import { TrafficLog } from './traffic-log.ts';

const clock = new ManualClock();
let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'holdfast-'));
});
afterEach(() => rm(folder, { recursive: true }));

const prints = (text: string): Operation => ({
  kind: 'commit',
  lease: 1,
  epoch: 'e',
  output: [{ kind: 'text', text }],
});
const says = (text: string): Operation => ({ kind: 'append', commands: [{ kind: 'text', text }] });

/** Two sessions that are in use, and whose rows tell everything. */
async function play(store: Store): Promise<void> {
  for (const id of ['a', 'b']) {
    store.watch(id, () => undefined);
    await store.create(newSession(id, 'world', 60_000, clock.now(), true));
    await store.apply(id, { kind: 'commit', lease: 1, epoch: 'e', stage: 'playing' });
  }
}

async function rows(): Promise<string[]> {
  const db = new ClassicLevel(folder);
  const keys = await db.keys().all();
  await db.close();
  return keys.filter((key) => /^(traffic|output|command)/.test(key));
}

it('writes what many sessions play at once as one row', async () => {
  const store = await openEmbeddedStore(folder, { clock });
  await play(store);
  await Promise.all([store.apply('a', says('look')), store.apply('b', says('north'))]);
  await store.close();
  expect(await rows()).toEqual(['traffic/0000000000000001']);
});

it('makes rows of it at the next start', async () => {
  const store = await openEmbeddedStore(folder, { clock });
  await play(store);
  void store.apply('b', prints('A room.'));
  await store.apply('a', says('look'));
  await store.close();
  await (await openEmbeddedStore(folder, { clock })).close();
  expect(await rows()).toEqual(['command/a/0000000000000001', 'output/b/0000000000000001']);
});

it('does not tell what the rows of a session tell since', async () => {
  const store = await openEmbeddedStore(folder, { clock });
  await play(store);
  await Promise.all([store.apply('a', says('look')), store.apply('b', says('look'))]);
  await store.apply('a', { kind: 'commit', lease: 1, epoch: 'e', taken: 1, worldState: 'down' });
  await store.close();
  const again = await openEmbeddedStore(folder, { clock });
  expect((await again.read('a'))?.commands).toMatchObject({ accepted: 1, taken: 1 });
  expect((await again.read('b'))?.commands).toMatchObject({ accepted: 1, taken: 0 });
  expect(await again.readCommands('a', 0)).toEqual([]);
  expect(await again.readCommands('b', 0)).toHaveLength(1);
  await again.close();
});

it('is gone when the rows of all sessions tell everything', async () => {
  const store = await openEmbeddedStore(folder, { clock });
  await play(store);
  await store.apply('a', says('look'));
  await store.apply('a', { kind: 'detach' });
  await store.close();
  expect(await rows()).toEqual(['command/a/0000000000000001']);
});

it('stays within its bound, however much is played', async () => {
  const store = await openEmbeddedStore(folder, { clock });
  await play(store);
  const text = 'x'.repeat(250_000);
  for (let count = 0; count < 80; count += 1) {
    void store.apply('a', prints(text));
    await store.apply('a', says('look'));
    await store.apply('a', { kind: 'commit', lease: 1, epoch: 'e', taken: count + 1 });
  }
  await store.close();
  const left = await rows();
  expect(left.filter((key) => key.startsWith('traffic')).length).toBeLessThan(140);
  const again = await openEmbeddedStore(folder, { clock });
  const page = await again.readOutput('a', 0, { entries: 10, bytes: 1_000_000 });
  expect(page.entries.map(({ offset }) => offset)).toEqual([80]);
  await again.close();
});

it('carries on what is still needed, and makes no rows of it', async () => {
  const store = await openEmbeddedStore(folder, { clock });
  await play(store);
  await store.apply('b', says('wait'));
  const text = 'x'.repeat(100_000);
  for (let count = 1; count <= 400; count += 1) {
    void store.apply('a', prints(`${count}${text}`));
    void store.apply('a', { kind: 'acknowledge', attachment: 1, offset: count - 2 });
    await store.apply('a', says('look'));
    await store.apply('a', { kind: 'commit', lease: 1, epoch: 'e', taken: count });
  }
  await store.close();
  const left = await rows();
  expect(left.filter((key) => !key.startsWith('traffic'))).toEqual([]);
  // Those of the last 16 MB, and not of all 40: 160 texts, in three writes each.
  expect(left.length).toBeLessThan(600);
  const again = await openEmbeddedStore(folder, { clock });
  const { entries } = await again.readOutput('a', 0, { entries: 10, bytes: 1_000_000 });
  expect(entries.map(({ offset }) => offset)).toEqual([399, 400]);
  expect((await again.read('a'))?.commands).toMatchObject({ accepted: 400, taken: 400 });
  expect(await again.readCommands('b', 0)).toMatchObject([{ text: 'wait' }]);
  await again.close();
});

it('stays near its bound where each write brings more rows than are usually folded', () => {
  const log = new TrafficLog();
  const session = newSession('a', 'world', 60_000, clock.now(), false);
  const text = 'é'.repeat(2000);
  const bytes = new Map<string, number>();
  let most = 0;
  for (let offset = 1; offset < 100; offset += 5) {
    const changes = Array.from({ length: 300 }, (_, index) => {
      const change = new PendingChange(`s${index}`, session);
      change.session = session;
      for (let more = 0; more < 5; more += 1) {
        change.putOutput({ kind: 'text', offset: offset + more, at: 0, text });
      }
      return change;
    });
    const { put, deleted, written } = log.write(changes);
    if (put) bytes.set(put.key, put.row.length);
    for (const key of deleted) bytes.delete(key);
    written();
    most = Math.max(
      most,
      [...bytes.values()].reduce((sum, each) => sum + each, 0),
    );
  }
  expect(most).toBeGreaterThan(32 * 1024 * 1024);
  expect(most).toBeLessThan(56 * 1024 * 1024);
});

it('is kept where the disk fails while rows are made of it', async () => {
  const store = await openEmbeddedStore(folder, { clock });
  await play(store);
  await store.apply('a', says('look'));
  await store.close();
  const db = levelDatabase(folder);
  const failing = vi.spyOn(db, 'get').mockRejectedValue(new Error('EIO: i/o error'));
  await expect(new LevelJournal(db).foldTraffic()).rejects.toThrow('cannot be read');
  failing.mockRestore();
  await db.close();
  const again = await openEmbeddedStore(folder, { clock });
  expect((await again.read('a'))?.commands.accepted).toBe(1);
  await again.close();
});

it('is found damaged where a row of it is lost', async () => {
  const store = await openEmbeddedStore(folder, { clock });
  await play(store);
  for (const text of ['one', 'two', 'three']) await store.apply('a', says(text));
  await store.close();
  const db = new ClassicLevel(folder);
  await db.del('traffic/0000000000000002');
  await db.close();
  await expect(openEmbeddedStore(folder, { clock })).rejects.toThrow('there is no traffic/0000000000000002');
});

describe('what is played is all there where a process died while it made rows of it', () => {
  /** Where in the last thing that was written it died: at each tenth. */
  const PARTS = [0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1];

  async function expectAtEachCut(check: (store: Store) => Promise<void>): Promise<void> {
    const copy = `${folder}-copy`;
    try {
      for (const part of PARTS) {
        await cp(folder, copy, { recursive: true });
        const logs = (await readdir(copy)).filter((name) => name.endsWith('.log')).toSorted();
        const log = join(copy, logs.at(-1) ?? '');
        await truncate(log, Math.floor((await stat(log)).size * part));
        const store = await openEmbeddedStore(copy, { clock });
        await check(store);
        await store.close();
        await rm(copy, { recursive: true });
      }
    } finally {
      await rm(copy, { recursive: true, force: true });
    }
  }

  it('at the start', async () => {
    const store = await openEmbeddedStore(folder, { clock });
    await play(store);
    for (let taken = 1; taken <= 50; taken += 1) {
      await store.apply('a', says('look'));
      await store.apply('a', {
        kind: 'commit',
        lease: 1,
        epoch: 'e',
        taken,
        output: [{ kind: 'text', text: 'x'.repeat(1000) }],
      });
    }
    await store.apply('b', says('look'));
    await store.close();
    await (await openEmbeddedStore(folder, { clock })).close();
    await expectAtEachCut(async (again) => {
      expect((await again.read('a'))?.commands).toMatchObject({ accepted: 50, taken: 50 });
      const { entries } = await again.readOutput('a', 0, { entries: 100, bytes: 1_000_000 });
      expect(entries.map(({ offset }) => offset)).toEqual(
        Array.from({ length: 50 }, (_, index) => index + 1),
      );
      expect(await again.readCommands('b', 0)).toHaveLength(1);
    });
  });
});
