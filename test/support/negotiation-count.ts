import { OPTION, TelnetParser } from '../../src/telnet/index.ts';
import type { Side } from '../../src/testing/index.ts';

/** Counts what two Telnet ends negotiate with each other over a proxy, on all connections. */
export class NegotiationCount {
  #count = 0;
  #timingMarks = 0;
  #connectedAt = 0;

  /** Negotiations and subnegotiations of both ends, but those about TIMING-MARK. */
  get count(): number {
    return this.#count;
  }

  /** Those about TIMING-MARK: it is asked again and again by its nature (RFC 860). */
  get timingMarks(): number {
    return this.#timingMarks;
  }

  /** When the last connection was made, in ms. */
  get connectedAt(): number {
    return this.#connectedAt;
  }

  /** For the proxy's option `watch`. */
  readonly watch = (): ((from: Side, bytes: Uint8Array) => void) => {
    this.#connectedAt = Date.now();
    const parsers = { client: new TelnetParser(), gateway: new TelnetParser() };
    return (from, bytes) => {
      parsers[from].parse(bytes, (event) => {
        if (event.kind !== 'negotiate' && event.kind !== 'subnegotiation') return undefined;
        if (event.option === OPTION.TIMING_MARK) this.#timingMarks += 1;
        // GMCP is a channel, not a question.
        else if (event.kind === 'negotiate' || event.option !== OPTION.GMCP) this.#count += 1;
        return undefined;
      });
    };
  };
}
