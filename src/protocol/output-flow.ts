import {
  epochOf,
  outputBytes,
  type GapReason,
  type OutputEntry,
  type OutputHead,
  type OutputPage,
} from '../core/index.ts';
import type { DroppedFrame, EchoFrame, GapFrame, OutputFrame, ServerGmcpFrame } from './frames/index.ts';

/** A frame that stands for a place in the output log. */
export type LogFrame = OutputFrame | EchoFrame | ServerGmcpFrame | DroppedFrame | GapFrame;

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
  readonly window: OutputWindow;
}

/**
 * Reads the output log for one client, from its position on. Missed and live output are the same thing here: what
 * comes after the cursor. No more than a window is outstanding; every hole in the log becomes a gap in its place.
 */
export class OutputFlow {
  readonly #window: OutputWindow;
  readonly #delivered: number;
  #lost: boolean;
  #epoch: string | undefined;
  #cursor: number;
  #visibleEnd = 0;
  #reading = false;
  #outstanding: { readonly offset: number; readonly bytes: number }[] = [];
  #outstandingBytes = 0;

  constructor(start: OutputFlowStart) {
    this.#window = start.window;
    this.#delivered = start.delivered;
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
    return this.#outstanding.length >= this.#window.entries || this.#outstandingBytes >= this.#window.bytes;
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
    if (this.#reading || this.isCaughtUp || this.isFull) return undefined;
    this.#reading = true;
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
    this.#reading = false;
    this.reveal(visibleEnd);
    const frames: LogFrame[] = [];
    for (const entry of entries) {
      if (entry.offset <= this.#cursor) continue;
      const bytes = outputBytes(entry);
      const fits = this.#outstandingBytes + bytes <= this.#window.bytes;
      // An entry that alone is larger than the window goes when nothing is outstanding.
      if (this.isOutstanding && (!fits || this.isFull)) return frames;
      frames.push(...this.#gaps(entry.offset - 1), this.#named(frameOf(entry), entry.offset, head));
      this.#cursor = entry.offset;
      this.#outstanding.push({ offset: entry.offset, bytes });
      this.#outstandingBytes += bytes;
    }
    if (entries.length === 0) frames.push(...this.#gaps(this.#visibleEnd));
    return frames;
  }

  /** The client has everything through `offset`. False where it was never sent that. */
  acknowledge(offset: number): boolean {
    if (offset > this.#cursor) return false;
    const left = this.#outstanding.findIndex((sent) => sent.offset > offset);
    const done = this.#outstanding.splice(0, left < 0 ? this.#outstanding.length : left);
    for (const { bytes } of done) this.#outstandingBytes -= bytes;
    return true;
  }

  /** Says what is gone from the cursor through `to`. */
  #gaps(to: number): LogFrame[] {
    const from = this.#cursor + 1;
    if (to < from) return [];
    this.#cursor = to;
    const lost = this.#lost;
    this.#lost = false;
    if (lost) return [gap(from, to, 'epoch')];
    const delivered = Math.min(to, this.#delivered);
    return [
      ...(delivered >= from ? [gap(from, delivered, 'delivered')] : []),
      ...(to > delivered ? [gap(Math.max(from, delivered + 1), to, 'bound')] : []),
    ];
  }

  /** Names the epoch of a frame that is the first of another than the one last named. */
  #named(frame: LogFrame, offset: number, head: OutputHead): LogFrame {
    const epoch = epochOf(offset, head);
    if (epoch === undefined || epoch === this.#epoch) return frame;
    this.#epoch = epoch;
    return { ...frame, epoch };
  }
}

function gap(from: number, to: number, reason: GapReason): LogFrame {
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
