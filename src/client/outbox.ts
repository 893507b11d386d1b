import type { DropReason, Json } from '../core/index.ts';
import { utf8Length } from '../core/utf8-length.ts';
import type { ClientFrame, Limits } from '../protocol/index.ts';
import { isGmcpData, isGmcpPackage } from '../protocol/gmcp-message.ts';
import { isLine } from '../protocol/line.ts';

/** What a player sends; numbered when it goes out. */
export type Input =
  | { readonly type: 'command'; readonly text: string }
  | { readonly type: 'gmcp'; readonly package: string; readonly data?: Json };

/** What became of an input, as far as the client can know. */
export type Fate =
  /** The gateway has it for good, under this number. */
  | { readonly kind: 'accepted'; readonly seq: number }
  /** It will not run. */
  | { readonly kind: 'dropped'; readonly reason: DropReason }
  /** The gateway may have had it; what became of it cannot be known any more. */
  | { readonly kind: 'unknown' }
  /** It never reached the gateway, and never will. */
  | { readonly kind: 'lost' }
  /** It was not sent, because too much was waiting already. */
  | { readonly kind: 'queue_full' }
  /** It was not sent, because the gateway could not take it. */
  | { readonly kind: 'invalid' };

export interface Settled {
  readonly id: number;
  readonly fate: Fate;
}

/** What may wait without being settled. One input more is not taken. */
export interface OutboxLimits {
  readonly commands: number;
  /** UTF-8 bytes of their JSON. */
  readonly bytes: number;
}

export const DEFAULT_OUTBOX: OutboxLimits = { commands: 100, bytes: 65_536 };

interface Item {
  readonly id: number;
  readonly input: Input;
  readonly bytes: number;
  /** `Infinity` until it goes out, and again when it has to go out anew. */
  seq: number;
  /** The gateway had it before a resume. */
  isThere: boolean;
  /** Its fate may have been in output that is gone. */
  isUncertain: boolean;
  dropped: DropReason | undefined;
}

/** What a frame has beside its input: `,"seq":9007199254740991`. */
const NUMBER_BYTES = 23;

/** Inputs that the gateway has not acknowledged, in order; each goes out once for each number that it is given. */
export class Outbox {
  readonly #limits: OutboxLimits;
  #items: Item[] = [];
  #nextSeq = 1;

  constructor(limits: OutboxLimits = DEFAULT_OUTBOX) {
    this.#limits = limits;
  }

  get size(): number {
    return this.#items.length;
  }

  /** Takes an input, or says why not. */
  add(id: number, input: Input): Settled[] {
    try {
      const bytes = utf8Length(JSON.stringify(input));
      const waiting = this.#items.reduce((sum, item) => sum + item.bytes, bytes);
      if (this.size >= this.#limits.commands || waiting > this.#limits.bytes)
        return [{ id, fate: { kind: 'queue_full' } }];
      this.#items.push({
        id,
        input,
        bytes,
        seq: Infinity,
        isThere: false,
        isUncertain: false,
        dropped: undefined,
      });
      return [];
    } catch {
      // What is no JSON, though it has the type of it.
      return [{ id, fate: invalid() }];
    }
  }

  /** A new session: nothing was ever sent in it. */
  begin(): Settled[] {
    this.#nextSeq = 1;
    return this.#take(({ seq }) => seq < Infinity, givenUp);
  }

  /**
   * The session is back: what this client had sent through `own` is there, and is settled when the replay has told its
   * fate; the rest is numbered anew behind everything that was accepted.
   */
  resume(accepted: number, own: number): void {
    for (const item of this.#items) {
      item.isThere ||= item.seq <= own;
      if (item.isThere) continue;
      item.seq = Infinity;
      // Of a number that the gateway has forgotten in a crash.
      item.dropped = undefined;
    }
    this.#nextSeq = accepted + 1;
  }

  /** Part of the output is gone, and fates may have been in it: also when the replay is cut short, and read on later. */
  uncertain(): void {
    for (const item of this.#items) item.isUncertain = item.isThere;
  }

  /** The replay is complete: what was accepted before it is settled. */
  recovered(): Settled[] {
    return this.#take(({ isThere }) => isThere, settled);
  }

  /** Puts aside what the gateway would close the connection for, before it goes out. */
  refuse(limits: Limits): Settled[] {
    return this.#take((item) => item.seq === Infinity && !isSendable(item, limits), invalid);
  }

  /** Frames for what has not gone out yet. */
  next(): ClientFrame[] {
    const frames: ClientFrame[] = [];
    for (const item of this.#items) {
      if (item.seq < Infinity) continue;
      item.seq = this.#nextSeq++;
      frames.push({ ...item.input, seq: item.seq });
    }
    return frames;
  }

  accepted(through: number): Settled[] {
    return this.#take(({ seq, isThere }) => !isThere && seq <= through, settled);
  }

  dropped(from: number, through: number, reason: DropReason): void {
    for (const item of this.#items) {
      if (item.seq >= from && item.seq <= through) item.dropped = reason;
    }
  }

  /** No session will ever tell more of them. */
  giveUp(): Settled[] {
    return this.#take(() => true, givenUp);
  }

  #take(isWanted: (item: Item) => boolean, fateOf: (item: Item) => Fate): Settled[] {
    const taken = this.#items.filter(isWanted);
    this.#items = this.#items.filter((item) => !isWanted(item));
    return taken.map((item) => ({ id: item.id, fate: fateOf(item) }));
  }
}

function isSendable({ input, bytes }: Item, limits: Limits): boolean {
  if (bytes + NUMBER_BYTES > limits.frame_bytes) return false;
  // From JavaScript anything may come.
  if (input.type === 'command')
    return typeof input.text === 'string' && isLine(input.text, limits.command_bytes);
  if (typeof input.package !== 'string' || !isGmcpPackage(input.package)) return false;
  return input.data === undefined || isGmcpData(input.data);
}

function settled({ seq, dropped, isUncertain }: Item): Fate {
  if (dropped !== undefined) return { kind: 'dropped', reason: dropped };
  return isUncertain ? { kind: 'unknown' } : { kind: 'accepted', seq };
}

function givenUp({ seq }: Item): Fate {
  return { kind: seq < Infinity ? 'unknown' : 'lost' };
}

function invalid(): Fate {
  return { kind: 'invalid' };
}
