import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { applied, draws, operationOf } from '../../test/support/arbitrary-operations.ts';
import { ManualClock } from '../../test/support/manual-clock.ts';
import {
  DEFAULT_LIMITS,
  lastSeq,
  newSession,
  NONE,
  StoreError,
  transition,
  type Operation,
  type Session,
  type StoredSession,
} from '../core/index.ts';
import { asOfNow, type Journal, type SessionChange } from './journal.ts';
import { SessionTable } from './session-table.ts';

const LIMITS = { queueCommands: 5, backlogEntries: 12, backlogBytes: 100, spentTokens: 3, chains: 2 };
const SEED = Number(process.env['HOLDFAST_TEST_SEED'] ?? 1);

describe('a session table', () => {
  it(`leaves in its journal what the rules say, whatever overlaps (HOLDFAST_TEST_SEED=${SEED})`, async () => {
    const burst = fc.array(fc.tuple(fc.nat(1), draws), { maxLength: 8 });
    const bursts = fc.array(fc.tuple(burst, fc.nat(1500)), { maxLength: 25, size: 'max' });
    const property = fc.asyncProperty(bursts, fc.boolean(), async (all, forgetful) => {
      const clock = new ManualClock(1_000_000);
      const journal = new FakeJournal();
      const table = new SessionTable({ journal, clock, firstLease: 1, limits: LIMITS, forgetful });
      let names = 0;
      const name = (): string => `${(names += 1)}`.padStart(20, '0');
      const models = await Promise.all(['a', 'b'].map((id) => playing(table, id, name())));
      for (const [operations, ms] of all) {
        const outcomes = operations.map(async ([which, draw]) => {
          const model = models[which];
          assert.ok(model);
          const operation = operationOf(draw, model.session, name);
          const change = transition(model, operation, clock.now(), { ...DEFAULT_LIMITS, ...LIMITS });
          const isThere = model.session.stage !== 'closed';
          models[which] = applied(model, change);
          // Asked for in this order; the answers may come in any.
          const outcome = await table.apply(model.session.id, operation);
          assert.deepEqual(outcome, isThere ? change.outcome : { kind: 'missing' });
        });
        const done = Promise.all(outcomes);
        await settle(clock, done);
        clock.advance(ms);
        await turns();
      }
      for (const model of models) await expectRead(table, model);
      await table.close();
      for (const { session, commands, output } of models) {
        const left = journal.sessions.get(session.id);
        assert.deepEqual(left, session.stage === 'closed' ? undefined : { session, commands, output });
      }
      const hashes = models.flatMap(({ session }) => session.chains.flatMap((chain) => chain.hashes));
      assert.deepEqual([...journal.hashes.keys()].toSorted(), hashes.toSorted());
    });
    await fc.assert(property, { numRuns: 300, seed: SEED });
  });

  it('writes what is asked for in one turn together, and the rest while it writes', async () => {
    const { table, journal } = await made();
    journal.writes = 0;
    await Promise.all(Array.from({ length: 100 }, async () => table.apply('a', say())));
    expect(journal.writes).toBe(1);
    const gate = journal.hold();
    const first = table.apply('a', { kind: 'append', commands: [{ kind: 'text', text: 'look' }] });
    await turns();
    const rest = Array.from({ length: 100 }, async () => table.apply('a', say()));
    await turns();
    expect(journal.writes).toBe(2);
    gate.open();
    await Promise.all([first, ...rest]);
    expect(journal.writes).toBe(3);
  });

  it('does not let what is urgent wait for what is not', async () => {
    const { table, journal } = await made();
    await table.apply('a', prints('a room'));
    const gate = journal.hold();
    const first = table.apply('a', say());
    await turns();
    const urgent = table.apply('a', say());
    const lazy = table.apply('a', prints('a rat'));
    await turns();
    gate.open();
    // No time passes.
    await Promise.all([first, urgent, lazy]);
  });

  it('writes what is not urgent within a fifth of a second', async () => {
    const { table, journal, clock } = await made();
    await table.apply('a', prints('a room'));
    journal.writes = 0;
    const lazy = Promise.all([table.apply('a', prints('a rat')), table.apply('a', prints('another'))]);
    await turns();
    clock.advance(199);
    await turns();
    expect(journal.writes).toBe(0);
    clock.advance(1);
    await lazy;
    expect(journal.writes).toBe(1);
  });

  it('shows output of a commit that takes, and all after it, only when it is durable', async () => {
    const { table, journal } = await made();
    await table.apply('a', say());
    const seen: number[] = [];
    table.watch('a', (_, visibleEnd) => seen.push(visibleEnd));
    await turns();
    const gate = journal.hold();
    const taking = table.apply('a', { ...prints('A room.'), taken: 1 });
    const after = table.apply('a', prints('A rat.'));
    await turns();
    expect(await visible(table)).toEqual([]);
    expect(new Set(seen)).toEqual(new Set([0]));
    gate.open();
    await Promise.all([taking, after]);
    expect(await visible(table)).toEqual([1, 2]);
    expect(seen.at(-1)).toBe(2);
  });

  it('answers in the order in which it was asked, also where output waits to be shown', async () => {
    const { table, journal } = await made();
    await table.apply('a', say());
    const gate = journal.hold();
    const answered: number[] = [];
    const ask = async (number: number, operation: Operation): Promise<void> => {
      await table.apply('a', operation);
      answered.push(number);
    };
    const asked = [ask(1, { ...prints('A room.'), taken: 1 })];
    await turns();
    asked.push(ask(2, say()));
    // In the moment in which it is shown, and so into the same write as the one before.
    const unwatch = table.watch('a', (_, visibleEnd) => {
      if (visibleEnd < 1) return;
      unwatch();
      asked.push(ask(3, say()));
    });
    gate.open();
    await turns();
    await Promise.all(asked);
    expect(answered).toEqual([1, 2, 3]);
  });

  it('shows output that answers nothing before it is durable, but for the first of an epoch', async () => {
    const { table, journal } = await made();
    const gate = journal.hold();
    const first = table.apply('a', prints('A room.'));
    const second = table.apply('a', prints('A door.'));
    await turns();
    expect(await visible(table)).toEqual([]);
    gate.open();
    await Promise.all([first, second]);
    expect(await visible(table)).toEqual([1, 2]);
    journal.hold();
    void table.apply('a', prints('A rat.'));
    expect(await visible(table)).toEqual([1, 2, 3]);
  });

  it('ends for good at a failed write: nothing more is promised, or written', async () => {
    const { table, journal, failures } = await made();
    await table.apply('a', prints('a room'));
    const gate = journal.hold();
    const inFlight = table.apply('a', say());
    await turns();
    void table.apply('a', prints('a rat'));
    const waiting = [table.apply('a', say()), table.apply('a', say())];
    await turns();
    gate.fail();
    for (const asked of [inFlight, ...waiting]) await expect(asked).rejects.toThrow('stops for good');
    journal.writes = 0;
    const later: (() => unknown)[] = [
      () => table.apply('a', say()),
      () => table.read('a'),
      () => table.readCommands('a', 0),
      () => table.findByHash('h'),
      () => table.create(fresh('b')),
      () => table.due(1),
      () => table.list()[Symbol.asyncIterator]().next(),
    ];
    for (const ask of later) await expect((async () => ask())()).rejects.toBeInstanceOf(StoreError);
    table.watch('a', () => assert.fail('nothing is told any more'));
    await turns();
    await table.close();
    expect(journal.writes).toBe(0);
    expect(failures).toHaveLength(1);
    expect(failures[0]?.passing).toBe(false);
  });

  it('does not find a session by a hash that it forgot while the row was written', async () => {
    const { table, journal } = await made();
    await table.apply('a', { kind: 'commit', lease: 1, epoch: 'e', stage: 'playing' });
    const gate = journal.hold();
    const issued = table.apply('a', { kind: 'issue', chain: 'c', hash: 'h' });
    await turns();
    expect(await table.findByHash('h')).toBe('a');
    const closed = table.apply('a', { kind: 'close', reason: 'quit' });
    const next = journal.hold();
    gate.open();
    await issued;
    expect(await table.findByHash('h')).toBeUndefined();
    next.open();
    await closed;
    expect(await table.findByHash('h')).toBeUndefined();
    expect(journal.hashes.size).toBe(0);
  });

  it('finds a session by its account before that is durable, and not by an older one', async () => {
    const { table, journal } = await made();
    const commit = { kind: 'commit', lease: 1, epoch: 'e' } as const;
    await table.apply('a', { ...commit, account: 'arya' });
    const gate = journal.hold();
    const renamed = table.apply('a', { ...commit, account: 'no one' });
    await turns();
    expect(await table.findByAccount('world', 'no one')).toEqual(['a']);
    expect(await table.findByAccount('world', 'arya')).toEqual([]);
    gate.open();
    await renamed;
    expect(await table.findByAccount('world', 'no one')).toEqual(['a']);
  });

  it('writes what is left when it closes, and takes nothing more', async () => {
    const { table, journal } = await made();
    const lazy = table.apply('a', prints('a rat'));
    await table.close();
    await lazy;
    expect(journal.sessions.get('a')?.output).toHaveLength(1);
    await expect(table.apply('a', say())).rejects.toThrow('the store is closed');
  });

  it('keeps the order of what is asked for while a session loads, and answers in it', async () => {
    const { table, journal } = await made({ forgetful: true });
    const gate = journal.hold();
    const asked: Promise<void>[] = [];
    const answered: unknown[] = [];
    const ask = async (append: Operation): Promise<void> => {
      answered.push(await table.apply('a', append));
    };
    for (let n = 1; n <= 90; n += 1) {
      const append: Operation = { kind: 'append', from: n, commands: [{ kind: 'text', text: `${n}` }] };
      asked.push(ask(append));
      await Promise.resolve();
    }
    gate.open();
    await Promise.all(asked);
    expect(answered).toEqual(
      Array.from({ length: 90 }, (_, index) => ({ kind: 'accepted', accepted: index + 1, refused: [] })),
    );
  });

  it('reads output from any place in the log on', async () => {
    const { table } = await made();
    for (let offset = 1; offset <= 20; offset += 1) await table.apply('a', prints(`${offset}`));
    await table.apply('a', { kind: 'acknowledge', attachment: 1, offset: 3 });
    for (let after = 0; after <= 21; after += 1) {
      const { entries } = await table.readOutput('a', after, { entries: 100, bytes: 1000 });
      const all = Array.from({ length: 20 }, (_, index) => index + 1);
      expect(entries.map(({ offset }) => offset)).toEqual(all.filter((each) => each > Math.max(after, 3)));
    }
  });

  it('tells each watcher the newest last, also where one of them changes the session', async () => {
    const { table } = await made();
    const seen: number[][] = [[], []];
    for (const ends of seen) {
      table.watch('a', ({ output }) => {
        ends.push(output.end);
        if (output.end === 1) void table.apply('a', prints('another'));
      });
    }
    await turns();
    void table.apply('a', prints('one'));
    await turns();
    for (const ends of seen) expect(ends).toEqual(ends.toSorted((one, other) => one - other));
    expect(seen.map((ends) => ends.at(-1))).toEqual([2, 2]);
  });

  it('lets go of sessions that nobody watches, and reads them again', async () => {
    const { table, journal, clock } = await made({ forgetful: true });
    journal.loads = 0;
    await table.apply('a', say());
    await table.apply('a', say());
    expect(journal.loads).toBe(2);
    const cancel = table.watch('a', () => undefined);
    await turns();
    clock.advance(0);
    await table.apply('a', say());
    await table.apply('a', say());
    expect(journal.loads).toBe(3);
    cancel();
    await table.apply('a', say());
    expect(journal.loads).toBe(4);
  });
});

/** Opens once, or fails. */
class Gate {
  readonly passed: Promise<void>;
  open!: () => void;
  fail!: () => void;

  constructor() {
    this.passed = new Promise((resolve, reject) => {
      this.open = resolve;
      this.fail = () => reject(new Error('the disk is full'));
    });
  }
}

/** A journal as it should be used: it says so when a change is not what it should be. */
class FakeJournal implements Journal {
  readonly sessions = new Map<string, StoredSession>();
  readonly hashes = new Map<string, string>();
  writes = 0;
  loads = 0;
  #gate: Gate | undefined;

  /** The next write waits. */
  hold(): Gate {
    this.#gate = new Gate();
    return this.#gate;
  }

  turn(): Promise<void> {
    return Promise.resolve();
  }

  async write(changes: readonly SessionChange[]): Promise<readonly string[]> {
    this.writes += 1;
    const gate = this.#gate;
    this.#gate = undefined;
    const written = changes.map((change) => [change, asOfNow(change.stored)] as const);
    await gate?.passed;
    await turns();
    for (const [change, stored] of written) this.#apply(change, stored);
    return NONE;
  }

  release(): boolean {
    return true;
  }

  #apply({ id, before, addedHashes, forgottenHashes }: SessionChange, stored: StoredSession): void {
    assert.deepEqual(before, this.sessions.get(id)?.session, 'the change knows what was written last');
    for (const hash of forgottenHashes) this.hashes.delete(hash);
    for (const hash of addedHashes) this.hashes.set(hash, id);
    if (stored.session.stage !== 'closed') {
      this.sessions.set(id, stored);
      return;
    }
    assert.equal(
      stored.commands.length + stored.output.length,
      0,
      'nothing is left of a session that is over',
    );
    this.sessions.delete(id);
  }

  async load(id: string): Promise<StoredSession | undefined> {
    this.loads += 1;
    await turns();
    return structuredClone(this.sessions.get(id));
  }

  findByHash(hash: string): Promise<string | undefined> {
    return Promise.resolve(this.hashes.get(hash));
  }

  findByAccount(world: string, account: string): Promise<readonly string[]> {
    const found = [...this.sessions.values()].filter((stored) => {
      return stored.session.world === world && stored.session.account === account;
    });
    return Promise.resolve(found.map((stored) => stored.session.id));
  }

  async *list(): AsyncIterable<Session> {
    for (const { session: each } of this.sessions.values()) yield each;
  }

  due(): Promise<readonly string[]> {
    return Promise.resolve([]);
  }

  close(): Promise<void> {
    return Promise.resolve();
  }
}

async function made({ forgetful = false } = {}): Promise<{
  table: SessionTable;
  journal: FakeJournal;
  clock: ManualClock;
  failures: StoreError[];
}> {
  const clock = new ManualClock();
  const journal = new FakeJournal();
  const failures: StoreError[] = [];
  const onFailure = (error: StoreError): unknown => failures.push(error);
  const table = new SessionTable({ journal, clock, firstLease: 1, forgetful, onFailure });
  await table.create(fresh('a'));
  return { table, journal, clock, failures };
}

function fresh(id: string): Session {
  return newSession(id, 'world', 60_000, 1_000_000, true);
}

/** A session that is playing and has a token, in the table and as a model. */
async function playing(table: SessionTable, id: string, hash: string): Promise<StoredSession> {
  await table.create(fresh(id));
  await table.apply(id, { kind: 'commit', lease: 1, epoch: 'e', stage: 'playing' });
  await table.apply(id, { kind: 'issue', chain: `chain of ${id}`, hash, attachment: 1 });
  const model = await table.read(id);
  assert.ok(model);
  return { session: model, commands: [], output: [] };
}

async function expectRead(
  table: SessionTable,
  { session: model, commands, output: kept }: StoredSession,
): Promise<void> {
  const isThere = model.stage !== 'closed';
  assert.deepEqual(await table.read(model.id), isThere ? model : undefined);
  const after = model.commands.taken + 1;
  const waiting = commands.filter((entry) => lastSeq(entry) > after);
  assert.deepEqual(await table.readCommands(model.id, after), waiting);
  const page = await table.readOutput(model.id, 0, { entries: 1000, bytes: 10_000 });
  assert.deepEqual(page.entries, kept);
  if (isThere) assert.equal(page.visibleEnd, model.output.end);
}

function say(): Operation {
  return { kind: 'append', commands: [{ kind: 'text', text: 'look' }] };
}

function prints(text: string): Operation & { kind: 'commit' } {
  return { kind: 'commit', lease: 1, epoch: 'e', output: [{ kind: 'text', text }] };
}

async function visible(table: SessionTable): Promise<number[]> {
  const page = await table.readOutput('a', 0, { entries: 100, bytes: 1000 });
  assert.ok(page.entries.every(({ offset }) => offset <= page.visibleEnd));
  return page.entries.map(({ offset }) => offset);
}

/** Whatever does not wait for time gets done. */
async function turns(): Promise<void> {
  for (let turn = 0; turn < 20; turn += 1) await Promise.resolve();
}

async function settle(clock: ManualClock, asked: Promise<unknown>): Promise<void> {
  const asking = { isOver: false };
  const over = (): void => {
    asking.isOver = true;
  };
  asked.then(over, over);
  while (!asking.isOver) {
    for (let turn = 0; turn < 20; turn += 1) await turns();
    if (!asking.isOver) clock.advance(100);
  }
  await asked;
}
