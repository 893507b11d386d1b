import { OPTION } from '../codes.ts';
import { encodeSubnegotiation } from '../encode.ts';
import type { TelnetEvent } from '../parser.ts';

/** So much may be inflated before the ratio counts, in bytes. */
const ALLOWANCE_BYTES = 1_048_576;
/** Text of games shrinks to a fifth, a screen of blanks to a fiftieth. A bomb grows a thousandfold (zlib's own bound: 1032). */
const RATIO_LIMIT = 100;

/**
 * The last bytes that are not compressed, in the direction from the server (MCCP2, option 86, as described at
 * https://tintin.mudhalla.net/protocols/mccp/). The very next byte is zlib's (RFC 1950). To be sent once both agreed.
 */
export const MCCP2_START: Uint8Array = encodeSubnegotiation(OPTION.MCCP2, new Uint8Array());

/**
 * Whether an event of the parser is that mark. Answer it with `'stop'`: what `parse` did not consume, and all that is received
 * after it, is zlib's, and the parser goes on with what it inflates to. Only where the option was agreed on; a second mark
 * inside the stream means nothing. Where the zlib stream ends in good order, the bytes behind it are plain again.
 */
export function isMccp2Start(event: TelnetEvent): boolean {
  return event.kind === 'subnegotiation' && event.option === OPTION.MCCP2;
}

/**
 * Tells a bomb from text: a stream that has inflated to more than 1 MiB and a hundred times what was received is one. A
 * stream is read piece by piece, so memory is no concern of this; time is, and what the bytes are for.
 */
export class InflationBound {
  #received = 0;
  #inflated = 0;

  /** Compressed bytes came. */
  received(bytes: number): void {
    this.#received += bytes;
  }

  /** They inflated to so many. False: it is a bomb, the connection is not worth to be read further. */
  inflated(bytes: number): boolean {
    this.#inflated += bytes;
    return this.#inflated <= ALLOWANCE_BYTES + RATIO_LIMIT * this.#received;
  }
}
