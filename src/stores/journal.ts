import type { CommandEntry, OutputEntry, Session, StoredSession } from '../core/index.ts';

/** What became of one session since it was last written: rows to put and rows to delete. */
export interface SessionChange {
  readonly id: string;
  /** As it was written last; `undefined` where it is new. */
  readonly before: Session | undefined;
  /** `undefined`: the session is over, and all that is left of it goes. */
  readonly session: Session | undefined;
  readonly commands: readonly CommandEntry[];
  /** Numbers of commands to delete. */
  readonly takenCommands: readonly number[];
  readonly output: readonly OutputEntry[];
  /** Offsets of output to delete. */
  readonly trimmedOutput: readonly number[];
  readonly addedHashes: readonly string[];
  readonly forgottenHashes: readonly string[];
}

/** Where a `SessionTable` puts its sessions: a memory that may outlive the process. */
export interface Journal {
  /** Resolves when what is happening now is over: what it asks for meanwhile goes into one write. */
  turn(): Promise<void>;
  /** All of it or nothing, and durable when the promise resolves. A rejection ends the store. */
  write(changes: readonly SessionChange[]): Promise<void>;
  load(id: string): Promise<StoredSession | undefined>;
  findByHash(hash: string): Promise<string | undefined>;
  findByAccount(world: string, account: string): Promise<readonly string[]>;
  list(): AsyncIterable<Session>;
  due(now: number, limit: number): Promise<readonly string[]>;
  close(): Promise<void>;
}
