import { createInflate, type Inflate } from 'node:zlib';
import { InflationBound } from '../../telnet/index.ts';

/** The inflated text comes in pieces of this size. */
const PIECE_BYTES = 16_384;

export interface InflationListener {
  inflated(bytes: Uint8Array): void;
  /** The stream ended in good order; `rest` came behind it, and is not compressed. Nothing more is inflated. */
  ended(rest: Uint8Array): void;
  /** It is no zlib stream, or a bomb. Nothing more is inflated. */
  failed(error: Error): void;
}

/** Inflates what the game compresses (MCCP2, zlib): piece by piece, in order, each when the one before was taken. */
export class Inflation {
  readonly #inflate: Inflate = createInflate({ chunkSize: PIECE_BYTES });
  readonly #bound = new InflationBound();
  readonly #listener: InflationListener;
  /** What waits behind the piece that is being inflated. */
  #queue: Uint8Array[] = [];
  #current: Uint8Array | undefined;
  /** How much of the stream came before the current piece. */
  #before = 0;
  #isOver = false;
  readonly #waiting: (() => void)[] = [];
  #pauses = 0;

  constructor(listener: InflationListener) {
    this.#listener = listener;
    this.#inflate.on('data', (bytes: Uint8Array) => this.#inflated(bytes));
    this.#inflate.on('end', () => this.#ended());
    this.#inflate.on('error', (error) => this.#failed(error));
  }

  push(bytes: Uint8Array): void {
    if (this.#isOver || bytes.length === 0) return;
    this.#queue.push(bytes);
    this.#next();
  }

  /** Resolves when all that was pushed so far has been inflated, or cannot be. */
  drained(): Promise<void> {
    if (this.#isDrained) return Promise.resolve();
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  get #isDrained(): boolean {
    return this.#isOver || (this.#current === undefined && this.#inflate.readableLength === 0);
  }

  /** Inflates no more than is in hand until this resolves. */
  pauseUntil(resume: Promise<void>): void {
    this.#pauses += 1;
    this.#inflate.pause();
    void resume.then(() => {
      this.#pauses -= 1;
      if (this.#pauses === 0) this.#inflate.resume();
    });
  }

  close(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#inflate.destroy();
    this.#tellDrained();
  }

  #next(): void {
    if (this.#current !== undefined || this.#isOver) return;
    const current = this.#queue.shift();
    if (current === undefined) return this.#tellDrained();
    this.#current = current;
    this.#before = this.#inflate.bytesWritten;
    this.#bound.received(current.length);
    this.#inflate.write(current, () => {
      this.#current = undefined;
      this.#next();
    });
  }

  #inflated(bytes: Uint8Array): void {
    if (this.#isOver) return;
    if (this.#bound.inflated(bytes.length)) {
      this.#listener.inflated(bytes);
      return this.#tellDrained();
    }
    this.#failed(new Error('the game sent a compressed stream that inflates beyond all measure'));
  }

  #ended(): void {
    if (this.#isOver) return;
    const used = this.#inflate.bytesWritten - this.#before;
    const rest = Buffer.concat([this.#current?.subarray(used) ?? Buffer.alloc(0), ...this.#queue]);
    this.close();
    this.#listener.ended(rest);
  }

  #failed(error: Error): void {
    if (this.#isOver) return;
    this.close();
    this.#listener.failed(error);
  }

  #tellDrained(): void {
    if (!this.#isDrained) return;
    for (const resolve of this.#waiting.splice(0)) resolve();
  }
}
