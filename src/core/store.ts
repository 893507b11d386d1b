import type { CommandEntry } from './command-log.ts';
import type { Operation, OutcomeOf } from './operation.ts';
import type { OutputEntry } from './output-log.ts';
import type { Session } from './session.ts';

/** A value, or a promise of it where it has to be waited for. */
export type Awaitable<T> = T | Promise<T>;

/** There is no such session (any more). */
export interface Missing {
  readonly kind: 'missing';
}

/**
 * Where sessions, tokens and logs are kept. All rules are in `transition`: a store only makes each operation one
 * atomic step, finds sessions, and tells watchers. Any number of processes may share one; nothing is believed
 * that the step itself did not check.
 *
 * Every method may reject with a `StoreError`; then the operation may or may not have happened, and whoever asked
 * tells its client to come back (`later`). A store whose data can no longer be trusted fails for good.
 *
 * Implementors: `holdfast/stores/contract` has the suite that a store must pass.
 */
export interface Store {
  /** The store's time, in ms since 1970: what sessions' clocks go by. */
  now(): number;

  /** Keeps a new session; resolves when it is durable. Rejects if the id is taken. */
  create(session: Session): Promise<void>;

  /**
   * One operation on one session, by the rules of `transition`, atomically. Operations on a session take effect
   * in the order in which they were asked for here, and appends are answered in it: a refusal is heard of before what
   * was accepted after it. Answered when the effect is durable; a `commit` that is only output, an `acknowledge` and a `describe`
   * may be answered before that, and take up to 0.5 s to become so.
   */
  apply<O extends Operation>(sessionId: string, operation: O): Awaitable<OutcomeOf<O> | Missing>;

  /** The session that has, or had, a token with this hash. Unknown session and wrong secret are one path. */
  findByHash(hash: string): Promise<string | undefined>;

  /** Sessions of an account in a world, as the world named it with `playing`. */
  findByAccount(world: string, account: string): Promise<readonly string[]>;

  /** The session as it is now, or `undefined`. */
  read(sessionId: string): Awaitable<Session | undefined>;

  /** Accepted commands after `seq`, in order. */
  readCommands(sessionId: string, after: number): Awaitable<readonly CommandEntry[]>;

  /**
   * Kept output after `offset`, in order, at least one entry where there is one, else within `limit`. Offsets
   * that are missing between entries, or between the last and the visible end, are gone.
   */
  readOutput(
    sessionId: string,
    after: number,
    limit: { readonly entries: number; readonly bytes: number },
  ): Awaitable<OutputPage>;

  /**
   * Calls back after every change of the session until cancelled, and once soon after the call. Changes may be
   * merged; the last one is never missed. Output of a commit that takes commands becomes visible when durable, and so
   * does the first of an epoch, that every epoch that a client was told of is known after a crash; other output at once.
   */
  watch(sessionId: string, changed: (session: Session, visibleEnd: number) => void): () => void;

  /** The right to write from the world's end, with a number that is larger than any given out for it before. */
  acquireLease(world: string): Promise<Lease>;

  /** All sessions, in no particular order; those that come or go meanwhile may be missed. */
  list(): AsyncIterable<Session>;

  /** Ids of at most `limit` sessions whose clock has run out. */
  due(limit: number): Promise<readonly string[]>;

  /** Makes everything durable, then lets go of all resources. */
  close(): Promise<void>;
}

export interface OutputPage {
  readonly entries: readonly OutputEntry[];
  /** The last offset that may be shown. */
  readonly visibleEnd: number;
}

export interface Lease {
  readonly number: number;
}

/** A store could not do what was asked: `passing` failures may be tried again, others are for good. */
export class StoreError extends Error {
  readonly passing: boolean;

  constructor(message: string, options: { readonly passing: boolean; readonly cause?: unknown }) {
    super(message, { cause: options.cause });
    this.name = 'StoreError';
    this.passing = options.passing;
  }
}

/** Whether it may go well the next time. */
export function isPassing(error: unknown): boolean {
  return error instanceof StoreError && error.passing;
}
