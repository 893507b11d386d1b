import { NONE, type StoredSession } from '../../core/index.ts';
import type { SessionChange } from '../journal.ts';
import { ByteWriter } from './bytes.ts';
import { isPlay, writePlayed } from './played.ts';
import { FRAME_HEADER_BYTES } from './traffic-files.ts';

/** Over so many bytes of traffic what is still needed of the oldest is written once more, and the rest is gone. */
const CARRY_LIMIT_BYTES = 16 * 1024 * 1024;
/** Over so many bytes most of it is needed: the oldest is folded into the rows of its sessions. */
const FOLD_LIMIT_BYTES = 32 * 1024 * 1024;
/** So many rows more than a write brings: no write takes long, and what gathers grows no further. */
const FOLD_ROWS = 1000;
/** So many bytes more than a write brings are written once more. */
const CARRY_BYTES = 262_144;

/** A session whose rows do not tell its latest traffic. */
interface Unfolded {
  readonly stored: StoredSession;
  /** The first frame that has some of it. */
  readonly since: number;
}

/** A session whose rows are to be written, so that they tell everything. */
export type Rewritten = Pick<SessionChange, 'id' | 'stored' | 'addedHashes' | 'forgottenHashes'>;

/** What is to be written for some changes, together. */
export interface TrafficWrite {
  readonly rewritten: readonly Rewritten[];
  /** The new frame, with room for its header, if there is one. Valid until the next write. */
  readonly frame: Buffer | undefined;
  /** Of the last frame, this one included. */
  readonly number: number;
  /** The first frame that is needed. */
  readonly oldest: number;
  /** To be called when it is written. Gives back whose rows were written without a change. */
  readonly written: () => readonly string[];
}

/**
 * Keeps what people play out of the rows of their sessions: all of one write goes into one frame, however many sessions
 * it is of. When something else of a session changes, its own rows are written, and tell everything. Most of what is played
 * is not needed for long; what is left of it, once the log is full, is carried to its end.
 */
export class TrafficLog {
  /** By session, those with the oldest traffic first. */
  readonly #unfolded = new Map<string, Unfolded>();
  readonly #bytes = new ByteWriter();
  #number = 0;

  /** Whether its rows do not tell everything of this session. */
  isUnfolded(id: string): boolean {
    return this.#unfolded.has(id);
  }

  /** One after the other: not before the last one is written. `logBytes`: so long the log is. */
  write(changes: readonly SessionChange[], logBytes: number): TrafficWrite {
    this.#bytes.restart(FRAME_HEADER_BYTES);
    const rewritten = new Map<string, Rewritten>();
    for (const change of changes) {
      const { id, before, stored } = change;
      if (before === undefined || !isPlay(before, stored.session)) {
        rewritten.set(id, change);
      } else {
        writePlayed(this.#bytes, before, stored);
        if (!this.#unfolded.has(id)) this.#unfolded.set(id, { stored, since: this.#number + 1 });
      }
    }
    const folded: string[] = [];
    if (logBytes > FOLD_LIMIT_BYTES) this.#foldOldest(rewritten, folded, changes.length);
    else if (logBytes > CARRY_LIMIT_BYTES) this.#carryOldest(rewritten);
    const hasFrame = this.#bytes.length > FRAME_HEADER_BYTES;
    if (hasFrame) this.#number += 1;
    return {
      rewritten: rewritten.size === 0 ? NONE : [...rewritten.values()],
      frame: hasFrame ? this.#bytes.bytes : undefined,
      number: this.#number,
      oldest: this.#oldest(rewritten),
      written: () => {
        for (const id of rewritten.keys()) this.#unfolded.delete(id);
        return folded;
      },
    };
  }

  #foldOldest(rewritten: Map<string, Rewritten>, folded: string[], brought: number): void {
    const limit = FOLD_ROWS + brought;
    let rows = 0;
    for (const [id, { stored }] of this.#unfolded) {
      if (rows >= limit) return;
      if (rewritten.has(id)) continue;
      rewritten.set(id, { id, stored, addedHashes: NONE, forgottenHashes: NONE });
      folded.push(id);
      rows += 1 + stored.commands.length + stored.output.length;
    }
  }

  #carryOldest(rewritten: ReadonlyMap<string, Rewritten>): void {
    const end = this.#bytes.length * 2 + CARRY_BYTES;
    for (const [id, { stored, since }] of this.#unfolded) {
      // All of them, and round again; or enough.
      if (since > this.#number || this.#bytes.length >= end) return;
      if (rewritten.has(id)) continue;
      writePlayed(this.#bytes, undefined, stored);
      this.#unfolded.delete(id);
      this.#unfolded.set(id, { stored, since: this.#number + 1 });
    }
  }

  /** The first frame that is needed, once these are written as rows. */
  #oldest(rewritten: ReadonlyMap<string, Rewritten>): number {
    for (const [id, { since }] of this.#unfolded) if (!rewritten.has(id)) return since;
    return this.#number + 1;
  }
}
