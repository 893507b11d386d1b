import { NONE, StoreError, type Clock, type Session } from '../core/index.ts';
import type { Journal } from './journal.ts';
import { PendingChange, type Changing } from './pending-change.ts';

/** What may wait is written within this time, in ms (the promise to players is 0.5 s). */
const SOON_MS = 200;

type WrittenJournal = Pick<Journal, 'turn' | 'write'>;

/** What becomes durable together. */
class Group {
  readonly changes: PendingChange[] = [];
  /** Done when all is durable, before whoever waits for it goes on. */
  readonly first: (() => void)[] = [];
  readonly written: Promise<void>;
  resolve!: () => void;
  reject!: (error: StoreError) => void;

  constructor() {
    this.written = new Promise((resolve, reject) => {
      this.resolve = resolve;
      this.reject = reject;
    });
    // Perhaps nobody waits for it.
    this.written.catch(() => undefined);
  }
}

/**
 * Group commit: changes gather while a write is under way, and go into the next one together. A failed write is
 * the end: what is on disk is unknown, so nothing more is written or promised.
 */
export class JournalWriter {
  readonly #journal: WrittenJournal;
  readonly #clock: Clock;
  readonly #written: (id: string) => void;
  readonly #failed: (error: StoreError) => void;
  /** What `hash` leads to until its row is durable; `null` where it was forgotten. */
  readonly #hashes = new Map<string, string | null>();

  #gathering = new Group();
  #inFlight: Group | undefined;
  #writing: Promise<void> | undefined;
  /** Somebody waits for a write that may not wait. */
  #isDue = false;
  #cancelSoon: (() => void) | undefined;
  #failure: StoreError | undefined;

  constructor(
    journal: WrittenJournal,
    clock: Clock,
    on: { readonly written: (id: string) => void; readonly failed: (error: StoreError) => void },
  ) {
    this.#journal = journal;
    this.#clock = clock;
    this.#written = on.written;
    this.#failed = on.failed;
  }

  get failure(): StoreError | undefined {
    return this.#failure;
  }

  /** This session changes, and was so before. Follow it with `write`. */
  change(stored: Changing, before: Session | undefined): PendingChange {
    const group = this.#gathering;
    if (stored.pending?.group === group) return stored.pending;
    const change = new PendingChange(before, stored, group, this.#hashes);
    stored.pending = change;
    group.changes.push(change);
    return change;
  }

  /** True while something of this session is not durable. */
  isDirty({ pending }: Changing): boolean {
    return pending !== undefined && (pending.group === this.#gathering || pending.group === this.#inFlight);
  }

  /** Sessions of which something is not durable. */
  dirtyIds(): Iterable<string> {
    const changes = [...(this.#inFlight?.changes ?? []), ...this.#gathering.changes];
    return new Set(changes.map(({ id }) => id));
  }

  /** The session of a hash whose row is not durable yet; `null` where the row is about to go. */
  findHash(hash: string): string | null | undefined {
    return this.#hashes.get(hash);
  }

  /**
   * Resolves when all that was changed so far is durable: for those who asked first, first. `before`: what happens
   * then before any of them goes on.
   */
  write(urgency: 'now' | 'soon', before?: () => void): Promise<void> {
    if (this.#failure) return Promise.reject(this.#failure);
    const { written, first } = this.#gathering;
    if (before) first.push(before);
    if (urgency === 'now') this.#begin();
    else if (!this.#isDue) this.#cancelSoon ??= this.#clock.after(SOON_MS, () => this.#begin());
    return written;
  }

  /** Writes what is left, and no more after it. */
  async close(): Promise<void> {
    if (this.#failure === undefined) {
      const last = this.write('now');
      this.#failure = new StoreError('the store is closed', { passing: false });
      await last.catch(() => undefined);
    }
    await this.#writing;
  }

  #begin(): void {
    this.#cancelSoon?.();
    this.#cancelSoon = undefined;
    this.#isDue = true;
    this.#writing ??= this.#writeWhileDue();
  }

  async #writeWhileDue(): Promise<void> {
    while (this.#isDue) {
      await this.#journal.turn();
      await this.#writeGroup();
    }
    // In the same turn as the last look at `#isDue`, or a write asked for in between would never begin.
    this.#writing = undefined;
  }

  async #writeGroup(): Promise<void> {
    const group = this.#gathering;
    this.#isDue = false;
    this.#gathering = new Group();
    this.#inFlight = group;
    const released = await this.#tryWrite(group.changes);
    this.#inFlight = undefined;
    if (released instanceof StoreError) {
      this.#cancelSoon?.();
      this.#isDue = false;
      group.reject(released);
      this.#gathering.reject(released);
      return;
    }
    for (const change of group.changes) this.#settle(change);
    for (const act of group.first) act();
    group.resolve();
    for (const { id } of group.changes) this.#written(id);
    for (const id of released) this.#written(id);
  }

  async #tryWrite(changes: readonly PendingChange[]): Promise<readonly string[] | StoreError> {
    try {
      return changes.length > 0 ? await this.#journal.write(changes) : NONE;
    } catch (cause) {
      const error = new StoreError('the store could not write, and stops for good', {
        passing: false,
        cause,
      });
      this.#failure = error;
      this.#failed(error);
      return error;
    }
  }

  /** A session that changes no more would keep all others in memory that ever were written with it. */
  #settle(change: PendingChange): void {
    const { stored } = change;
    if (this.#hashes.size > 0) this.#settleHashes(change);
    if (stored.pending === change) stored.pending = undefined;
  }

  /** Rows that are durable need no memory, unless they changed again meanwhile. */
  #settleHashes(change: PendingChange): void {
    const { pending: last } = change.stored;
    const later = last === change ? undefined : last;
    for (const hash of change.addedHashes) if (!later?.touchesHash(hash)) this.#hashes.delete(hash);
    for (const hash of change.forgottenHashes) if (!later?.touchesHash(hash)) this.#hashes.delete(hash);
  }
}
