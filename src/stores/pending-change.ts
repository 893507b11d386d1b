import { added, NONE, type Session, type StoredSession } from '../core/index.ts';
import type { SessionChange } from './journal.ts';

/** A session in memory, as changed by all operations so far, durable or not. */
export interface Changing extends StoredSession {
  /** Its last change, until that is durable. */
  pending: PendingChange | undefined;
}

/** Remembers until the next write that a session changed, and which tokens lead to it. */
export class PendingChange implements SessionChange {
  readonly id: string;
  readonly before: Session | undefined;
  readonly stored: Changing;
  /** What it becomes durable with. */
  readonly group: object;
  #addedHashes: string[] = NONE;
  #forgottenHashes: string[] = NONE;
  /** Shared by all changes: finds a session by a hash before its row is durable. */
  readonly #hashes: Map<string, string | null>;

  constructor(
    before: Session | undefined,
    stored: Changing,
    group: object,
    hashes: Map<string, string | null>,
  ) {
    this.id = stored.session.id;
    this.before = before;
    this.stored = stored;
    this.group = group;
    this.#hashes = hashes;
  }

  get addedHashes(): readonly string[] {
    return this.#addedHashes;
  }

  get forgottenHashes(): readonly string[] {
    return this.#forgottenHashes;
  }

  addHash(hash: string): void {
    this.#forgottenHashes = this.#forgottenHashes.filter((known) => known !== hash);
    if (!this.#addedHashes.includes(hash)) this.#addedHashes = added(this.#addedHashes, hash);
    this.#hashes.set(hash, this.id);
  }

  forgetHash(hash: string): void {
    this.#addedHashes = this.#addedHashes.filter((known) => known !== hash);
    if (!this.#forgottenHashes.includes(hash)) this.#forgottenHashes = added(this.#forgottenHashes, hash);
    this.#hashes.set(hash, null);
  }

  touchesHash(hash: string): boolean {
    return this.#addedHashes.includes(hash) || this.#forgottenHashes.includes(hash);
  }
}
