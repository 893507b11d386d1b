import type { Session, StoredSession } from '../core/index.ts';

/** A session that changed since it was last written. */
export interface SessionChange {
  readonly id: string;
  /** As it was written last; `undefined` where it is new. */
  readonly before: Session | undefined;
  /**
   * As it is now, with its log entries. One that is `closed` goes, with all that is left of it. It changes on: what is of
   * this moment is what it is when `write` is called.
   */
  readonly stored: StoredSession;
  readonly addedHashes: readonly string[];
  readonly forgottenHashes: readonly string[];
}

/** Where a `SessionTable` puts its sessions: a memory that may outlive the process. */
export interface Journal {
  /** Resolves when what is happening now is over: what it asks for meanwhile goes into one write. */
  turn(): Promise<void>;
  /**
   * All of one session or nothing, and durable when the promise resolves: with sessions that `release` held back and holds
   * back no more. A rejection ends the store.
   */
  write(changes: readonly SessionChange[]): Promise<readonly string[]>;
  load(id: string): Promise<StoredSession | undefined>;
  /** The session leaves the table's memory, unless the journal says no: it looks at it there until it has written all of it. */
  release(id: string): boolean;
  findByHash(hash: string): Promise<string | undefined>;
  findByAccount(world: string, account: string): Promise<readonly string[]>;
  list(): AsyncIterable<Session>;
  due(now: number, limit: number): Promise<readonly string[]>;
  close(): Promise<void>;
}

/** A session as it is at this moment: `stored` may change on. */
export function asOfNow({ session, commands, output }: StoredSession): StoredSession {
  return { session, commands: [...commands], output: [...output] };
}
