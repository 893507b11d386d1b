import { createInflate, type Inflate } from 'node:zlib';
import { OPTION, TelnetParser, type TelnetEvent } from '../../src/telnet/index.ts';
import type { Side } from '../../src/testing/index.ts';

/** Observes what two Telnet ends say to each other over a link, on all its connections. */
export class TelnetObserver {
  #negotiations = 0;
  #marksAsked = 0;
  #marksAnswered = 0;
  #isTextBehindMark = false;
  #connectedAt = 0;

  /** Negotiations and subnegotiations of both ends, but those about TIMING-MARK: it is asked again and again (RFC 860). */
  get negotiations(): number {
    return this.#negotiations;
  }

  /** Timing marks of the gateway that the client answered. */
  get marks(): number {
    return this.#marksAnswered;
  }

  /** All text of the gateway is before a timing mark, and the client has answered it. */
  get isAcknowledged(): boolean {
    return !this.#isTextBehindMark && this.#marksAnswered === this.#marksAsked;
  }

  /** When the last connection was made, in ms. */
  get connectedAt(): number {
    return this.#connectedAt;
  }

  /** For the link's option `watch`. */
  readonly watch = (): ((from: Side, bytes: Uint8Array) => void) => {
    this.#connectedAt = Date.now();
    // What was asked on an earlier connection is not answered any more.
    this.#marksAsked = this.#marksAnswered;
    const readers = {
      client: new TelnetReader((event) => this.#saw('client', event)),
      gateway: new TelnetReader((event) => this.#saw('gateway', event)),
    };
    return (from, bytes) => readers[from].read(bytes);
  };

  #saw(from: Side, event: TelnetEvent): void {
    if (event.kind === 'data' && from === 'gateway') this.#isTextBehindMark = true;
    if (event.kind !== 'negotiate' && event.kind !== 'subnegotiation') return;
    if (event.option === OPTION.TIMING_MARK) return this.#sawMark(from);
    // GMCP and MSDP are channels, not questions.
    const isChannel = event.option === OPTION.GMCP || event.option === OPTION.MSDP;
    if (event.kind === 'negotiate' || !isChannel) this.#negotiations += 1;
  }

  #sawMark(from: Side): void {
    if (from === 'client') this.#marksAnswered += 1;
    else {
      this.#marksAsked += 1;
      this.#isTextBehindMark = false;
    }
  }
}

/** Reads along with one direction of a connection, also where it is compressed from some byte on (MCCP2). */
class TelnetReader {
  readonly #event: (event: TelnetEvent) => void;
  readonly #parser = new TelnetParser();
  #inflate: Inflate | undefined;

  constructor(event: (event: TelnetEvent) => void) {
    this.#event = event;
  }

  read(bytes: Uint8Array): void {
    if (this.#inflate) this.#inflate.write(bytes);
    else this.#plain(bytes);
  }

  #plain(bytes: Uint8Array): void {
    const consumed = this.#parser.parse(bytes, (event) => {
      this.#event(event);
      if (event.kind !== 'subnegotiation' || event.option !== OPTION.MCCP2 || this.#inflate) return undefined;
      this.#inflate = createInflate().on('data', (chunk: Buffer) => this.#plain(chunk));
      return 'stop';
    });
    if (consumed < bytes.length) this.#inflate?.write(bytes.subarray(consumed));
  }
}
