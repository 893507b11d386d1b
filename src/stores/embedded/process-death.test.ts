import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ManualClock } from '../../../test/support/manual-clock.ts';
import type { Store } from '../../core/index.ts';
import { openEmbeddedStore } from './embedded-store.ts';

const WORKER = join(import.meta.dirname, '../../../test/support/store-worker.mjs');
const SEED = Number(process.env['HOLDFAST_TEST_SEED'] ?? 1);
const ROUNDS = 3;
/** A busy machine needs longer than a test usually may. */
const TIMEOUT_MS = 60_000;

/** What the worker reports: the last value of each fact is what was acknowledged last. */
interface Fact {
  readonly ready?: true;
  readonly failed?: string;
  readonly passing?: boolean;
  readonly id?: string;
  readonly closed?: true;
  readonly hash?: string;
  readonly attachment?: number;
  readonly accepted?: number;
  readonly taken?: number;
  readonly end?: number;
  readonly data?: number;
}

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'holdfast-'));
});
afterEach(() => rm(folder, { recursive: true }));

describe('an embedded store whose process', { timeout: TIMEOUT_MS }, () => {
  it(`is killed again and again keeps all that was acknowledged (HOLDFAST_TEST_SEED=${SEED})`, async () => {
    const random = seeded(SEED);
    let acknowledged = 0;
    for (let round = 0; round < ROUNDS; round += 1) {
      const facts = await work(['node', WORKER, folder], 1 + Math.floor(random() * 1000));
      acknowledged += facts.length;
      const store = await openEmbeddedStore(folder, { clock: new ManualClock(Date.now()) });
      await expectAcknowledged(store, facts);
      await store.close();
    }
    expect(acknowledged).toBeGreaterThan(ROUNDS);
  });

  // The traffic log is full after 16 MB: 512 texts of 32 kB. Of eight sessions, which keep eight of them each, little is
  // needed, and carried on; of 160 all is, and after 32 MB each write makes rows.
  it.each([
    { does: 'carries traffic on', sessions: 8, after: 520 },
    { does: 'makes rows of much traffic', sessions: 160, after: 1344 },
  ])(`is killed while it $does keeps all of it (HOLDFAST_TEST_SEED=${SEED})`, async ({ sessions, after }) => {
    const random = seeded(SEED);
    for (let round = 0; round < ROUNDS; round += 1) {
      const count = after + Math.floor(random() * 120);
      const facts = await work(['node', WORKER, folder, String(sessions), '32768'], count);
      const store = await openEmbeddedStore(folder, { clock: new ManualClock(Date.now()) });
      for (const [id, { end = 0 }] of byId(facts)) {
        const session = await store.read(id);
        expect(session?.commands).toMatchObject({ accepted: 1, taken: 0 });
        expect(await store.readCommands(id, 0)).toHaveLength(1);
        const last = session?.output.end ?? 0;
        expect(last).toBeGreaterThanOrEqual(end);
        expect(session?.data ?? 0).toBe(last);
        const { entries } = await store.readOutput(id, 0, { entries: 10_000, bytes: 10_000_000 });
        const kept = numbers(last).slice(session?.output.evicted ?? 0);
        expect(entries.map(({ offset }) => offset)).toEqual(kept);
      }
      await store.close();
    }
  });

  it.skipIf(process.platform === 'win32')(
    'cannot write any more fails for good, and keeps the rest',
    async () => {
      // A limit on the size of files stands for a full disk: a write stops in its middle.
      const limited = `ulimit -f 200; exec node "$0" "$1"`;
      const facts = await work(['sh', '-c', limited, WORKER, folder], Infinity);
      const failure = facts.at(-1);
      expect(failure?.failed).toBe('the store could not write, and stops for good');
      expect(failure?.passing).toBe(false);
      const store = await openEmbeddedStore(folder, { clock: new ManualClock(Date.now()) });
      await expectAcknowledged(store, facts);
      await store.close();
    },
  );
});

/** Runs the worker, kills it after so many facts, and gives back all that it reported. */
async function work([command = '', ...args]: readonly string[], count: number): Promise<readonly Fact[]> {
  const worker = spawn(command, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  const facts: Fact[] = [];
  for await (const line of createInterface({ input: worker.stdout })) {
    const fact: Fact = JSON.parse(line);
    facts.push(fact);
    if (facts.length >= count) worker.kill('SIGKILL');
  }
  expect(facts[0]?.ready, 'the worker opened the store').toBe(true);
  return facts;
}

async function expectAcknowledged(store: Store, facts: readonly Fact[]): Promise<void> {
  for (const [id, fact] of byId(facts)) {
    const session = await store.read(id);
    if (fact.closed) expect(session).toBeUndefined();
    // It may have been closed just after its last report.
    if (fact.closed || (session === undefined && fact.data === 50)) continue;
    // One that never was playing closes with its process.
    if (fact.hash === undefined && session === undefined) continue;
    expect(session?.commands.accepted).toBeGreaterThanOrEqual(fact.accepted ?? 0);
    expect(session?.commands.taken).toBeGreaterThanOrEqual(fact.taken ?? 0);
    expect(session?.output.end).toBeGreaterThanOrEqual(fact.end ?? 0);
    expect(session?.data ?? 0).toBeGreaterThanOrEqual(fact.data ?? 0);
    // Together or not at all.
    expect(session?.output.end).toBe(session?.commands.taken);
    expect(session?.data ?? 0).toBe(session?.commands.taken);
    expect(session?.presence.attached).toBe(false);
    expect(session?.presence.attachment).toBeGreaterThanOrEqual(fact.attachment ?? 1);
    if (fact.hash) expect(await store.findByHash(fact.hash)).toBe(id);
    const { entries } = await store.readOutput(id, 0, { entries: 10_000, bytes: 10_000_000 });
    expect(entries.map(({ offset }) => offset)).toEqual(numbers(session?.output.end ?? 0));
    const commands = await store.readCommands(id, 0);
    expect(commands.length).toBe((session?.commands.accepted ?? 0) - (session?.commands.taken ?? 0));
  }
}

/** What was acknowledged last of each session. */
function byId(facts: readonly Fact[]): ReadonlyMap<string, Fact> {
  const sessions = new Map<string, Fact>();
  for (const fact of facts) {
    if (fact.id !== undefined) sessions.set(fact.id, { ...sessions.get(fact.id), ...fact });
  }
  return sessions;
}

function numbers(end: number): number[] {
  return Array.from({ length: end }, (_, i) => i + 1);
}

/** mulberry32: small, and the same everywhere. */
function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}
