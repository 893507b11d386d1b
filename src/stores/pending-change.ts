import { added, NONE, type CommandEntry, type OutputEntry, type Session } from '../core/index.ts';
import type { SessionChange } from './journal.ts';

/** Collects what became of one session until the next write, so that a row that came and went is never written. */
export class PendingChange implements SessionChange {
  readonly id: string;
  readonly before: Session | undefined;
  session: Session | undefined = undefined;
  // All in order, for in order they are accepted and taken, written and read.
  #commands: CommandEntry[] = NONE;
  #takenCommands: number[] = NONE;
  #output: OutputEntry[] = NONE;
  #trimmedOutput: number[] = NONE;
  #addedHashes: string[] = NONE;
  #forgottenHashes: string[] = NONE;
  /** Shared by all changes: finds a session by a hash before its row is durable. */
  readonly #hashes: Map<string, string | null> | undefined;

  constructor(id: string, before: Session | undefined, hashes?: Map<string, string | null>) {
    this.id = id;
    this.before = before;
    this.#hashes = hashes;
  }

  get commands(): readonly CommandEntry[] {
    return this.#commands;
  }

  get takenCommands(): readonly number[] {
    return this.#takenCommands;
  }

  get output(): readonly OutputEntry[] {
    return this.#output;
  }

  get trimmedOutput(): readonly number[] {
    return this.#trimmedOutput;
  }

  get addedHashes(): readonly string[] {
    return this.#addedHashes;
  }

  get forgottenHashes(): readonly string[] {
    return this.#forgottenHashes;
  }

  putCommand(entry: CommandEntry): void {
    // A run of refusals grows in its row.
    if (this.#commands.at(-1)?.seq === entry.seq) this.#commands.pop();
    this.#commands = added(this.#commands, entry);
  }

  takeCommand({ kind, seq }: CommandEntry): void {
    const isNew = this.#removeCommand(seq);
    // What is new of a run of refusals may stand over an older row.
    if (!isNew || kind === 'refused') this.#takenCommands = added(this.#takenCommands, seq);
  }

  putOutput(entry: OutputEntry): void {
    this.#output = added(this.#output, entry);
  }

  trimOutput(offset: number): void {
    const isNew = remove(this.#output, offset, offsetOf);
    if (!isNew) this.#trimmedOutput = added(this.#trimmedOutput, offset);
  }

  addHash(hash: string): void {
    this.#forgottenHashes = this.#forgottenHashes.filter((known) => known !== hash);
    if (!this.#addedHashes.includes(hash)) this.#addedHashes = added(this.#addedHashes, hash);
    this.#hashes?.set(hash, this.id);
  }

  forgetHash(hash: string): void {
    this.#addedHashes = this.#addedHashes.filter((known) => known !== hash);
    if (!this.#forgottenHashes.includes(hash)) this.#forgottenHashes = added(this.#forgottenHashes, hash);
    this.#hashes?.set(hash, null);
  }

  /** Adds what became of it after that. */
  merge(later: SessionChange): this {
    this.session = later.session;
    for (const seq of later.takenCommands) {
      // Not only where it is new here: a run of refusals may stand over an older row.
      this.#removeCommand(seq);
      this.#takenCommands = added(this.#takenCommands, seq);
    }
    for (const entry of later.commands) this.putCommand(entry);
    for (const offset of later.trimmedOutput) this.trimOutput(offset);
    for (const entry of later.output) this.putOutput(entry);
    for (const hash of later.forgottenHashes) this.forgetHash(hash);
    for (const hash of later.addedHashes) this.addHash(hash);
    return this;
  }

  touchesHash(hash: string): boolean {
    return this.#addedHashes.includes(hash) || this.#forgottenHashes.includes(hash);
  }

  #removeCommand(seq: number): boolean {
    return remove(this.#commands, seq, seqOf);
  }
}

/** Removes the one with this number, which is nearly always the first; false where it is not there. */
function remove<T>(list: T[], number: number, numberOf: (item: T) => number): boolean {
  const at = list.findIndex((item) => numberOf(item) >= number);
  const found = list[at];
  if (found === undefined || numberOf(found) > number) return false;
  if (at === 0) list.shift();
  else list.splice(at, 1);
  return true;
}

function seqOf({ seq }: CommandEntry): number {
  return seq;
}

function offsetOf({ offset }: OutputEntry): number {
  return offset;
}
