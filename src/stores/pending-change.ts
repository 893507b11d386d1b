import type { CommandEntry, OutputEntry, Session } from '../core/index.ts';
import type { SessionChange } from './journal.ts';

/** Collects what became of one session until the next write, so that a row that came and went is never written. */
export class PendingChange implements SessionChange {
  readonly id: string;
  readonly before: Session | undefined;
  session: Session | undefined;
  readonly takenCommands: number[] = [];
  readonly trimmedOutput: number[] = [];
  readonly #commands = new Map<number, CommandEntry>();
  readonly #output = new Map<number, OutputEntry>();
  readonly #added = new Set<string>();
  readonly #forgotten = new Set<string>();
  /** Shared by all changes: finds a session by a hash before its row is durable. */
  readonly #hashes: Map<string, string | null>;

  constructor(id: string, before: Session | undefined, hashes: Map<string, string | null> = new Map()) {
    this.id = id;
    this.before = before;
    this.#hashes = hashes;
  }

  get commands(): CommandEntry[] {
    return [...this.#commands.values()];
  }

  get output(): OutputEntry[] {
    return [...this.#output.values()];
  }

  get addedHashes(): string[] {
    return [...this.#added];
  }

  get forgottenHashes(): string[] {
    return [...this.#forgotten];
  }

  putCommand(entry: CommandEntry): void {
    this.#commands.set(entry.seq, entry);
  }

  takeCommand({ kind, seq }: CommandEntry): void {
    const isNew = this.#commands.delete(seq);
    // A run of refusals grows in its row: what is new of it may stand over an older row.
    if (!isNew || kind === 'refused') this.takenCommands.push(seq);
  }

  putOutput(entry: OutputEntry): void {
    this.#output.set(entry.offset, entry);
  }

  trimOutput({ offset }: Pick<OutputEntry, 'offset'>): void {
    if (!this.#output.delete(offset)) this.trimmedOutput.push(offset);
  }

  addHash(hash: string): void {
    this.#forgotten.delete(hash);
    this.#added.add(hash);
    this.#hashes.set(hash, this.id);
  }

  forgetHash(hash: string): void {
    this.#added.delete(hash);
    this.#forgotten.add(hash);
    this.#hashes.set(hash, null);
  }

  /** Adds what became of it after that. */
  merge(later: SessionChange): this {
    this.session = later.session;
    for (const seq of later.takenCommands) {
      // Not only where it is new here: a run of refusals may stand over an older row.
      this.#commands.delete(seq);
      this.takenCommands.push(seq);
    }
    for (const entry of later.commands) this.putCommand(entry);
    for (const offset of later.trimmedOutput) this.trimOutput({ offset });
    for (const entry of later.output) this.putOutput(entry);
    for (const hash of later.forgottenHashes) this.forgetHash(hash);
    for (const hash of later.addedHashes) this.addHash(hash);
    return this;
  }

  touchesHash(hash: string): boolean {
    return this.#added.has(hash) || this.#forgotten.has(hash);
  }
}
