import {
  draftCommit,
  isPassing,
  randomName,
  type Awaitable,
  type Clock,
  type Commit,
  type Cryptography,
  type Draft,
  type Missing,
  type OutcomeOf,
  type Store,
} from '../core/index.ts';

/** What may wait for another commit to go with waits for so long, in ms. */
const SENT_WITHIN_MS = 100;

/** What one commit says, beside who says it. */
export type Facts = Omit<Commit, 'kind' | 'lease' | 'epoch' | 'after'>;

export interface SessionWriterOptions {
  readonly store: Store;
  readonly clock: Clock;
  readonly crypto: Cryptography;
  readonly sessionId: string;
  /** The right to write, as it was acquired for the world. */
  readonly lease: number;
  readonly onFailure: (error: unknown) => void;
}

/** Writes from the world's end of one session: under one lease, in an epoch of its own, in order. */
export class SessionWriter {
  readonly #options: SessionWriterOptions;
  #epoch: string;
  /** The log's end as this writer knows it. */
  #end: number | undefined;
  /** Commands through here left for the game, and no commit said so yet. */
  #sent: number | undefined;
  #cancelSoon: (() => void) | undefined;
  /** Nothing is written after the epoch ended. */
  #settled = false;
  readonly #failed = (error: unknown): false => {
    this.#options.onFailure(error);
    return false;
  };

  constructor(options: SessionWriterOptions) {
    this.#options = options;
    this.#epoch = randomName(options.crypto);
  }

  /** Writes without waiting for it to be durable; order is kept. */
  write(facts: Facts): void {
    void this.#say(facts, this.#failed);
  }

  /** Commands through here left for the game: said with the next commit, and soon if there is none. */
  sent(seq: number): void {
    this.#sent = Math.max(this.#sent ?? 0, seq);
    this.#cancelSoon ??= this.#options.clock.after(SENT_WITHIN_MS, () => {
      this.#cancelSoon = undefined;
      if (this.#sent !== undefined) this.write({});
    });
  }

  /** True when it is durable; false where the session is over, or not this writer's any more. */
  commit(facts: Facts): Awaitable<boolean> {
    return this.#say(facts);
  }

  /** `failed`: what becomes of an error, which is the caller's otherwise. */
  #say(facts: Facts, failed?: (error: unknown) => false): Awaitable<boolean> {
    const commit = draftCommit(this.#options.lease);
    commit.sent = this.#sent;
    this.#sent = undefined;
    const carried = commit.sent;
    return this.#apply(Object.assign(commit, facts), carried, failed);
  }

  #apply(
    commit: Draft<Commit>,
    carried: number | undefined,
    failed?: (error: unknown) => false,
  ): Awaitable<boolean> {
    if (this.#settled) return false;
    const { store, sessionId } = this.#options;
    commit.epoch = this.#epoch;
    commit.after = this.#end;
    const outcome = store.apply<Commit>(sessionId, commit);
    if (!(outcome instanceof Promise)) return this.#answered(outcome, commit, carried, failed);
    return outcome.then(
      (answer) => this.#answered(answer, commit, carried, failed),
      (error: unknown) => {
        // Perhaps nobody knows of it yet that it left: it is said with the next one.
        if (carried !== undefined && isPassing(error)) this.sent(carried);
        if (failed === undefined) throw error;
        return failed(error);
      },
    );
  }

  #answered(
    outcome: OutcomeOf<Commit> | Missing,
    commit: Commit,
    carried: number | undefined,
    failed?: (error: unknown) => false,
  ): Awaitable<boolean> {
    switch (outcome.kind) {
      case 'committed':
        this.#end = Math.max(this.#end ?? 0, outcome.end);
        return true;
      case 'tail_lost':
        // The store forgot what it had: what comes now must not be taken for a part of that run.
        this.#epoch = randomName(this.#options.crypto);
        this.#end = outcome.end;
        return this.#apply({ ...commit }, carried, failed);
      case 'fenced':
      case 'closed':
      case 'missing':
        return false;
    }
  }

  /** Nothing more is said by itself. */
  stop(): void {
    this.#cancelSoon?.();
  }

  /** Ends the epoch in good order, with these last facts. */
  async settle(facts: Facts): Promise<void> {
    const last = this.commit({ settled: true, ...facts });
    // Whatever the world still writes would begin the epoch anew, and look like a crash.
    this.#settled = true;
    await last;
  }
}
