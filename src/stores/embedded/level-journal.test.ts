import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import * as fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { applied, draws, operationOf } from '../../../test/support/arbitrary-operations.ts';
import {
  DEFAULT_LIMITS,
  newSession,
  transition,
  type Clock,
  type Operation,
  type StoredSession,
} from '../../core/index.ts';
import type { SessionChange } from '../journal.ts';
import { SessionTable } from '../session-table.ts';
import { foldTraffic } from './fold-traffic.ts';
import { LevelJournal } from './level-journal.ts';
import { levelDatabase, SessionRows } from './session-rows.ts';
import { TrafficFiles } from './traffic-files.ts';

const LIMITS = { ...DEFAULT_LIMITS, queueCommands: 8, backlogEntries: 10, backlogBytes: 100, spentTokens: 3 };
const IDS = ['a', 'b', 'c'];
const SEED = Number(process.env['HOLDFAST_TEST_SEED'] ?? 1);
const RUNS = 10;
const ALL = { entries: 1000, bytes: 1_000_000 };

const begun = (): Promise<void> => Promise.resolve();

/** Sessions in rows and traffic, in a new folder, beside what they should be. */
class Played {
  now = 1_000_000;
  readonly #rows: SessionRows;
  readonly #should = new Map<string, StoredSession>();
  #files: TrafficFiles;
  #store: SessionTable;
  #names = 0;

  constructor(folder: string) {
    this.#rows = new SessionRows(levelDatabase(folder));
    this.#files = new TrafficFiles(folder, 1, begun);
    this.#store = this.#open();
  }

  #open(): SessionTable {
    const journal = new LevelJournal(this.#rows, this.#files);
    const clock: Clock = {
      now: () => this.now,
      after(_, run) {
        // What may wait waits for no test.
        const timer = setTimeout(run, 1);
        return () => clearTimeout(timer);
      },
    };
    return new SessionTable({ journal, clock, limits: LIMITS, firstLease: 1, forgetful: true });
  }

  async begin(): Promise<void> {
    for (const id of IDS) {
      const session = newSession(id, 'world', 60_000, this.now, true);
      this.#should.set(id, { session, commands: [], output: [] });
      await this.#store.create(session);
      await this.apply(id, { kind: 'commit', lease: 0, epoch: 'e', stage: 'playing' });
      await this.apply(id, { kind: 'issue', chain: `chain ${id}`, hash: `hash ${id}`, attachment: 1 });
    }
  }

  async draw(id: string, draw: Parameters<typeof operationOf>[0]): Promise<void> {
    const stored = this.#should.get(id);
    if (stored === undefined) return;
    const name = (): string => `${(this.#names += 1)}`.padStart(20, '0');
    await this.apply(id, operationOf(draw, stored.session, name));
  }

  async apply(id: string, operation: Operation): Promise<void> {
    const stored = this.#should.get(id);
    if (stored === undefined) return;
    const next = applied(stored, transition(stored, operation, this.now, LIMITS));
    if (next.session.stage === 'closed') this.#should.delete(id);
    else this.#should.set(id, next);
    await this.#store.apply(id, operation);
  }

  /** As after the death of the process: nothing is in memory. */
  async restart(): Promise<void> {
    // What changes nothing is answered when all before it is durable.
    await Promise.all(IDS.map(async (id) => this.#store.apply(id, { kind: 'confirm', tokenId: 'none' })));
    const { boot } = this.#files;
    await this.#files.close();
    await foldTraffic(this.#rows, boot, 0);
    // It may have died before it could say that it was done.
    if (boot % 2 === 0) await foldTraffic(this.#rows, boot, 0);
    this.#files = new TrafficFiles(this.#rows.folder, boot + 1, begun);
    this.#store = this.#open();
  }

  async expectAsItShouldBe(): Promise<void> {
    for (const id of IDS) {
      const should = this.#should.get(id);
      expect(await this.#store.read(id)).toEqual(should?.session);
      expect(await this.#store.readCommands(id, 0)).toEqual(should?.commands ?? []);
      expect((await this.#store.readOutput(id, 0, ALL)).entries).toEqual(should?.output ?? []);
    }
  }

  async end(): Promise<void> {
    await this.#files.close();
    await this.#rows.close();
  }
}

const steps = fc.array(
  fc.record({ draws: fc.tuple(draws, draws, draws), which: fc.nat(7), ms: fc.nat(4000), after: fc.nat(9) }),
  { maxLength: 60, size: 'max' },
);

it(`gives back what was written, whatever it was and whenever it is read (HOLDFAST_TEST_SEED=${SEED})`, async () => {
  await fc.assert(
    fc.asyncProperty(steps, async (all) => {
      const folder = await mkdtemp(join(tmpdir(), 'holdfast-'));
      const played = new Played(folder);
      try {
        await played.begin();
        for (const step of all) {
          played.now += step.ms;
          // All at once, in one write: of some of them.
          const chosen = IDS.filter((_, index) => (step.which >> index) % 2 === 1);
          await Promise.all(chosen.map((id, index) => played.draw(id, step.draws[index] ?? step.draws[0])));
          if (step.after === 0) await played.restart();
          if (step.after < 4) await played.expectAsItShouldBe();
        }
        await played.restart();
        await played.expectAsItShouldBe();
      } finally {
        await played.end();
        await rm(folder, { recursive: true });
      }
    }),
    { numRuns: RUNS, seed: SEED },
  );
}, 60_000);

describe('with a journal of its own', () => {
  let folder: string;
  let rows: SessionRows;
  let files: TrafficFiles;
  let journal: LevelJournal;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'holdfast-'));
    const db = levelDatabase(folder);
    await db.open();
    rows = new SessionRows(db);
    files = new TrafficFiles(folder, 1, begun);
    journal = new LevelJournal(rows, files);
  });
  afterEach(async () => {
    await journal.close();
    await rm(folder, { recursive: true });
  });

  it('waits with the next write where the last one was of many sessions', async () => {
    const changes = Array.from({ length: 16 }, (_, index) => changeOf(`s${index}`));
    const from = performance.now();
    const writing = journal.write(changes);
    // Else the loop's time would be behind, by as long as that took.
    await setImmediate();
    await journal.turn();
    // Four, and a timer may be one early.
    expect(performance.now() - from).toBeGreaterThan(2.9);
    await writing;
  });

  it('lets no traffic go before the rows are durable that tell it', async () => {
    const order: string[] = [];
    const batch = rows.batch();
    const write = batch.write.bind(batch);
    vi.spyOn(rows, 'batch').mockReturnValueOnce(batch);
    vi.spyOn(batch, 'write').mockImplementation(async (options) => {
      await new Promise((resolve) => setTimeout(resolve, 50));
      await write(options);
      order.push('rows');
    });
    const remove = vi.spyOn(files, 'removeBefore').mockImplementation(() => {
      order.push('files');
      return Promise.resolve();
    });
    const { stored, ...change } = changeOf('a');
    const played = { ...stored, session: { ...stored.session, style: '1' } };
    await journal.write([{ ...change, stored: played, before: stored.session }, changeOf('b')]);
    expect(order).toEqual(['rows', 'files']);
    remove.mockRestore();
  });

  it('lets no session leave the memory whose rows do not tell everything', async () => {
    const change = changeOf('a');
    await journal.write([change]);
    expect(journal.release('a')).toBe(true);
    await journal.load('a');
    const { session } = change.stored;
    const stored = { ...change.stored, session: { ...session, style: '1' } };
    await journal.write([{ ...change, before: session, stored }]);
    expect(journal.release('a')).toBe(false);
    const closed = { ...stored, session: { ...stored.session, stage: 'closed' as const } };
    const closing = journal.write([{ ...change, before: stored.session, stored: closed }]);
    expect(journal.release('a')).toBe(false);
    await closing;
    expect(journal.release('a')).toBe(true);
    expect(await journal.load('a')).toBeUndefined();
  });

  it('fails where either of its two writes does, and not before both have ended', async () => {
    const change = changeOf('a');
    await journal.write([change]);
    const { session } = change.stored;
    const played = {
      ...change,
      before: session,
      stored: { ...change.stored, session: { ...session, style: '1' } },
    };
    await rm(folder, { recursive: true });
    await expect(journal.write([played, changeOf('b')])).rejects.toThrow('ENOENT');
    await mkdir(folder);
  });
});

function changeOf(id: string): SessionChange {
  const session = newSession(id, 'world', 60_000, 0, true);
  const stored = { session, commands: [], output: [] };
  return { id, before: undefined, stored, addedHashes: [], forgottenHashes: [] };
}
