import {
  randomName,
  type Clock,
  type Commit,
  type Cryptography,
  type OutcomeOf,
  type Store,
} from '../core/index.ts';

/** What may wait for another commit to go with waits for so long, in ms. */
const SENT_WITHIN_MS = 100;

/** What one commit says, beside who says it. */
export type Facts = Omit<Commit, 'kind' | 'lease' | 'epoch' | 'after'>;
export type Committed = Extract<OutcomeOf<Commit>, { kind: 'committed' }>;

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

  constructor(options: SessionWriterOptions) {
    this.#options = options;
    this.#epoch = randomName(options.crypto);
  }

  /** Writes without waiting for it to be durable; order is kept. */
  write(facts: Facts): void {
    this.commit(facts).catch(this.#options.onFailure);
  }

  /** Commands through here left for the game: said with the next commit, and soon if there is none. */
  sent(seq: number): void {
    this.#sent = seq;
    this.#cancelSoon ??= this.#options.clock.after(SENT_WITHIN_MS, () => {
      this.#cancelSoon = undefined;
      if (this.#sent !== undefined) this.write({});
    });
  }

  /** Resolves when it is durable; with `undefined` where the session is over, or not this writer's any more. */
  async commit(said: Facts): Promise<Committed | undefined> {
    if (this.#settled) return undefined;
    const { store, sessionId, lease } = this.#options;
    const facts = this.#sent === undefined ? said : { sent: this.#sent, ...said };
    this.#sent = undefined;
    const outcome = await store.apply<Commit>(sessionId, {
      kind: 'commit',
      lease,
      epoch: this.#epoch,
      after: this.#end,
      ...facts,
    });
    switch (outcome.kind) {
      case 'committed':
        this.#end = Math.max(this.#end ?? 0, outcome.end);
        return outcome;
      case 'tail_lost':
        // The store forgot what it had: what comes now must not be taken for a part of that run.
        this.#epoch = randomName(this.#options.crypto);
        this.#end = outcome.end;
        return this.commit(facts);
      case 'fenced':
      case 'closed':
      case 'missing':
        return undefined;
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
