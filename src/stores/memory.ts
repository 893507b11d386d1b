import {
  NONE,
  type Clock,
  type Session,
  type SessionLimits,
  type Store,
  type StoredSession,
} from '../core/index.ts';
import type { Journal, SessionChange } from './journal.ts';
import { SessionTable } from './session-table.ts';

/** A store that forgets everything with the process: for tests, and for games where a restart ends the session. */
export function memoryStore(options: {
  readonly clock: Clock;
  readonly limits?: Partial<SessionLimits>;
}): Store {
  return new SessionTable({ ...options, journal: new MemoryJournal(), firstLease: 1, forgetful: false });
}

/** Only what has to be found without the table: hashes, and sessions whose clock runs. */
class MemoryJournal implements Journal {
  readonly #hashes = new Map<string, string>();
  readonly #sessions = new Map<string, Session>();

  turn(): Promise<void> {
    return Promise.resolve();
  }

  write(changes: readonly SessionChange[]): Promise<readonly string[]> {
    for (const { id, stored, addedHashes, forgottenHashes } of changes) {
      for (const hash of addedHashes) this.#hashes.set(hash, id);
      for (const hash of forgottenHashes) this.#hashes.delete(hash);
      if (stored.session.stage === 'closed') this.#sessions.delete(id);
      else this.#sessions.set(id, stored.session);
    }
    return Promise.resolve(NONE);
  }

  release(): boolean {
    return true;
  }

  /** Never asked for what is kept: the table forgets nothing. */
  load(): Promise<StoredSession | undefined> {
    return Promise.resolve(undefined);
  }

  findByHash(hash: string): Promise<string | undefined> {
    return Promise.resolve(this.#hashes.get(hash));
  }

  findByAccount(world: string, account: string): Promise<readonly string[]> {
    const found = [...this.#sessions.values()].filter((session) => {
      return session.world === world && session.account === account;
    });
    return Promise.resolve(found.map(({ id }) => id));
  }

  async *list(): AsyncIterable<Session> {
    yield* this.#sessions.values();
  }

  due(now: number, limit: number): Promise<readonly string[]> {
    const due = [...this.#sessions.values()].filter(({ clock }) => (clock.endsAt ?? Infinity) <= now);
    return Promise.resolve(due.slice(0, limit).map(({ id }) => id));
  }

  close(): Promise<void> {
    return Promise.resolve();
  }
}
