import assert from 'node:assert/strict';
import { randomBytes, randomUUID } from 'node:crypto';
import {
  newSession,
  type Acknowledge,
  type Append,
  type Attach,
  type Attached,
  type Candidate,
  type Commit,
  type Issue,
  type Missing,
  type NewOutput,
  type Operation,
  type OutcomeOf,
  type OutputEntry,
  type Session,
  type SessionLimits,
  type Store,
} from '../../core/index.ts';

/** What the suite needs of a test runner: vitest, mocha and `node:test` have it. */
export interface TestRunner {
  describe(title: string, define: () => void): void;
  readonly it: Test & { readonly skip: Test };
}

type Test = (title: string, run: () => Promise<void>) => void;

/** The store that is to be tested. */
export interface StoreUnderTest {
  readonly name: string;
  /** A store with these limits, and with sessions or without; the suite looks only at those that it makes. */
  open(limits?: Partial<SessionLimits>): Promise<OpenedStore>;
  /** Why the store cannot have what is optional in `OpenedStore`. */
  readonly without: { readonly restart?: string; readonly peer?: string };
}

export interface OpenedStore {
  readonly store: Store;
  /** Lets time pass for the store. */
  advance(ms: number): void | Promise<void>;
  /** Ends the store, in good order or as `kill -9` would, and opens its data again. */
  readonly restart?: (how: 'close' | 'crash') => Promise<Store>;
  /** The same data through the store of another node. */
  readonly peer?: () => Promise<Store>;
  /** Called once, at the end, after whatever happened. */
  dispose(): Promise<void>;
}

export interface Token {
  readonly hash: string;
  readonly generation: number;
}

export const WINDOW_MS = 60_000;

/** Limits that tests can reach. */
export const LIMITS = { queueCommands: 3, backlogEntries: 8, backlogBytes: 100 };

export function randomHash(): string {
  return randomBytes(32).toString('hex');
}

/** The suite seals nothing: that a store keeps a seal is all that it has to do with it. */
export function candidate(generation: number): Candidate {
  const hash = randomHash();
  return { hash, sealed: `seal of ${hash}`, generation };
}

export function successor({ sealed, generation }: { sealed: string; generation: number }): Token {
  return { hash: sealed.replace('seal of ', ''), generation };
}

/** Asserts which outcome it is. */
export function outcome<T extends { readonly kind: string }, K extends T['kind']>(
  found: T,
  kind: K,
): Extract<T, { readonly kind: K }> {
  if (!isOfKind(found, kind)) assert.fail(`expected ${kind}, got ${JSON.stringify(found)}`);
  return found;
}

function isOfKind<T extends { readonly kind: string }, K extends T['kind']>(
  found: T,
  kind: K,
): found is Extract<T, { readonly kind: K }> {
  return found.kind === kind;
}

/** A store may hear of a change from another process: it gets time, but not for ever. */
export async function until(opened: OpenedStore, isTrue: () => boolean): Promise<void> {
  for (let turn = 0; turn < 500 && !isTrue(); turn += 1) {
    await new Promise((resolve) => setTimeout(resolve, turn < 20 ? 1 : 10));
    await opened.advance(1);
  }
  assert.ok(isTrue(), 'the watcher was told');
}

/** Waits for what may take its time on the store's clock. */
export async function settled<T>(opened: OpenedStore, promise: Promise<T>): Promise<T> {
  let isSettled = false;
  const settle = (): void => {
    isSettled = true;
  };
  promise.then(settle, settle);
  for (;;) {
    await new Promise((resolve) => setTimeout(resolve, 1));
    if (isSettled) return promise;
    await opened.advance(20);
  }
}

/** A session in a store, as a connection and a world use it. */
export class Subject {
  readonly opened: OpenedStore;
  readonly store: Store;
  readonly id: string;
  /** The first token. */
  readonly token: Token;
  readonly lease: number;
  readonly epoch: string = randomBytes(8).toString('hex');

  constructor(opened: OpenedStore, id: string, hash: string, lease: number) {
    this.opened = opened;
    this.store = opened.store;
    this.id = id;
    this.token = { hash, generation: 1 };
    this.lease = lease;
  }

  /** A session that is playing, with a token, attached with the number 1. */
  static async playing(opened: OpenedStore): Promise<Subject> {
    const { store } = opened;
    const session = newSession(randomUUID(), 'world', WINDOW_MS, store.now(), true);
    await store.create(session);
    const lease = await store.acquireLease('world');
    const subject = new Subject(opened, session.id, randomHash(), lease.number);
    outcome(await subject.commit({ stage: 'playing' }), 'committed');
    outcome(await subject.issue(subject.token.hash, 1), 'done');
    return subject;
  }

  async apply<O extends Operation>(operation: O, store: Store = this.store): Promise<OutcomeOf<O> | Missing> {
    return store.apply(this.id, operation);
  }

  issue(hash: string, attachment?: number): Promise<OutcomeOf<Issue> | Missing> {
    const chain = randomBytes(8).toString('hex');
    return this.apply({ kind: 'issue', chain, hash, ...(attachment && { attachment }) });
  }

  /** Shows a token; by default `stored` is not waited for. */
  show(
    { hash, generation }: Token,
    options: Partial<Pick<Attach, 'wish' | 'confirms' | 'connected' | 'client'>> & { store?: Store } = {},
  ): Promise<OutcomeOf<Attach> | Missing> {
    const { wish = 'run', confirms = false, connected = true, client, store } = options;
    const next = candidate(generation + 1);
    return this.apply({ kind: 'attach', hash, candidate: next, wish, confirms, connected, client }, store);
  }

  async attach(token: Token, options: Parameters<Subject['show']>[1] = {}): Promise<Attached> {
    return outcome(await this.show(token, options), 'attached');
  }

  async detach(): Promise<void> {
    outcome(await this.apply({ kind: 'detach' }), 'done');
  }

  commit(
    facts: Omit<Partial<Commit>, 'kind'>,
    store: Store = this.store,
  ): Promise<OutcomeOf<Commit> | Missing> {
    return this.apply({ kind: 'commit', lease: this.lease, epoch: this.epoch, ...facts }, store);
  }

  /** Output that answers no command; resolves to the log's end. */
  async write(...output: (string | NewOutput)[]): Promise<number> {
    const bodies = output.map((item) => (typeof item === 'string' ? text(item) : item));
    const committed = await settled(this.opened, this.commit({ output: bodies }));
    return outcome(committed, 'committed').end;
  }

  append(
    texts: readonly string[],
    options: { from?: number; attachment?: number; lease?: number } = {},
  ): Promise<OutcomeOf<Append> | Missing> {
    return this.apply({
      kind: 'append',
      commands: texts.map((command) => ({ kind: 'text', text: command })),
      ...options,
    });
  }

  acknowledge(offset: number, attachment: number): Promise<OutcomeOf<Acknowledge> | Missing> {
    return settled(this.opened, this.apply({ kind: 'acknowledge', attachment, offset }));
  }

  async session(store: Store = this.store): Promise<Session> {
    const session = await store.read(this.id);
    assert.ok(session, 'the session is there');
    return session;
  }

  /** Texts of the commands that wait; a run of refusals as its numbers. */
  async waiting(store: Store = this.store): Promise<string[]> {
    const commands = await store.readCommands(this.id, 0);
    return commands.map((entry) => {
      if (entry.kind === 'refused') return `refused ${entry.seq}-${entry.through}`;
      return entry.kind === 'text' ? entry.text : entry.kind;
    });
  }

  async output(after = 0, store: Store = this.store): Promise<readonly OutputEntry[]> {
    const page = await store.readOutput(this.id, after, { entries: 10_000, bytes: 10_000_000 });
    return page.entries;
  }
}

export function text(body: string): NewOutput {
  return { kind: 'text', text: body };
}

export function offsets(entries: readonly OutputEntry[]): number[] {
  return entries.map(({ offset }) => offset);
}

/** Opens, runs and disposes. */
export type Scenario = (
  title: string,
  run: (opened: OpenedStore) => Promise<void>,
  limits?: Partial<SessionLimits>,
) => void;
