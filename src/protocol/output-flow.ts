import {
  added,
  epochOf,
  NONE,
  outputBytes,
  type GapReason,
  type OutputEntry,
  type OutputHead,
  type OutputPage,
} from '../core/index.ts';
import type { DroppedFrame, EchoFrame, GapFrame, OutputFrame, ServerGmcpFrame } from './frames/index.ts';
import type { Positioned } from './frames/position.ts';
import { silence } from './silence.ts';

/** A frame that stands for a place in the output log. */
export type LogFrame = OutputFrame | EchoFrame | (ServerGmcpFrame & Positioned) | DroppedFrame | GapFrame;

/** What an acknowledgement is about: something outstanding, nothing any more, or what was never sent. */
export type Acknowledgement = 'new' | 'known' | 'unsent';

export interface OutputWindow {
  readonly entries: number;
  readonly bytes: number;
}

export interface ReadRequest {
  readonly after: number;
  readonly limit: OutputWindow;
}

export interface OutputFlowStart {
  /** The client has everything through here. */
  readonly after: number;
  /** The client's position meant nothing here: what is missing at the start is an `epoch` gap. */
  readonly lost: boolean;
  /** The epoch that the client was told of, if any. */
  readonly epoch: string | undefined;
  /** What was acknowledged before this client came: if it is missing, another client of the session has it. */
  readonly delivered: number;
  /** What was written through here was written before this client came. */
  readonly missed: number;
  readonly window: OutputWindow;
}

/**
 * Reads the output log for one client, from its position on. Missed and live output are the same thing here: what
 * comes after the cursor. No more than a window is outstanding; every hole in the log becomes a gap in its place.
 */
export class OutputFlow {
  readonly #window: OutputWindow;
  readonly #delivered: number;
  readonly #missed: number;
  #lost: boolean;
  #epoch: string | undefined;
  #cursor: number;
  #visibleEnd = 0;
  /** While a page is read: the visible end that was known when it was asked for. */
  #asked: number | undefined;
  /** The next entry does not fit beside what is outstanding. */
  #isBlocked = false;
  #outstanding: { readonly offset: number; readonly bytes: number }[] = NONE;
  #outstandingBytes = 0;

  constructor(start: OutputFlowStart) {
    this.#window = start.window;
    this.#delivered = start.delivered;
    this.#missed = start.missed;
    this.#lost = start.lost;
    this.#epoch = start.epoch;
    this.#cursor = start.after;
  }

  /** The last offset that was sent, or told to be gone. */
  get cursor(): number {
    return this.#cursor;
  }

  /** True while the client owes an acknowledgement. */
  get isOutstanding(): boolean {
    return this.#outstanding.length > 0;
  }

  /** True when the client cannot be sent more before it acknowledges. */
  get isFull(): boolean {
    const { entries, bytes } = this.#window;
    return this.#isBlocked || this.#outstanding.length >= entries || this.#outstandingBytes >= bytes;
  }

  /** The last offset that is known to be visible. */
  get visibleEnd(): number {
    return this.#visibleEnd;
  }

  /** True when everything visible was sent. */
  get isCaughtUp(): boolean {
    return this.#cursor >= this.#visibleEnd;
  }

  reveal(visibleEnd: number): void {
    this.#visibleEnd = Math.max(this.#visibleEnd, visibleEnd);
  }

  /** What to read next, if anything can be sent now; its answer goes to `page`. */
  nextRead(): ReadRequest | undefined {
    if (this.#asked !== undefined || this.isCaughtUp || this.isFull) return undefined;
    this.#asked = this.#visibleEnd;
    return {
      after: this.#cursor,
      limit: {
        entries: this.#window.entries - this.#outstanding.length,
        bytes: this.#window.bytes - this.#outstandingBytes,
      },
    };
  }

  /** The frames for a page, gaps in their places. */
  page({ entries, visibleEnd }: OutputPage, head: OutputHead): LogFrame[] {
    // What became visible since we asked is not in the page, and is not gone.
    const through = Math.max(visibleEnd, this.#asked ?? 0);
    this.#asked = undefined;
    this.reveal(through);
    let frames: LogFrame[] = NONE;
    for (const entry of entries) {
      if (entry.offset <= this.#cursor) continue;
      const bytes = outputBytes(entry);
      this.#isBlocked = !this.#hasRoom(bytes);
      if (this.#isBlocked) return frames;
      for (const frame of this.#gaps(entry.offset - 1, head)) frames = added(frames, frame);
      const frame = this.#isPast(entry) ? silence(entry.offset) : frameOf(entry);
      frames = added(frames, this.#named(frame, entry.offset, head));
      this.#lost = false;
      this.#cursor = entry.offset;
      this.#outstanding = added(this.#outstanding, { offset: entry.offset, bytes });
      this.#outstandingBytes += bytes;
    }
    return entries.length === 0 ? this.#gaps(through, head) : frames;
  }

  /** It was for the moment, and that was before this client came. */
  #isPast(entry: OutputEntry): boolean {
    return entry.kind === 'gmcp' && entry.passing === true && entry.offset <= this.#missed;
  }

  /** The client has everything through `offset`. */
  acknowledge(offset: number): Acknowledgement {
    if (offset > this.#cursor) return 'unsent';
    const { length } = this.#outstanding;
    while (this.#outstanding[0] !== undefined && this.#outstanding[0].offset <= offset) {
      this.#outstandingBytes -= this.#outstanding[0].bytes;
      this.#outstanding.shift();
    }
    if (this.#outstanding.length === length) return 'known';
    this.#isBlocked = false;
    return 'new';
  }

  /** An entry that alone is larger than the window goes when nothing is outstanding. */
  #hasRoom(bytes: number): boolean {
    return !this.isOutstanding || (!this.isFull && this.#outstandingBytes + bytes <= this.#window.bytes);
  }

  /** Says what is gone from the cursor through `to`. */
  #gaps(to: number, head: OutputHead): LogFrame[] {
    const from = this.#cursor + 1;
    if (to < from) return NONE;
    this.#cursor = to;
    const lost = this.#lost;
    this.#lost = false;
    if (lost) return [this.#named(gap(from, to, 'epoch'), to, head)];
    const delivered = Math.min(to, this.#delivered);
    const gaps: GapFrame[] = [];
    if (delivered >= from) gaps.push(gap(from, delivered, 'delivered'));
    if (to > delivered) gaps.push(gap(Math.max(from, delivered + 1), to, 'bound'));
    return gaps.map((frame) => this.#named(frame, throughOf(frame), head));
  }

  /** Names the epoch of a frame that is the first of another than the one last named. */
  #named(frame: LogFrame, offset: number, head: OutputHead): LogFrame {
    const epoch = epochOf(offset, head);
    if (epoch === undefined || epoch === this.#epoch) return frame;
    this.#epoch = epoch;
    return { ...frame, epoch };
  }
}

/** Whoever has taken the frame has everything through here. */
export function throughOf(frame: LogFrame): number {
  return frame.type === 'gap' ? (frame.to ?? frame.from) : frame.offset;
}

function gap(from: number, to: number, reason: GapReason): GapFrame {
  return { type: 'gap', from, to, reason };
}

function frameOf(entry: OutputEntry): LogFrame {
  const { offset } = entry;
  switch (entry.kind) {
    case 'text':
      return entry.prompt
        ? { type: 'output', offset, text: entry.text, prompt: true }
        : { type: 'output', offset, text: entry.text };
    case 'echo':
      return { type: 'echo', offset, on: entry.on };
    case 'gmcp':
      return entry.data === undefined
        ? { type: 'gmcp', offset, package: entry.package }
        : { type: 'gmcp', offset, package: entry.package, data: entry.data };
    case 'dropped': {
      const { seq, through, reason } = entry;
      return { type: 'dropped', offset, seq, reason, ...(through === undefined ? {} : { through }) };
    }
    case 'gap':
      return entry.reason === 'crash'
        ? { type: 'gap', from: offset, reason: 'crash' }
        : {
            type: 'gap',
            from: offset,
            to: offset,
            reason: entry.reason,
            ...(entry.bytes === undefined ? {} : { bytes: entry.bytes }),
          };
  }
}
