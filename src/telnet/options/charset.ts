import { latin1 } from '../utf8.ts';

const REQUEST = 1;
const ACCEPTED = 2;
const REJECTED = 3;
const TTABLE_IS = 4;
const TTABLE_REJECTED = 5;

const NAME_LIMIT = 40;
const OFFER_LIMIT = 32;

/** A message of the CHARSET option (RFC 2066). */
export type CharsetMessage =
  /** Choose one of these; the order is the sender's preference. */
  | { readonly kind: 'request'; readonly charsets: readonly string[] }
  | { readonly kind: 'accepted'; readonly charset: string }
  | { readonly kind: 'rejected' }
  /** A translation table: never asked for, and refused. */
  | { readonly kind: 'ttable' };

/** The payload of a message. A request is separated by `;`, which occurs in no registered name. */
export function encodeCharsetMessage(message: Exclude<CharsetMessage, { kind: 'ttable' }>): Uint8Array {
  switch (message.kind) {
    case 'request':
      return Uint8Array.of(REQUEST, ...latin1.encode(message.charsets.map((name) => `;${name}`).join('')));
    case 'accepted':
      return Uint8Array.of(ACCEPTED, ...latin1.encode(message.charset));
    case 'rejected':
      return Uint8Array.of(REJECTED);
  }
}

/** Reads a CHARSET payload; `undefined` when it is no message. Of a request the first 32 names count, none over 40 characters. */
export function decodeCharsetMessage(payload: Uint8Array): CharsetMessage | undefined {
  const text = latin1.decode(payload.subarray(1));
  switch (payload[0]) {
    case REQUEST:
      return { kind: 'request', charsets: splitRequest(text) };
    case ACCEPTED:
      return text.length <= NAME_LIMIT ? { kind: 'accepted', charset: text } : undefined;
    case REJECTED:
      return { kind: 'rejected' };
    case TTABLE_IS:
      return { kind: 'ttable' };
    default:
      return undefined;
  }
}

/** Which end of the connection we are: it decides when both ask at once. */
export type CharsetRole = 'server' | 'client';

/** What comes of one received message: a payload to send, and an agreement to use from here on, in both directions. */
export interface CharsetOutcome {
  readonly send?: Uint8Array;
  readonly agreed?: string;
  /** Our request was refused. */
  readonly isRejected?: true;
}

/**
 * Agrees on a character set from either end (RFC 2066). Either side may ask, at any time. When both ask at once, the server's
 * question stands: the server rejects the client's, and the client answers the server's and drops its own.
 */
export class CharsetNegotiation {
  readonly #role: CharsetRole;
  readonly #acceptable: readonly string[];
  #isAsking = false;

  /** `acceptable` in our order of preference; names are compared without regard to case. */
  constructor(role: CharsetRole, acceptable: readonly string[]) {
    this.#role = role;
    this.#acceptable = acceptable;
  }

  /** The payload that asks for one of our own. */
  request(): Uint8Array {
    this.#isAsking = true;
    return encodeCharsetMessage({ kind: 'request', charsets: this.#acceptable });
  }

  /** Takes a CHARSET payload. Ignores answers to what was not asked. */
  receive(payload: Uint8Array): CharsetOutcome {
    const message = decodeCharsetMessage(payload);
    switch (message?.kind) {
      case 'request':
        return this.#answer(message.charsets);
      case 'accepted':
        return this.#settle(this.#find([message.charset]));
      case 'rejected':
        return this.#settle(undefined);
      case 'ttable':
        return { send: Uint8Array.of(TTABLE_REJECTED) };
      case undefined:
        return {};
    }
  }

  #answer(charsets: readonly string[]): CharsetOutcome {
    const agreed = this.#find(charsets);
    if (agreed === undefined || (this.#isAsking && this.#role === 'server')) {
      return { send: encodeCharsetMessage({ kind: 'rejected' }) };
    }
    // Our own question, if one is out, will still be rejected, which then changes nothing.
    this.#isAsking = false;
    return { send: encodeCharsetMessage({ kind: 'accepted', charset: agreed }), agreed };
  }

  #settle(agreed: string | undefined): CharsetOutcome {
    if (!this.#isAsking) return {};
    this.#isAsking = false;
    return agreed === undefined ? { isRejected: true } : { agreed };
  }

  /** Our favourite among the names, as the other side writes it. */
  #find(charsets: readonly string[]): string | undefined {
    for (const name of this.#acceptable) {
      const found = charsets.find((charset) => charset.toUpperCase() === name.toUpperCase());
      if (found !== undefined) return found;
    }
    return undefined;
  }
}

function splitRequest(text: string): string[] {
  // RFC 2066: an offer of translation tables stands before the separator, with one byte of version. We never use it.
  const list = text.startsWith('[TTABLE]') ? text.slice('[TTABLE]'.length + 1) : text;
  const separator = list[0];
  if (separator === undefined) return [];
  // scandum/tintin#11: some clients send one name and no separator.
  const names = /[a-z0-9]/i.test(separator) ? [list] : list.slice(1).split(separator, OFFER_LIMIT);
  return names.filter((name) => name !== '' && name.length <= NAME_LIMIT);
}
