import { PendingChange } from '../pending-change.ts';
import type { SessionChange } from '../journal.ts';
import { TRAFFIC } from './table.ts';
import { trafficOf, type Folded, type Traffic } from './traffic.ts';

/** Over so many bytes of traffic what is still needed of the oldest is written once more, and the rest is gone. */
const CARRY_LIMIT_BYTES = 16 * 1024 * 1024;
/** Over so many bytes most of it is needed: the oldest is folded into the rows of its sessions. */
const FOLD_LIMIT_BYTES = 32 * 1024 * 1024;
/** So many rows more than a write brings: no write takes long, and what gathers grows no further. */
const FOLD_ROWS = 1000;
/** So many bytes of output at a time are written once more. */
const CARRY_BYTES = 262_144;

/** A session whose rows do not tell its latest traffic. */
interface Unfolded {
  readonly change: PendingChange;
  /** The first row of traffic that has some of it. */
  readonly since: number;
}

/** What is to be written for some changes, together. */
export interface TrafficWrite {
  /** Sessions whose own rows change. */
  readonly sessions: readonly SessionChange[];
  /** The new row of traffic, if there is one. */
  readonly put: { readonly key: string; readonly row: Buffer } | undefined;
  /** Rows of traffic that nobody needs any more. */
  readonly deleted: readonly string[];
  /** To be called when it is written. */
  readonly written: () => void;
}

/**
 * Keeps what people play out of the rows of their sessions: all of one write goes into one row, however many sessions
 * it is of. When something else of a session changes, its own rows are written, and tell everything. Most of what is played
 * is not needed for long; what is left of it, once the log is full, is carried to its end.
 */
export class TrafficLog {
  /** By session, those with the oldest traffic first. */
  readonly #unfolded = new Map<string, Unfolded>();
  #rows: { readonly number: number; readonly bytes: number }[] = [];
  #bytes = 0;
  #next = 1;

  /** What the rows of this session do not tell, if anything. */
  unfolded(id: string): SessionChange | undefined {
    return this.#unfolded.get(id)?.change;
  }

  /** One after the other: not before the last one is written. */
  write(changes: readonly SessionChange[]): TrafficWrite {
    const records: (Traffic | Folded)[] = [];
    const folded = new Map<string, SessionChange>();
    const sessions: SessionChange[] = [];
    for (const change of changes) {
      const traffic = trafficOf(change);
      const known = this.#unfolded.get(change.id);
      if (traffic) {
        records.push(traffic);
        (known ?? this.#begin(change)).change.merge(change);
      } else if (known) {
        folded.set(change.id, known.change.merge(change));
      } else {
        sessions.push(change);
      }
    }
    if (this.#bytes > CARRY_LIMIT_BYTES) {
      const limit = FOLD_ROWS + sum(changes.map(rowsOf));
      if (this.#bytes > FOLD_LIMIT_BYTES) this.#foldOldest(folded, limit);
      else this.#carryOldest(records, folded, limit);
    }
    for (const id of folded.keys()) records.push({ id, isFolded: true });
    const since = this.#oldest(folded);
    const isNeeded = since <= this.#next && records.length > 0;
    const put = isNeeded ? this.#put(records) : undefined;
    const after = this.#rows.findIndex(({ number }) => number >= since);
    const obsolete = this.#rows.splice(0, after < 0 ? this.#rows.length : after);
    for (const { bytes } of obsolete) this.#bytes -= bytes;
    return {
      sessions: [...sessions, ...folded.values()],
      put,
      deleted: obsolete.map(({ number }) => TRAFFIC.key(number)),
      written: () => {
        for (const id of folded.keys()) this.#unfolded.delete(id);
      },
    };
  }

  #begin({ id, before }: SessionChange): Unfolded {
    const unfolded = { change: new PendingChange(id, before), since: this.#next };
    this.#unfolded.set(id, unfolded);
    return unfolded;
  }

  #foldOldest(folded: Map<string, SessionChange>, limit: number): void {
    let rows = 0;
    for (const [id, { change }] of this.#unfolded) {
      if (rows >= limit) return;
      folded.set(id, change);
      rows += rowsOf(change);
    }
  }

  #carryOldest(records: (Traffic | Folded)[], folded: Map<string, SessionChange>, limit: number): void {
    let rows = 0;
    let bytes = 0;
    for (const [id, { change, since }] of this.#unfolded) {
      // All of them, and round again.
      if (since === this.#next) return;
      if (folded.has(id)) continue;
      if (rows >= limit || bytes >= CARRY_BYTES) return;
      rows += rowsOf(change);
      bytes += change.session?.output.bytes ?? 0;
      const traffic = trafficOf(change);
      if (traffic === undefined) {
        folded.set(id, change);
        continue;
      }
      records.push({ ...traffic, isWhole: true });
      this.#unfolded.delete(id);
      this.#unfolded.set(id, { change, since: this.#next });
    }
  }

  /** The first row of traffic that is needed, once these are folded. */
  #oldest(folded: ReadonlyMap<string, SessionChange>): number {
    for (const [id, { since }] of this.#unfolded) if (!folded.has(id)) return since;
    return Infinity;
  }

  #put(records: readonly (Traffic | Folded)[]): { key: string; row: Buffer } {
    const key = TRAFFIC.key(this.#next);
    const row = TRAFFIC.encode(key, records);
    this.#rows.push({ number: this.#next, bytes: row.length });
    this.#bytes += row.length;
    this.#next += 1;
    return { key, row };
  }
}

/** Rows to be written for it: for changes that were merged never more than for each of them by itself. */
function rowsOf({ commands, takenCommands, output, trimmedOutput }: SessionChange): number {
  return 1 + commands.length + takenCommands.length + output.length + trimmedOutput.length;
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, each) => total + each, 0);
}
