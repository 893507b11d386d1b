import {
  StoreError,
  type Awaitable,
  type CommandEntry,
  type Lease,
  type Missing,
  type Operation,
  type OutcomeOf,
  type OutputPage,
  type Session,
  type Store,
} from '../../src/core/index.ts';
import type { Random } from './random.ts';
import type { Timeline } from './timeline.ts';

export interface RemoteSettings {
  readonly timeline: Timeline;
  readonly random: Random;
  /** One way, in ms. */
  readonly latency: () => number;
  /** Whether requests fail for a passing reason now. */
  readonly isFailing: () => boolean;
}

/** Requests of one session, and their answers, each in order. */
interface Lane {
  asked: number;
  answered: number;
}

/**
 * A store behind a network: each request takes a while to get there, and its answer to come back, so that much happens
 * in between. What is asked may fail for a passing reason, done or not done.
 */
export class RemoteStore implements Store {
  readonly #store: Store;
  readonly #settings: RemoteSettings;
  readonly #lanes = new Map<string, Lane>();
  #isDead = false;

  constructor(store: Store, settings: RemoteSettings) {
    this.#store = store;
    this.#settings = settings;
  }

  now(): number {
    return this.#store.now();
  }

  create(session: Session): Promise<void> {
    return this.#ask(session.id, () => this.#store.create(session), true);
  }

  apply<O extends Operation>(id: string, operation: O): Promise<OutcomeOf<O> | Missing> {
    return this.#ask(id, () => this.#store.apply(id, operation), mayFail(operation));
  }

  findByHash(hash: string): Promise<string | undefined> {
    return this.#ask(hash, () => this.#store.findByHash(hash), true);
  }

  findByAccount(world: string, account: string): Promise<readonly string[]> {
    return this.#ask(account, () => this.#store.findByAccount(world, account), false);
  }

  read(id: string): Promise<Session | undefined> {
    return this.#ask(id, () => this.#store.read(id), false);
  }

  readCommands(id: string, after: number): Promise<readonly CommandEntry[]> {
    return this.#ask(id, () => this.#store.readCommands(id, after), false);
  }

  readOutput(id: string, after: number, limit: { entries: number; bytes: number }): Promise<OutputPage> {
    return this.#ask(id, () => this.#store.readOutput(id, after, limit), false);
  }

  watch(id: string, changed: (session: Session, visibleEnd: number) => void): () => void {
    let isWatching = true;
    const stop = this.#store.watch(id, (session, visibleEnd) => {
      this.#answerLater(id, () => {
        if (isWatching) changed(session, visibleEnd);
      });
    });
    return () => {
      isWatching = false;
      stop();
    };
  }

  acquireLease(world: string): Promise<Lease> {
    return this.#store.acquireLease(world);
  }

  list(): AsyncIterable<Session> {
    return this.#store.list();
  }

  due(limit: number): Promise<readonly string[]> {
    return this.#store.due(limit);
  }

  close(): Promise<void> {
    return this.#store.close();
  }

  /** The process that asks is dead: no answer reaches it. */
  die(): void {
    this.#isDead = true;
  }

  #lane(key: string): Lane {
    let lane = this.#lanes.get(key);
    if (lane === undefined) {
      lane = { asked: 0, answered: 0 };
      this.#lanes.set(key, lane);
    }
    return lane;
  }

  #ask<T>(key: string, act: () => Awaitable<T>, isFallible: boolean): Promise<T> {
    const { timeline, random, latency, isFailing } = this.#settings;
    const lane = this.#lane(key);
    lane.asked = Math.max(lane.asked, timeline.now + latency());
    return new Promise((resolve, reject) => {
      timeline.after(lane.asked - timeline.now, () => {
        if (this.#isDead) return;
        const fails = isFallible && isFailing();
        const failed = (): void => {
          this.#answerLater(key, () => reject(new StoreError('planned: no answer', { passing: true })));
        };
        if (fails && random.chance(0.5)) return failed();
        attempt(act).then(
          (value) => (fails ? failed() : this.#answerLater(key, () => resolve(value))),
          (error: unknown) => this.#answerLater(key, () => reject(asError(error))),
        );
      });
    });
  }

  #answerLater(key: string, answer: () => void): void {
    const { timeline, latency } = this.#settings;
    const lane = this.#lane(key);
    lane.answered = Math.max(lane.answered, timeline.now + latency());
    timeline.after(lane.answered - timeline.now, () => {
      if (!this.#isDead) answer();
    });
  }
}

/** Who asks has an answer to a passing error: see docs/simulation.md. */
function mayFail(operation: Operation): boolean {
  if (operation.kind === 'commit') {
    const { taken, told, output = [] } = operation;
    return (taken ?? told) !== undefined && output.every(({ kind }) => kind === 'dropped');
  }
  return operation.kind !== 'detach' && operation.kind !== 'expire';
}

async function attempt<T>(act: () => Awaitable<T>): Promise<T> {
  return act();
}

function asError(error: unknown): Error {
  return error instanceof Error ? error : new Error(String(error));
}
