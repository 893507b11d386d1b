/** Turns text into bytes and back. `decode` replaces what is malformed and never throws. */
export interface TextCoding {
  readonly name: string;
  decode(bytes: Uint8Array): string;
  encode(text: string): Uint8Array;
  /** The length of `bytes` without its last character. */
  lengthWithoutLast(bytes: Uint8Array): number;
}

/** UTF-8 (RFC 3629), for whole texts. For a text that arrives in pieces use `Utf8Decoder`. */
export const utf8: TextCoding = {
  name: 'UTF-8',
  decode(bytes) {
    const decoder = new Utf8Decoder();
    return decoder.decode(bytes) + decoder.flush();
  },
  encode: encodeUtf8,
  lengthWithoutLast(bytes) {
    let length = bytes.length - 1;
    while (length > 0 && (bytes[length]! & 0xc0) === 0x80) length -= 1;
    return Math.max(0, length);
  },
};

/**
 * ISO 8859-1: every byte is a character, so text in any encoding of one byte passes through unharmed. A character
 * beyond U+00FF is encoded as `?`.
 */
export const latin1: TextCoding = {
  name: 'ISO-8859-1',
  decode(bytes) {
    return fromCodeUnits(bytes, bytes.length);
  },
  encode(text) {
    return Uint8Array.from(text, (character) => {
      const code = character.codePointAt(0)!;
      return code <= 0xff ? code : 0x3f;
    });
  },
  lengthWithoutLast(bytes) {
    return Math.max(0, bytes.length - 1);
  },
};

/**
 * Decodes UTF-8 that arrives in pieces cut at any byte. What is malformed becomes U+FFFD in the same places as in the WHATWG
 * decoder; no byte order mark is removed. At most three bytes wait for the next piece.
 */
export class Utf8Decoder {
  #codePoint = 0;
  #missing = 0;
  // Only these may come next: the second byte excludes overlong forms, surrogates and what is above U+10FFFF.
  #lower = 0x80;
  #upper = 0xbf;

  decode(bytes: Uint8Array): string {
    if (this.#missing === 0 && isAscii(bytes)) return fromCodeUnits(bytes, bytes.length);
    // No byte adds more than one code unit, but for the first: it may end a character of two that was waiting, or a bad one.
    const units = new Uint16Array(bytes.length + 1);
    let length = 0;
    for (let at = 0; at < bytes.length; at += 1) {
      const byte = bytes[at]!;
      if (this.#missing === 0) {
        if (byte < 0x80) units[length++] = byte;
        else if (!this.#lead(byte)) units[length++] = 0xfffd;
        continue;
      }
      if (byte < this.#lower || byte > this.#upper) {
        this.#missing = 0;
        units[length++] = 0xfffd;
        at -= 1; // It may begin a character itself.
        continue;
      }
      this.#lower = 0x80;
      this.#upper = 0xbf;
      this.#codePoint = (this.#codePoint << 6) | (byte & 0x3f);
      this.#missing -= 1;
      if (this.#missing > 0) continue;
      if (this.#codePoint > 0xffff) {
        units[length++] = 0xd7c0 + (this.#codePoint >> 10);
        units[length++] = 0xdc00 | (this.#codePoint & 0x3ff);
      } else {
        units[length++] = this.#codePoint;
      }
    }
    return fromCodeUnits(units, length);
  }

  /** True while the first bytes of a character wait for the others. */
  get isWaiting(): boolean {
    return this.#missing > 0;
  }

  /** Ends the text: a character that was begun and not finished is one U+FFFD. */
  flush(): string {
    const isCut = this.#missing > 0;
    this.#missing = 0;
    return isCut ? '\ufffd' : '';
  }

  /** Begins a character of several bytes, or says that this byte cannot. */
  #lead(byte: number): boolean {
    if (byte < 0xc2 || byte > 0xf4) return false;
    this.#missing = byte < 0xe0 ? 1 : byte < 0xf0 ? 2 : 3;
    this.#codePoint = byte & (0x3f >> this.#missing);
    this.#lower = byte === 0xe0 ? 0xa0 : byte === 0xf0 ? 0x90 : 0x80;
    this.#upper = byte === 0xed ? 0x9f : byte === 0xf4 ? 0x8f : 0xbf;
    return true;
  }
}

/** The marks in a first byte, by the number of bytes that follow it. */
const LEAD_BITS: readonly number[] = [0x00, 0xc0, 0xe0, 0xf0];

function encodeUtf8(text: string): Uint8Array {
  const bytes = new Uint8Array(text.length * 3);
  let length = 0;
  for (let at = 0; at < text.length; at += 1) {
    let code = text.codePointAt(at)!;
    if (code > 0xffff) at += 1;
    else if (code >= 0xd800 && code <= 0xdfff) code = 0xfffd; // Half a pair has no encoding.
    if (code < 0x80) {
      bytes[length++] = code;
      continue;
    }
    const following = code < 0x800 ? 1 : code < 0x10000 ? 2 : 3;
    bytes[length++] = LEAD_BITS[following]! | (code >> (6 * following));
    for (let shift = 6 * (following - 1); shift >= 0; shift -= 6) {
      bytes[length++] = 0x80 | ((code >> shift) & 0x3f);
    }
  }
  return bytes.slice(0, length); // Not a view: it would keep three times its size alive.
}

/** So many arguments at a time. */
const PIECE = 4096;

/** True for nearly all text of nearly all games. */
function isAscii(bytes: Uint8Array): boolean {
  for (let at = 0; at < bytes.length; at += 1) if (bytes[at]! >= 0x80) return false;
  return true;
}

/** Builds a string in pieces, because the arguments of one call are limited. */
function fromCodeUnits(units: Uint8Array | Uint16Array, length: number): string {
  if (length === units.length && length <= PIECE) return codeUnits(units);
  let text = '';
  for (let at = 0; at < length; at += PIECE)
    text += codeUnits(units.subarray(at, Math.min(length, at + PIECE)));
  return text;
}

/** Not `...`, which iterates: it is ten times slower. */
function codeUnits(units: Uint8Array | Uint16Array): string {
  return Reflect.apply(String.fromCharCode, null, units);
}
