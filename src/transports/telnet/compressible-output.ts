import type { Socket } from 'node:net';
import { constants, createDeflate, type Deflate } from 'node:zlib';
import type { Wire } from '../../telnet/index.ts';
import type { ByteSink } from './gathered-writes.ts';

/**
 * Text of a game repeats what was said a moment ago: a window of 8 kB finds nearly all that one of 32 kB would, for 64 kB of
 * memory instead of 256 kB for each player.
 */
const DEFLATE_OPTIONS = { windowBits: 13, memLevel: 6, chunkSize: 4096 } as const;

const NOTHING = new Uint8Array();

/** `ending`: the compressor gives its last bytes, and what comes behind them waits. */
type Mode =
  | { readonly kind: 'plain' }
  | { readonly kind: 'compressed'; readonly deflate: Deflate }
  | { readonly kind: 'ending'; readonly waiting: (() => void)[] };

/**
 * The way to a socket, compressed or not (MCCP2), in the order in which it was written. Each write is flushed, so that the
 * client can read it at once: give it what belongs together in one.
 */
export class CompressibleOutput implements ByteSink {
  readonly #socket: Socket;
  #mode: Mode = { kind: 'plain' };

  constructor(socket: Socket) {
    this.#socket = socket;
    // A compressor has memory of its own, outside of the heap.
    socket.once('close', () => {
      if (this.#mode.kind === 'compressed') this.#mode.deflate.destroy();
    });
  }

  get writableLength(): number {
    const inside = this.#mode.kind === 'compressed' ? this.#mode.deflate.writableLength : 0;
    return inside + this.#socket.writableLength;
  }

  write(data: Wire, left: (error?: Error | null) => void): void {
    switch (this.#mode.kind) {
      case 'plain':
        this.#socket.write(data, 'latin1');
        // Nearly always they are the system's by now, and nothing has to be called back.
        if (this.#socket.writable && this.#socket.writableLength === 0) left();
        else this.#socket.write(NOTHING, left);
        return;
      case 'compressed':
        this.#mode.deflate.write(data, 'latin1');
        // What comes out of the compressor is given to the socket before this is called.
        this.#mode.deflate.flush(constants.Z_SYNC_FLUSH, () => this.#socket.write(NOTHING, left));
        return;
      case 'ending':
        this.#mode.waiting.push(() => this.write(data, left));
    }
  }

  /** Compresses what is written from here on, or does not any more. */
  compress(on: boolean): void {
    const mode = this.#mode;
    if (mode.kind === 'ending') mode.waiting.push(() => this.compress(on));
    else if (on && mode.kind === 'plain') this.#mode = this.#compressed();
    else if (!on && mode.kind === 'compressed') this.#finish(mode.deflate);
  }

  /** Closes once all that was written has left. */
  end(): void {
    if (this.#mode.kind === 'compressed') this.#finish(this.#mode.deflate);
    if (this.#mode.kind === 'ending') this.#mode.waiting.push(() => this.#socket.end());
    else this.#socket.end();
  }

  #compressed(): Mode {
    const deflate = createDeflate(DEFLATE_OPTIONS);
    deflate.on('data', (bytes: Uint8Array) => this.#socket.write(bytes));
    // It was destroyed with its socket, or has no memory: this player's connection is what is lost.
    deflate.on('error', () => this.#socket.destroy());
    return { kind: 'compressed', deflate };
  }

  #finish(deflate: Deflate): void {
    const waiting: (() => void)[] = [];
    this.#mode = { kind: 'ending', waiting };
    deflate.end();
    deflate.once('end', () => {
      this.#mode = { kind: 'plain' };
      for (const step of waiting) step();
    });
  }
}
