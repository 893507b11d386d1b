/** A text that is longer is looked at and copied by the engine, which takes a call for each. */
const SHORT_TEXT = 64;
const NOT_LATIN1 = /[^\0-\xff]/;
/** A number takes at most so many bytes: 7 bits of it in each. */
const NUMBER_BYTES = 8;
const LOW_BITS = 128;

/** Writes numbers and texts behind each other, into a buffer that grows. */
export class ByteWriter {
  #bytes = Buffer.allocUnsafeSlow(65_536);
  #view = viewOf(this.#bytes);
  #at = 0;

  /** How much was written, in bytes. */
  get length(): number {
    return this.#at;
  }

  /** Forgets what was written, but for room at the front. */
  restart(room: number): void {
    this.#at = room;
  }

  /** All that was written: valid until it is written on. */
  get bytes(): Buffer {
    return this.#bytes.subarray(0, this.#at);
  }

  /**
   * From 0 to `Number.MAX_SAFE_INTEGER`, without a fraction; seven bits to a byte, the lowest first, as LEB128. Throws a
   * `RangeError` for any other: it would be read as nonsense, behind a good checksum.
   */
  count(value: number): void {
    if (!Number.isSafeInteger(value) || value < 0) throw new RangeError(`${value} is no count`);
    this.#reserve(NUMBER_BYTES);
    let rest = value;
    while (rest >= LOW_BITS) {
      this.#bytes[this.#at] = (rest % LOW_BITS) | LOW_BITS;
      this.#at += 1;
      rest = Math.floor(rest / LOW_BITS);
    }
    this.#bytes[this.#at] = rest;
    this.#at += 1;
  }

  /** A count, or none. */
  optional(value: number | undefined): void {
    this.count(value === undefined ? 0 : value + 1);
  }

  /** Any number, as a double. */
  number(value: number): void {
    this.#reserve(8);
    this.#view.setFloat64(this.#at, value);
    this.#at += 8;
  }

  /** Any text, also half of a character. */
  text(text: string): void {
    if (text.length <= SHORT_TEXT && this.#shortText(text)) return;
    const isWide = NOT_LATIN1.test(text);
    const length = isWide ? text.length * 2 : text.length;
    this.count(length * 2 + (isWide ? 1 : 0));
    this.#reserve(length);
    this.#at += this.#bytes.write(text, this.#at, isWide ? 'utf16le' : 'latin1');
  }

  /** False where it has other characters than Latin-1's: nothing is written then. */
  #shortText(text: string): boolean {
    const start = this.#at;
    this.count(text.length * 2);
    this.#reserve(text.length);
    for (let index = 0; index < text.length; index += 1) {
      const code = text.charCodeAt(index);
      if (code > 0xff) {
        this.#at = start;
        return false;
      }
      this.#bytes[this.#at] = code;
      this.#at += 1;
    }
    return true;
  }

  #reserve(length: number): void {
    if (this.#at + length <= this.#bytes.length) return;
    const grown = Buffer.allocUnsafeSlow(Math.max(this.#bytes.length * 2, this.#at + length));
    this.#bytes.copy(grown, 0, 0, this.#at);
    this.#bytes = grown;
    this.#view = viewOf(grown);
  }
}

/** Reads what a `ByteWriter` wrote, in the same order. Throws a `RangeError` at the end. */
export class ByteReader {
  readonly #bytes: Buffer;
  #at: number;

  constructor(bytes: Buffer, at = 0) {
    this.#bytes = bytes;
    this.#at = at;
  }

  get isAtEnd(): boolean {
    return this.#at >= this.#bytes.length;
  }

  count(): number {
    let value = 0;
    for (let unit = 1; ; unit *= LOW_BITS) {
      const byte = this.#bytes.readUInt8(this.#at);
      this.#at += 1;
      value += (byte % LOW_BITS) * unit;
      if (byte < LOW_BITS) return value;
    }
  }

  optional(): number | undefined {
    const value = this.count();
    return value === 0 ? undefined : value - 1;
  }

  number(): number {
    const value = this.#bytes.readDoubleBE(this.#at);
    this.#at += 8;
    return value;
  }

  text(): string {
    const header = this.count();
    const end = this.#at + Math.floor(header / 2);
    if (end > this.#bytes.length) throw new RangeError('the text is longer than what there is');
    const text = this.#bytes.toString(header % 2 === 1 ? 'utf16le' : 'latin1', this.#at, end);
    this.#at = end;
    return text;
  }
}

function viewOf({ buffer, byteOffset, byteLength }: Buffer): DataView {
  return new DataView(buffer, byteOffset, byteLength);
}
