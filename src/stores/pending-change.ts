import type { CommandEntry, OutputEntry, Session } from '../core/index.ts';
import type { SessionChange } from './journal.ts';

/**
 * Collects what became of one session until the next write, so that a row that came and went is never written. There
 * are two for each line, and most have one row or two: each collection is made when something comes into it.
 */
export class PendingChange implements SessionChange {
  readonly id: string;
  readonly before: Session | undefined;
  session: Session | undefined = undefined;
  readonly takenCommands: number[] = [];
  readonly trimmedOutput: number[] = [];
  #commands: Map<number, CommandEntry> | undefined;
  #output: Map<number, OutputEntry> | undefined;
  #added: Set<string> | undefined;
  #forgotten: Set<string> | undefined;
  /** Shared by all changes: finds a session by a hash before its row is durable. */
  readonly #hashes: Map<string, string | null> | undefined;

  constructor(id: string, before: Session | undefined, hashes?: Map<string, string | null>) {
    this.id = id;
    this.before = before;
    this.#hashes = hashes;
  }

  get commands(): readonly CommandEntry[] {
    return listOf(this.#commands);
  }

  get output(): readonly OutputEntry[] {
    return listOf(this.#output);
  }

  get addedHashes(): readonly string[] {
    return listOf(this.#added);
  }

  get forgottenHashes(): readonly string[] {
    return listOf(this.#forgotten);
  }

  putCommand(entry: CommandEntry): void {
    this.#commands ??= new Map();
    this.#commands.set(entry.seq, entry);
  }

  takeCommand({ kind, seq }: CommandEntry): void {
    const isNew = this.#commands?.delete(seq) === true;
    // A run of refusals grows in its row: what is new of it may stand over an older row.
    if (!isNew || kind === 'refused') this.takenCommands.push(seq);
  }

  putOutput(entry: OutputEntry): void {
    this.#output ??= new Map();
    this.#output.set(entry.offset, entry);
  }

  trimOutput(offset: number): void {
    if (this.#output?.delete(offset) !== true) this.trimmedOutput.push(offset);
  }

  addHash(hash: string): void {
    this.#forgotten?.delete(hash);
    this.#added ??= new Set();
    this.#added.add(hash);
    this.#hashes?.set(hash, this.id);
  }

  forgetHash(hash: string): void {
    this.#added?.delete(hash);
    this.#forgotten ??= new Set();
    this.#forgotten.add(hash);
    this.#hashes?.set(hash, null);
  }

  /** Adds what became of it after that. */
  merge(later: SessionChange): this {
    this.session = later.session;
    for (const seq of later.takenCommands) {
      // Not only where it is new here: a run of refusals may stand over an older row.
      this.#commands?.delete(seq);
      this.takenCommands.push(seq);
    }
    for (const entry of later.commands) this.putCommand(entry);
    for (const offset of later.trimmedOutput) this.trimOutput(offset);
    for (const entry of later.output) this.putOutput(entry);
    for (const hash of later.forgottenHashes) this.forgetHash(hash);
    for (const hash of later.addedHashes) this.addHash(hash);
    return this;
  }

  touchesHash(hash: string): boolean {
    return this.#added?.has(hash) === true || this.#forgotten?.has(hash) === true;
  }
}

const NOTHING: readonly never[] = [];

function listOf<T>(rows: Map<unknown, T> | Set<T> | undefined): readonly T[] {
  return rows === undefined || rows.size === 0 ? NOTHING : [...rows.values()];
}
