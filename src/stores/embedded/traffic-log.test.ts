import { cp, mkdtemp, readdir, readFile, rm, truncate } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ClassicLevel } from 'classic-level';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { ManualClock } from '../../../test/support/manual-clock.ts';
import { newSession, type Operation, type OutputEntry, type Store } from '../../core/index.ts';
import type { SessionChange } from '../journal.ts';
import { openEmbeddedStore } from './embedded-store.ts';
import { foldTraffic } from './fold-traffic.ts';
import { levelDatabase, SessionRows } from './session-rows.ts';
import { readTraffic } from './traffic-files.ts';
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

async function trafficBytes(): Promise<number> {
  const frames = await readTraffic(folder, 1, 0);
  return frames.reduce((bytes, { body }) => bytes + body.length, 0);
}

async function rows(): Promise<string[]> {
  const db = new ClassicLevel(folder);
  const keys = await db.keys().all();
  await db.close();
  return keys.filter((key) => /^(output|command)/.test(key));
}

it('writes what many sessions play at once as one frame', async () => {
  const store = await openEmbeddedStore(folder, { clock });
  await play(store);
  await Promise.all([store.apply('a', says('look')), store.apply('b', says('north'))]);
  await store.close();
  expect(await readTraffic(folder, 1, 0)).toMatchObject([{ number: 1, oldest: 1 }]);
  expect(await rows()).toEqual([]);
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

it('is of no account where a session was closed since', async () => {
  const store = await openEmbeddedStore(folder, { clock });
  await play(store);
  await Promise.all([store.apply('a', says('look')), store.apply('b', says('look'))]);
  await store.apply('a', { kind: 'close', reason: 'quit' });
  await store.close();
  const again = await openEmbeddedStore(folder, { clock });
  expect(await again.read('a')).toBeUndefined();
  expect((await again.read('b'))?.commands.accepted).toBe(1);
  await again.close();
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
  expect(await trafficBytes()).toBeLessThan(22_000_000);
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
  expect(await rows()).toEqual([]);
  // The last 16 MB and a file of four, and not all 40.
  expect(await trafficBytes()).toBeLessThan(22_000_000);
  const again = await openEmbeddedStore(folder, { clock });
  const { entries } = await again.readOutput('a', 0, { entries: 10, bytes: 1_000_000 });
  expect(entries.map(({ offset }) => offset)).toEqual([399, 400]);
  expect((await again.read('a'))?.commands).toMatchObject({ accepted: 400, taken: 400 });
  expect(await again.readCommands('b', 0)).toMatchObject([{ text: 'wait' }]);
  await again.close();
});

it('makes rows of more than each write brings where most of it is needed', () => {
  const log = new TrafficLog();
  const session = newSession('a', 'world', 60_000, clock.now(), false);
  const output: OutputEntry[] = [];
  const change = (id: string): SessionChange => {
    const stored = { session: { ...session, id }, commands: [], output };
    return { id, before: { ...session, id }, stored, addedHashes: [], forgottenHashes: [] };
  };
  const changes = Array.from({ length: 1500 }, (_, index) => change(`s${index}`));
  const first = log.write(changes, 0);
  expect(first.rewritten).toEqual([]);
  expect(first.written()).toEqual([]);
  const next = log.write([change('b'), change('s3')], 33 * 1024 * 1024);
  expect(next.rewritten.map(({ id }) => id)).toEqual(changes.slice(0, 1002).map(({ id }) => id));
  expect(next.oldest).toBe(1);
  expect(log.isUnfolded('s1001')).toBe(true);
  expect(next.written()).toHaveLength(1002);
  expect(log.isUnfolded('s1001')).toBe(false);
  expect(log.isUnfolded('s1002')).toBe(true);
  const last = log.write([change('b')], 33 * 1024 * 1024);
  expect(last.rewritten).toHaveLength(499);
  expect(last.oldest).toBe(4);
});

it('is kept where the disk fails while rows are made of it', async () => {
  const store = await openEmbeddedStore(folder, { clock });
  await play(store);
  await store.apply('a', says('look'));
  await store.close();
  const db = levelDatabase(folder);
  await db.open();
  const failing = vi.spyOn(db, 'get').mockRejectedValue(new Error('EIO: i/o error'));
  await expect(foldTraffic(new SessionRows(db), 1, 1)).rejects.toThrow('cannot be read');
  failing.mockRestore();
  await db.close();
  const again = await openEmbeddedStore(folder, { clock });
  expect((await again.read('a'))?.commands.accepted).toBe(1);
  await again.close();
});

describe('where a process died in the middle of a write', () => {
  /** Where in the last thing that was written it died: at each tenth. */
  const PARTS = [0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1];
  let copy: string;
  beforeEach(() => {
    copy = `${folder}-copy`;
  });
  afterEach(() => rm(copy, { recursive: true, force: true }));

  async function playAll(): Promise<void> {
    const store = await openEmbeddedStore(folder, { clock });
    await play(store);
    for (let taken = 1; taken <= 50; taken += 1) {
      await store.apply('a', says('look'));
      const output = [{ kind: 'text', text: 'x'.repeat(1000) }] as const;
      await store.apply('a', { kind: 'commit', lease: 1, epoch: 'e', taken, output });
    }
    await store.close();
  }

  /** The last file of this kind in the copy is cut short. */
  async function cut(kind: string, part: number): Promise<void> {
    const path = join(copy, (await namesOf(copy, kind)).at(-1) ?? '');
    // Zeros are there before anything is written over them.
    const bytes = (await readFile(path)).findLastIndex((byte) => byte !== 0) + 1;
    await truncate(path, Math.floor(bytes * part));
  }

  async function expectPlayed(store: Store, count: number): Promise<void> {
    expect((await store.read('a'))?.output.end).toBe(count);
    const { entries } = await store.readOutput('a', 0, { entries: 100, bytes: 1_000_000 });
    expect(entries.map(({ offset }) => offset)).toEqual(Array.from({ length: count }, (_, i) => i + 1));
    await store.close();
  }

  it('what was written before it is there', async () => {
    await playAll();
    let most = -1;
    for (const part of PARTS) {
      await cp(folder, copy, { recursive: true });
      await cut('.traffic', part);
      const store = await openEmbeddedStore(copy, { clock });
      const session = await store.read('a');
      const { taken = 0, accepted = 0 } = session?.commands ?? {};
      expect(taken).toBeGreaterThan(most);
      expect([taken, taken + 1]).toContain(accepted);
      most = taken;
      await expectPlayed(store, taken);
      await rm(copy, { recursive: true });
    }
    expect(most).toBe(50);
  });

  it('all is there where it made rows of it', async () => {
    await playAll();
    const played = `${folder}-played`;
    await cp(folder, played, { recursive: true });
    await (await openEmbeddedStore(folder, { clock })).close();
    for (const part of PARTS) {
      await cp(folder, copy, { recursive: true });
      for (const name of await namesOf(played, '.traffic')) await cp(join(played, name), join(copy, name));
      await cut('.log', part);
      await expectPlayed(await openEmbeddedStore(copy, { clock }), 50);
      await rm(copy, { recursive: true });
    }
    await rm(played, { recursive: true });
  });
});

async function namesOf(path: string, kind: string): Promise<string[]> {
  return (await readdir(path)).filter((name) => name.endsWith(kind)).toSorted();
}
