import { utf8Length } from '../../src/core/index.ts';
import type { ServerFrame } from '../../src/protocol/index.ts';
import type { Evidence } from './evidence.ts';

/** A reader without progress is detached after so long, in ms. */
const STALL_MS = 60_000;
const SLACK_MS = 1000;

/** The flow control of one connection, counted again from its frames. */
export class WindowModel {
  readonly #evidence: Evidence;
  #outstanding: { readonly offset: number; readonly bytes: number }[] = [];
  #fullSince: number | undefined;
  /** When something was acknowledged last, or first had to be. */
  #progressAt = 0;

  constructor(evidence: Evidence) {
    this.#evidence = evidence;
  }

  sent(frame: ServerFrame): void {
    const entry = entryOf(frame);
    if (entry === undefined) return;
    const isAlone = this.#outstanding.length === 0;
    if (isAlone) this.#progressAt = this.#evidence.now;
    this.#outstanding.push(entry);
    const bytes = this.#outstanding.reduce((sum, each) => sum + each.bytes, 0);
    const { window_bytes: maximum, window_entries: entries } = this.#evidence.settings.wire;
    const fits = bytes <= maximum && this.#outstanding.length <= entries;
    this.#evidence.story.expect(
      fits || isAlone,
      'window',
      () => `${this.#outstanding.length} entries of ${bytes} bytes are unacknowledged`,
    );
    if (bytes >= maximum || this.#outstanding.length >= entries) this.#fullSince ??= this.#evidence.now;
  }

  acknowledged(offset: number): void {
    const before = this.#outstanding.length;
    this.#outstanding = this.#outstanding.filter((entry) => entry.offset > offset);
    const isProgress = this.#outstanding.length < before;
    if (!isProgress) return;
    this.#fullSince = undefined;
    this.#progressAt = this.#evidence.now;
  }

  ended(reason: string): void {
    this.check();
    const isEarly = this.#evidence.now < this.#progressAt + STALL_MS - SLACK_MS;
    this.#evidence.story.expect(
      reason !== 'slow_reader' || !isEarly,
      'window',
      () => 'a reader was called slow before its time',
    );
  }

  /** A reader that stands still is not kept for ever. */
  check(): void {
    const isLate =
      this.#fullSince !== undefined && this.#evidence.now > this.#fullSince + STALL_MS + SLACK_MS;
    this.#evidence.story.expect(!isLate, 'window', () => 'a slow reader is still there');
  }
}

/** Of a frame that stands for a kept entry: what it counts against the window. */
function entryOf(frame: ServerFrame): { offset: number; bytes: number } | undefined {
  switch (frame.type) {
    case 'output':
      return { offset: frame.offset, bytes: utf8Length(frame.text) };
    case 'gmcp': {
      if (frame.offset === undefined) return undefined;
      const data = frame.data === undefined ? 0 : utf8Length(JSON.stringify(frame.data));
      return { offset: frame.offset, bytes: frame.package.length + data };
    }
    case 'echo':
    case 'dropped':
      return { offset: frame.offset, bytes: 0 };
    case 'gap':
      // One that is an entry itself.
      return frame.reason === 'crash' || frame.reason === 'oversize'
        ? { offset: frame.from, bytes: 0 }
        : undefined;
    default:
      return undefined;
  }
}
