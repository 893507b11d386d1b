import { setImmediate } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { ManualClock } from '../../test/support/manual-clock.ts';
import {
  DEFAULT_LIMITS,
  newSession,
  StoreError,
  WINDOW_LIMIT_MS,
  type Commit,
  type NewOutput,
  type Operation,
  type OutputEntry,
  type Session,
  type Store,
  type World,
  type WorldCommit,
  type WorldPlayer,
  type WorldSession,
} from '../core/index.ts';
import { memoryStore } from '../stores/index.ts';
import type { GatewayEvent } from './event.ts';
import { FrontDoor } from './front-door.ts';
import { nodeCrypto } from './node-crypto.ts';
import { PrivateInput } from './private-input.ts';
import { Registry } from './registry.ts';
import { TokenDesk } from './token-desk.ts';
import { WorldEnd } from './world-end.ts';

const ID = 'id';
const ALL = { entries: 100, bytes: 100_000 };

/** What becomes of one commit that the store is asked for. */
type Fate = (commit: Commit, apply: () => unknown) => Promise<void> | undefined;

/** One session in the game, whose player is there. */
class Played {
  readonly clock = new ManualClock();
  readonly store: Store = memoryStore({ clock: this.clock });
  readonly failed: string[] = [];
  /** Asked once, of the next commit that takes a command. */
  fate: Fate | undefined;
  #end: WorldEnd | undefined;

  get end(): WorldEnd {
    if (this.#end === undefined) throw new Error('nobody plays');
    return this.#end;
  }

  async begin(delivery: World['delivery'], open: (session: WorldSession) => WorldPlayer): Promise<this> {
    const { store, clock } = this;
    const apply = store.apply.bind(store);
    store.apply = <O extends Operation>(id: string, operation: O) => {
      const { fate } = this;
      if (fate === undefined || operation.kind !== 'commit' || operation.taken === undefined) {
        return apply<O>(id, operation);
      }
      this.fate = undefined;
      const done = fate(operation, () => apply<O>(id, operation));
      return done === undefined ? apply<O>(id, operation) : done.then(() => apply<O>(id, operation));
    };
    const world: World = { name: 'world', delivery, open };
    const onEvent = (event: GatewayEvent): void => {
      if (event.kind === 'failed') this.failed.push(event.where);
    };
    const { number } = await store.acquireLease(world.name);
    const session = newSession(ID, world.name, 60_000, clock.now(), true);
    await store.create(session);
    this.#end = new WorldEnd(
      {
        store,
        world,
        clock,
        onEvent,
        limits: DEFAULT_LIMITS,
        crypto: nodeCrypto,
        privateInput: new PrivateInput(nodeCrypto),
        lease: number,
        frontDoor: new FrontDoor(store, new TokenDesk(store, nodeCrypto), new Registry(), world, onEvent),
        forget: () => undefined,
      },
      session,
      false,
    );
    this.#end.open();
    this.#end.playing();
    await setImmediate();
    return this;
  }

  async type(...lines: readonly string[]): Promise<void> {
    const commands = lines.map((line) => ({ kind: 'text', text: line }) as const);
    await this.end.append({ kind: 'append', commands });
    await setImmediate();
  }

  async pass(ms: number): Promise<void> {
    this.clock.advance(ms);
    await setImmediate();
  }

  async session(): Promise<Session> {
    const session = await this.store.read(ID);
    if (session === undefined) throw new Error('the session is over');
    return session;
  }

  async output(): Promise<readonly Partial<OutputEntry>[]> {
    await setImmediate();
    const { entries } = await this.store.readOutput(ID, 0, ALL);
    return entries.map((entry) => {
      const { offset: _, at: __, ...body } = entry;
      return body;
    });
  }
}

/** Answers each command so, and writes down which it got. */
function answering(got: string[], answer: (line: string) => WorldCommit | void): () => WorldPlayer {
  return () => ({
    command({ text: line = '' }) {
      got.push(line);
      return answer(line);
    },
  });
}

function text(line: string): NewOutput {
  return { kind: 'text', text: line };
}

/** As a world in JavaScript may say it. */
function untyped(value: unknown): never {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion
  return value as never;
}

const passing = (): StoreError => new StoreError('no answer', { passing: true });

describe('what a world hands over', () => {
  it('stays as it was, however the world changes it afterwards', async () => {
    const items: string[] = [];
    const state = { gold: 0 };
    const played = await new Played().begin(
      'commit',
      answering([], () => {
        items.push('coin');
        state.gold += 1;
        return { output: [{ kind: 'gmcp', package: 'Items', data: items }], data: state };
      }),
    );
    await played.type('dig');
    const before = await played.session();
    await played.type('dig');
    const after = await played.session();
    expect([before.data, after.data]).toEqual([{ gold: 1 }, { gold: 2 }]);
    expect(await played.output()).toMatchObject([{ data: ['coin'] }, { data: ['coin', 'coin'] }]);
    expect(after.output.bytes).toBe('Items["coin"]Items["coin","coin"]'.length);
  });

  it('stays as it was also outside of an answer', async () => {
    const items = ['coin'];
    const played = await new Played().begin(
      'commit',
      answering([], () => undefined),
    );
    played.end.send({ kind: 'gmcp', package: 'Items', data: items });
    played.end.keep(items);
    items.push('coin');
    expect(await played.output()).toMatchObject([{ data: ['coin'] }]);
    expect((await played.session()).data).toEqual(['coin']);
  });

  it('does not change with what the world was given', async () => {
    const played = await new Played().begin(
      'commit',
      answering([], () => undefined),
    );
    played.end.keep({ gold: 1 });
    Object.assign(played.end.data ?? {}, { gold: 2 });
    expect((await played.session()).data).toEqual({ gold: 1 });
  });

  const circle: Record<string, unknown> = {};
  circle['itself'] = circle;

  it.each<[string, unknown]>([
    ['a text that is none', { output: [{ kind: 'text' }] }],
    ['output that is no list', { output: text('hello') }],
    ['output that is nothing', { output: [undefined] }],
    ['output of no known kind', { output: [{ kind: 'gap', reason: 'crash' }] }],
    ['an echo that is neither on nor off', { output: [{ kind: 'echo' }] }],
    ['a message without a package', { output: [{ kind: 'gmcp' }] }],
    ['a number that no JSON has', { output: [{ kind: 'gmcp', package: 'A', data: 1n }] }],
    ['a fate of no reason', { output: [{ kind: 'dropped', seq: 1 }] }],
    ['data that is a circle', { data: circle }],
    ['data that is code', { data: () => 1 }],
    ['a text instead of an answer', 'hello'],
  ])('costs the command where it is %s', async (_, answer) => {
    const got: string[] = [];
    const played = await new Played().begin(
      'commit',
      answering(got, (line) => (line === 'bad' ? untyped(answer) : { output: [text(line)] })),
    );
    await played.type('bad', 'good');
    expect(got).toEqual(['bad', 'good']);
    expect(await played.output()).toEqual([{ kind: 'dropped', seq: 1, reason: 'failed' }, text('good')]);
    expect(played.failed).toEqual(['command']);
  });

  it('is reported where it is nothing that can be written', async () => {
    const played = await new Played().begin(
      'mark',
      answering([], () => undefined),
    );
    played.end.send(text('first'), untyped({ kind: 'text' }));
    played.end.keep(untyped({ gold: 1n }));
    for (const windowMs of [Number.NaN, untyped(undefined)]) played.end.setResumeWindow(windowMs);
    const window = 'world.setResumeWindow';
    expect(played.failed).toEqual(['world.send', 'world.keep', window, window]);
    expect(await played.output()).toEqual([]);
    expect((await played.session()).data).toBeUndefined();
  });

  it('is a window of a year at most', async () => {
    const played = await new Played().begin(
      'mark',
      answering([], () => undefined),
    );
    for (const windowMs of [Infinity, 1e300]) {
      played.end.setResumeWindow(windowMs);
      expect((await played.session()).clock).toEqual({ windowMs: WINDOW_LIMIT_MS });
    }
    played.end.setResumeWindow(-Infinity);
    expect((await played.session()).clock).toEqual({ windowMs: 0 });
    expect(played.failed).toEqual([]);
  });
});

describe('a world that throws', () => {
  it('has a line kept out of every log where it cannot tell whether it is private', async () => {
    const played = await new Played().begin('mark', () => ({
      command: () => undefined,
      isPrivate() {
        throw new Error('a bug');
      },
    }));
    expect(played.end.isPrivate('look')).toBe(true);
    expect(played.failed).toEqual(['world.isPrivate']);
  });

  it('loses a held command that it cannot judge', async () => {
    const got: string[] = [];
    let finish = (): void => undefined;
    const played = await new Played().begin('commit', () => ({
      command({ text: line = '' }) {
        got.push(line);
        return new Promise((resolve) => {
          finish = resolve;
        });
      },
      accepts() {
        throw new Error('a bug');
      },
    }));
    const { store } = played;
    await store.apply(ID, { kind: 'issue', chain: 'chain', hash: 'hash', attachment: 1 });
    await played.type('slow', 'look');
    await store.apply(ID, { kind: 'detach', attachment: 1 });
    const candidate = { generation: 2, hash: 'next', sealed: 'sealed' };
    const attach = { kind: 'attach', hash: 'hash', candidate, wish: 'run' } as const;
    expect(await store.apply(ID, { ...attach, confirms: false, connected: true })).toMatchObject({
      kind: 'attached',
    });
    finish();
    expect(await played.output()).toEqual([{ kind: 'dropped', seq: 2, reason: 'failed' }]);
    expect(played.failed).toEqual(['world.accepts']);
    expect(got).toEqual(['slow']);
  });
});

describe('a store that fails', () => {
  it('is not asked again for an answer that it cannot write', async () => {
    const got: string[] = [];
    const played = await new Played().begin(
      'commit',
      answering(got, (line) => ({ output: [text(line)] })),
    );
    played.fate = () => Promise.reject(new Error('a bug'));
    await played.type('bad', 'good');
    expect(got).toEqual(['bad', 'good']);
    expect(await played.output()).toEqual([{ kind: 'dropped', seq: 1, reason: 'failed' }, text('good')]);
    expect(played.failed).toEqual(['command']);
  });

  it.each(['before', 'after'])('for a moment, %s it did what was asked, is asked again', async (when) => {
    const got: string[] = [];
    const played = await new Played().begin(
      'commit',
      answering(got, (line) => ({ output: [text(line)] })),
    );
    played.fate = (_, apply) => {
      if (when === 'after') void apply();
      return Promise.reject(passing());
    };
    await played.type('one', 'two');
    expect(got, 'nothing in the same turn').toEqual(['one']);
    await played.pass(1000);
    expect(got).toEqual(['one', 'two']);
    expect(await played.output()).toEqual([text('one'), text('two')]);
    expect(played.failed).toEqual(['commit']);
  });

  it.each(['before', 'after'])('for a moment, %s it marked a command, costs no command', async (when) => {
    const got: string[] = [];
    const played = await new Played().begin(
      'mark',
      answering(got, () => undefined),
    );
    played.fate = (_, apply) => {
      if (when === 'after') void apply();
      return Promise.reject(passing());
    };
    // The first of them is taken as it is accepted, and the others are marked.
    await played.type('one', 'two', 'three');
    expect(got).toEqual(['one']);
    await played.pass(100);
    expect((await played.session()).commands.sent, 'that the first left is said all the same').toBe(1);
    await played.pass(900);
    expect(got).toEqual(['one', 'two', 'three']);
    await played.pass(1000);
    expect((await played.session()).commands).toMatchObject({ taken: 3, sent: 3 });
    expect(await played.output()).toEqual([]);
  });

  it('is not waited for by a stop', async () => {
    const played = await new Played().begin(
      'mark',
      answering([], () => undefined),
    );
    played.fate = () => Promise.reject(passing());
    await played.type('one', 'two');
    await played.end.settle(2000);
    expect((await played.session()).commands).toMatchObject({ accepted: 2, taken: 1, sent: 1 });
  });
});

it('keeps a command for the game that was lost while it was being marked from the one that is there now', async () => {
  const got: string[] = [];
  const played = await new Played().begin(
    'mark',
    answering(got, () => undefined),
  );
  let marked = (): void => undefined;
  played.fate = () =>
    new Promise((resolve) => {
      marked = resolve;
    });
  await played.type('one', 'two');
  played.end.lose();
  marked();
  await setImmediate();
  await played.type('name');
  expect(got).toEqual(['one', 'name']);
  expect(await played.output()).toEqual([{ kind: 'dropped', seq: 2, reason: 'world_lost' }]);
});
