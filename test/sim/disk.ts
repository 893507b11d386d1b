import { NONE, type Session, type StoredSession } from '../../src/core/index.ts';
import { asOfNow, type Journal, type SessionChange } from '../../src/stores/journal.ts';
import type { Timeline } from './timeline.ts';

export interface DiskSettings {
  /** How long the next write or read takes, in ms. */
  latency(kind: 'write' | 'read'): number;
  /** A change is on the disk from now on. */
  written(change: SessionChange): void;
}

/** What outlives a process: rows that were fsynced. */
export class Disk {
  readonly sessions = new Map<string, StoredSession>();
  readonly #hashes = new Map<string, string>();
  readonly #timeline: Timeline;
  readonly #settings: DiskSettings;
  #boots = 0;
  /** The next write fails: with its rows on the disk, or without. */
  #fault: { readonly isWritten: boolean } | undefined;

  constructor(timeline: Timeline, settings: DiskSettings) {
    this.#timeline = timeline;
    this.#settings = settings;
  }

  /** How often a process has opened it, this time included. */
  boot(): number {
    this.#boots += 1;
    return this.#boots;
  }

  failNextWrite(isWritten: boolean): void {
    this.#fault = { isWritten };
  }

  mount(): ProcessJournal {
    return new ProcessJournal(this, this.#timeline, this.#settings);
  }

  takeFault(): { readonly isWritten: boolean } | undefined {
    const fault = this.#fault;
    this.#fault = undefined;
    return fault;
  }

  attached(): string[] {
    const open = [...this.sessions.values()].filter(({ session }) => session.clock.endsAt === undefined);
    return open.map(({ session }) => session.id);
  }

  findByHash(hash: string): string | undefined {
    return this.#hashes.get(hash);
  }

  findByAccount(world: string, account: string): string[] {
    const sessions = [...this.sessions.values()].map(({ session }) => session);
    return sessions.filter((each) => each.world === world && each.account === account).map(({ id }) => id);
  }

  put(changes: readonly SessionChange[]): void {
    for (const change of changes) this.#put(change);
  }

  #put(change: SessionChange): void {
    const { id, stored } = change;
    for (const hash of change.forgottenHashes) this.#hashes.delete(hash);
    for (const hash of change.addedHashes) this.#hashes.set(hash, id);
    if (stored.session.stage === 'closed') this.sessions.delete(id);
    else this.sessions.set(id, stored);
    this.#settings.written(change);
  }
}

/** The disk as one process sees it, until that process dies. */
export class ProcessJournal implements Journal {
  readonly #disk: Disk;
  readonly #timeline: Timeline;
  readonly #settings: DiskSettings;
  #inFlight: readonly SessionChange[] | undefined;
  #isDead = false;

  constructor(disk: Disk, timeline: Timeline, settings: DiskSettings) {
    this.#disk = disk;
    this.#timeline = timeline;
    this.#settings = settings;
  }

  turn(): Promise<void> {
    return new Promise((resolve) => {
      this.#timeline.after(0, () => {
        if (!this.#isDead) resolve();
      });
    });
  }

  write(changes: readonly SessionChange[]): Promise<readonly string[]> {
    // The sessions go on changing in memory.
    const written = changes.map(settled);
    this.#inFlight = written;
    return this.#later('write', () => {
      this.#inFlight = undefined;
      const fault = this.#disk.takeFault();
      if (fault === undefined || fault.isWritten) this.#disk.put(written);
      if (fault !== undefined) throw new Error('the disk is full');
      return NONE;
    });
  }

  release(): boolean {
    return true;
  }

  load(id: string): Promise<StoredSession | undefined> {
    return this.#later('read', () => this.#disk.sessions.get(id));
  }

  findByHash(hash: string): Promise<string | undefined> {
    return this.#later('read', () => this.#disk.findByHash(hash));
  }

  findByAccount(world: string, account: string): Promise<readonly string[]> {
    return this.#later('read', () => this.#disk.findByAccount(world, account));
  }

  async *list(): AsyncIterable<Session> {
    for (const { session } of this.#disk.sessions.values()) yield Promise.resolve(session);
  }

  due(now: number, limit: number): Promise<readonly string[]> {
    const due: string[] = [];
    for (const { session } of this.#disk.sessions.values()) {
      if ((session.clock.endsAt ?? Infinity) <= now) due.push(session.id);
    }
    return Promise.resolve(due.slice(0, limit));
  }

  close(): Promise<void> {
    return Promise.resolve();
  }

  /** The process is dead. A write that was under way is on the disk wholly, or not at all. */
  die(isWritten: boolean): void {
    this.#isDead = true;
    if (this.#inFlight !== undefined && isWritten) this.#disk.put(this.#inFlight);
  }

  /** Answers when the disk has turned; never, if the process is dead by then. */
  #later<T>(kind: 'write' | 'read', act: () => T): Promise<T> {
    return new Promise((resolve, reject) => {
      this.#timeline.after(this.#settings.latency(kind), () => {
        if (this.#isDead) return;
        try {
          resolve(act());
        } catch (error) {
          reject(error instanceof Error ? error : new Error(String(error)));
        }
      });
    });
  }
}

function settled({ id, before, stored, addedHashes, forgottenHashes }: SessionChange): SessionChange {
  return { id, before, stored: asOfNow(stored), addedHashes, forgottenHashes };
}
