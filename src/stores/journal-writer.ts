import { StoreError, type Clock, type Session } from '../core/index.ts';
import type { Journal } from './journal.ts';
import { PendingChange } from './pending-change.ts';

/** What may wait is written within this time, in ms (the promise to players is 0.5 s). */
const SOON_MS = 200;

interface Waiter {
  readonly resolve: () => void;
  readonly reject: (error: StoreError) => void;
}

/**
 * Group commit: changes gather while a write is under way, and go into the next one together. A failed write is
 * the end: what is on disk is unknown, so nothing more is written or promised.
 */
export class JournalWriter {
  readonly #journal: Journal;
  readonly #clock: Clock;
  readonly #written: (ids: Iterable<string>) => void;
  readonly #failed: (error: StoreError) => void;
  /** What `hash` leads to until its row is durable; `null` where it was forgotten. */
  readonly #hashes = new Map<string, string | null>();

  #pending = new Map<string, PendingChange>();
  #inFlight: ReadonlyMap<string, PendingChange> = new Map();
  #waiters: Waiter[] = [];
  #writing: Promise<void> | undefined;
  /** Somebody waits for a write that may not wait. */
  #isDue = false;
  #cancelSoon: (() => void) | undefined;
  #failure: StoreError | undefined;

  constructor(
    journal: Journal,
    clock: Clock,
    on: { readonly written: (ids: Iterable<string>) => void; readonly failed: (error: StoreError) => void },
  ) {
    this.#journal = journal;
    this.#clock = clock;
    this.#written = on.written;
    this.#failed = on.failed;
  }

  get failure(): StoreError | undefined {
    return this.#failure;
  }

  /** Where to put what becomes of this session, as it is so far. Follow it with `write`. */
  change(id: string, before: Session | undefined): PendingChange {
    const known = this.#pending.get(id);
    if (known) return known;
    const change = new PendingChange(id, before, this.#hashes);
    this.#pending.set(id, change);
    return change;
  }

  /** True while something of this session is not durable. */
  isDirty(id: string): boolean {
    return this.#pending.has(id) || this.#inFlight.has(id);
  }

  /** Sessions of which something is not durable. */
  dirtyIds(): Iterable<string> {
    return new Set([...this.#inFlight.keys(), ...this.#pending.keys()]);
  }

  /** The session of a hash whose row is not durable yet; `null` where the row is about to go. */
  findHash(hash: string): string | null | undefined {
    return this.#hashes.get(hash);
  }

  /** Resolves when all that was changed so far is durable. */
  write(urgency: 'now' | 'soon'): Promise<void> {
    if (this.#failure) return Promise.reject(this.#failure);
    const written = new Promise<void>((resolve, reject) => this.#waiters.push({ resolve, reject }));
    if (urgency === 'now') this.#begin();
    else this.#cancelSoon ??= this.#clock.after(SOON_MS, () => this.#begin());
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
    // Not at once: what else this turn of the event loop changes goes into the same write.
    await Promise.resolve();
    while (this.#isDue) await this.#writeAll();
    // In the same turn as the last look at `#isDue`, or a write asked for in between would never begin.
    this.#writing = undefined;
  }

  async #writeAll(): Promise<void> {
    const changes = this.#pending;
    const waiters = this.#waiters;
    this.#isDue = false;
    this.#pending = new Map();
    this.#waiters = [];
    this.#inFlight = changes;
    const error = await this.#tryWrite([...changes.values()]);
    this.#inFlight = new Map();
    if (error) {
      this.#cancelSoon?.();
      this.#isDue = false;
      for (const waiter of [...waiters, ...this.#waiters.splice(0)]) waiter.reject(error);
      return;
    }
    for (const change of changes.values()) this.#settleHashes(change);
    for (const waiter of waiters) waiter.resolve();
    this.#written(changes.keys());
  }

  async #tryWrite(changes: readonly PendingChange[]): Promise<StoreError | undefined> {
    try {
      if (changes.length > 0) await this.#journal.write(changes);
      return undefined;
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

  /** Rows that are durable need no memory, unless they changed again meanwhile. */
  #settleHashes({ id, addedHashes, forgottenHashes }: PendingChange): void {
    const later = this.#pending.get(id);
    for (const hash of [...addedHashes, ...forgottenHashes]) {
      if (!later?.touchesHash(hash)) this.#hashes.delete(hash);
    }
  }
}
