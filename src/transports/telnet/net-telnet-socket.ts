import type { Socket } from 'node:net';
import { TLSSocket } from 'node:tls';
import type { Wire } from '../../telnet/index.ts';
import { CompressibleOutput } from './compressible-output.ts';
import { GatheredWrites } from './gathered-writes.ts';
import type { TelnetSocket } from './telnet-player.ts';

/** While so much is unsent, nothing more is read from the client: Telnet's own questions have answers too. In bytes. */
const UNSENT_LIMIT = 262_144;

/** A client that does not close when we do is cut in this time, in ms. */
const CLOSE_TIMEOUT_MS = 2000;

/** One player's TCP connection. */
export class NetTelnetSocket implements TelnetSocket {
  readonly address: string | undefined;
  readonly isSecure: boolean;
  readonly #socket: Socket;
  readonly #output: CompressibleOutput;
  readonly #writes: GatheredWrites;
  /** The player's side wants to hear nothing more for now. */
  #isPaused = false;
  #isReading = true;

  constructor(socket: Socket, address: string | undefined) {
    this.address = address;
    this.isSecure = socket instanceof TLSSocket;
    this.#socket = socket;
    this.#output = new CompressibleOutput(socket);
    this.#writes = new GatheredWrites(this.#output, () => this.#pace());
  }

  write(data: Wire): void {
    this.#writes.write(data);
    this.#pace();
  }

  compress(on: boolean): void {
    this.#writes.flush();
    this.#output.compress(on);
  }

  afterFlush(done: () => void): void {
    this.#writes.afterFlush(done);
  }

  pause(): void {
    this.#isPaused = true;
    this.#pace();
  }

  resume(): void {
    this.#isPaused = false;
    this.#pace();
  }

  end(): void {
    // Its end is heard only while we read.
    this.resume();
    this.#writes.flush();
    this.#output.end();
    setTimeout(() => this.#socket.destroy(), CLOSE_TIMEOUT_MS).unref();
  }

  #pace(): void {
    const isReading = !this.#isPaused && this.#writes.unsent <= UNSENT_LIMIT;
    if (isReading === this.#isReading) return;
    this.#isReading = isReading;
    if (isReading) this.#socket.resume();
    else this.#socket.pause();
  }
}
