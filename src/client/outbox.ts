import type { DropReason, Json } from '../core/index.ts';
import type { ClientFrame } from '../protocol/index.ts';

/** What a player sends; numbered when it goes out. */
export type Input =
  | { readonly type: 'command'; readonly text: string }
  | { readonly type: 'gmcp'; readonly package: string; readonly data?: Json };

/** What became of an input, as far as the client can know. */
export type Fate =
  /** The gateway has it for good. */
  | { readonly kind: 'accepted' }
  /** It will not run. */
  | { readonly kind: 'dropped'; readonly reason: DropReason }
  /** The gateway had it; what became of it was in a part of the output that is gone. */
  | { readonly kind: 'unknown' }
  /** Its session ended before the gateway had it. */
  | { readonly kind: 'lost' };

export interface Settled {
  readonly id: number;
  readonly fate: Fate;
}

interface Item {
  readonly id: number;
  readonly input: Input;
  /** `undefined` until it goes out, and again when it has to go out anew. */
  seq: number | undefined;
  dropped: DropReason | undefined;
}

/** Inputs that the gateway has not acknowledged, in order; each goes out once for each number that it is given. */
export class Outbox {
  #items: Item[] = [];
  /** Accepted before a resume: settled when the replay has told their fates. */
  #recovering: Item[] = [];
  #nextSeq = 1;
  #isUncertain = false;

  get size(): number {
    return this.#items.length + this.#recovering.length;
  }

  add(id: number, input: Input): void {
    this.#items.push({ id, input, seq: undefined, dropped: undefined });
  }

  /** A new session: nothing was ever sent in it. */
  begin(): Settled[] {
    this.#nextSeq = 1;
    const lost = [...this.#recovering, ...this.#items.filter(({ seq }) => seq !== undefined)];
    this.#recovering = [];
    this.#items = this.#items.filter(({ seq }) => seq === undefined);
    return lost.map(({ id }) => ({ id, fate: { kind: 'lost' } }));
  }

  /**
   * The session is back: what this client had sent through `own` is there, the rest is numbered anew behind
   * everything that was accepted.
   */
  resume(accepted: number, own: number): void {
    const isThere = ({ seq }: Item): boolean => seq !== undefined && seq <= own;
    this.#recovering.push(...this.#items.filter(isThere));
    this.#items = this.#items.filter((item) => !isThere(item));
    for (const item of this.#items) {
      item.seq = undefined;
      // Of a number that the gateway has forgotten in a crash.
      item.dropped = undefined;
    }
    this.#nextSeq = accepted + 1;
    this.#isUncertain = false;
  }

  /** Part of the output is gone, and fates may have been in it. */
  uncertain(): void {
    this.#isUncertain = true;
  }

  /** The replay is complete: what was accepted before it is settled. */
  recovered(): Settled[] {
    const settled = this.#recovering.map(({ id, dropped }) => ({ id, fate: this.#fate(dropped) }));
    this.#recovering = [];
    return settled;
  }

  /** Frames for what has not gone out yet. */
  next(): ClientFrame[] {
    const frames: ClientFrame[] = [];
    for (const item of this.#items) {
      if (item.seq !== undefined) continue;
      item.seq = this.#nextSeq;
      this.#nextSeq += 1;
      frames.push({ ...item.input, seq: item.seq });
    }
    return frames;
  }

  accepted(through: number): Settled[] {
    const done = this.#items.filter(({ seq }) => seq !== undefined && seq <= through);
    this.#items = this.#items.filter((item) => !done.includes(item));
    return done.map(({ id, dropped }) => ({
      id,
      fate: dropped === undefined ? { kind: 'accepted' } : { kind: 'dropped', reason: dropped },
    }));
  }

  dropped(from: number, through: number, reason: DropReason): void {
    for (const item of [...this.#recovering, ...this.#items]) {
      if (item.seq !== undefined && item.seq >= from && item.seq <= through) item.dropped = reason;
    }
  }

  /** No session will ever have them. */
  giveUp(): Settled[] {
    const all = [...this.#recovering, ...this.#items];
    this.#recovering = [];
    this.#items = [];
    return all.map(({ id }) => ({ id, fate: { kind: 'lost' } }));
  }

  #fate(dropped: DropReason | undefined): Fate {
    if (dropped !== undefined) return { kind: 'dropped', reason: dropped };
    return this.#isUncertain ? { kind: 'unknown' } : { kind: 'accepted' };
  }
}
