import { added, NONE } from '../../core/index.ts';
import type { Wire } from '../../telnet/index.ts';
import { atTurnEnd } from '../../runtime/turn-end.ts';
import { bytesOf } from './bytes-of.ts';

/** What is used of what it writes to. */
export interface ByteSink {
  /** Bytes that did not leave yet. */
  readonly writableLength: number;
  /** `left` is called when this has left, perhaps before `write` returns, or with the reason why it has not. */
  write(data: Wire, left: (error?: Error | null) => void): void;
}

/** Sends all that is written within one turn of the event loop in one piece: one system call, one packet. */
export class GatheredWrites {
  readonly #sink: ByteSink;
  readonly #left: () => void;
  #pieces: Wire[] = NONE;
  #bytes = 0;
  /** To be told when the pieces have left. */
  #waiting: (() => void)[] = NONE;
  #isScheduled = false;
  readonly #turnEnds = (): void => {
    this.#isScheduled = false;
    this.flush();
  };

  /** `left` is called whenever something has left. */
  constructor(sink: ByteSink, left: () => void) {
    this.#sink = sink;
    this.#left = left;
  }

  /** Bytes that did not leave yet. */
  get unsent(): number {
    return this.#bytes + this.#sink.writableLength;
  }

  write(data: Wire): void {
    this.#pieces = added(this.#pieces, data);
    this.#bytes += data.length;
    this.#schedule();
  }

  /** Calls back when all that was written so far has left, and never where it did not. */
  afterFlush(done: () => void): void {
    this.#waiting = added(this.#waiting, done);
    this.#schedule();
  }

  /** Passes on what there is, without waiting for the turn to end. */
  flush(): void {
    const pieces = this.#pieces;
    const waiting = this.#waiting;
    if (pieces.length === 0 && waiting.length === 0) return;
    this.#pieces = NONE;
    this.#bytes = 0;
    this.#waiting = NONE;
    const data = pieces.length > 1 ? Buffer.concat(pieces.map(bytesOf)) : (pieces[0] ?? '');
    this.#sink.write(data, (error) => {
      if (error) return;
      this.#left();
      for (const done of waiting) done();
    });
  }

  #schedule(): void {
    if (this.#isScheduled) return;
    this.#isScheduled = true;
    atTurnEnd(this.#turnEnds);
  }
}
