import { BoundedBytes } from './bounded-bytes.ts';
import { utf8 } from './utf8.ts';
import type { TextCoding } from './utf8.ts';

const BS = 0x08;
const TAB = 0x09;
const LF = 0x0a;
const CR = 0x0d;
const SPACE = 0x20;
const DEL = 0x7f;

const NOTHING = new Uint8Array(0);

/** A line that the player ended, or the word that one was too long: then no `line` comes for it. */
export type LineEvent = { readonly kind: 'line'; readonly text: string } | { readonly kind: 'overlong' };

export interface LineAssemblerSettings {
  /** The longest line in bytes, without its end. Default 4096. */
  readonly lineLimitBytes?: number;
  /** Default UTF-8. */
  readonly coding?: TextCoding;
}

/**
 * Makes lines of what a player sends. A line ends at CR LF, CR NUL (RFC 854), LF or CR, and is told at its first byte of
 * end, so that nobody waits for a LF that some clients never send. NUL itself means nothing, behind an SE too.
 *
 * For clients in character mode, where nobody edits the line before: BS and DEL take the last character back. Other
 * C0 control characters except TAB are left out; what follows an ESC stays, as text.
 *
 * A line that crosses the limit is told once, at that byte, and is discarded to its end: half a command is not a command.
 */
export class LineAssembler {
  readonly #line: BoundedBytes;
  #coding: TextCoding;
  #isAfterCr = false;

  constructor(settings: LineAssemblerSettings = {}) {
    this.#line = new BoundedBytes(settings.lineLimitBytes ?? 4096);
    this.#coding = settings.coding ?? utf8;
  }

  /** Takes the text of a parser's `data` event. */
  push(bytes: Uint8Array, sink: (event: LineEvent) => void): void {
    let from = 0;
    for (let at = 0; at < bytes.length; at += 1) {
      const byte = bytes[at]!;
      if (isText(byte)) {
        this.#isAfterCr = false;
        continue;
      }
      this.#control(byte, at > from ? bytes.subarray(from, at) : NOTHING, sink);
      from = at + 1;
    }
    if (from < bytes.length) this.#append(bytes.subarray(from), sink);
  }

  /** Takes the last character back, as BS and DEL do: for IAC EC (RFC 854). */
  eraseCharacter(): void {
    this.#line.truncate(this.#coding.lengthWithoutLast(this.#line.view()));
  }

  /** Takes the unfinished line back: for IAC EL (RFC 854). The rest of an overlong line is discarded all the same. */
  eraseLine(): void {
    this.#line.truncate(0);
  }

  /** Changes the encoding, from the line that is being typed on. */
  setCoding(coding: TextCoding): void {
    this.#coding = coding;
  }

  /** A control character, and the text before it. */
  #control(byte: number, text: Uint8Array, sink: (event: LineEvent) => void): void {
    const isAfterCr = this.#isAfterCr;
    this.#isAfterCr = byte === CR;
    if (byte === LF && isAfterCr) return; // The second half of an end that was told already.
    if (byte === CR || byte === LF) return this.#end(text, sink);
    this.#append(text, sink);
    if (byte === BS || byte === DEL) this.eraseCharacter();
  }

  #append(bytes: Uint8Array, sink: (event: LineEvent) => void): void {
    if (this.#line.append(bytes) === 'crossed') sink({ kind: 'overlong' });
  }

  #end(text: Uint8Array, sink: (event: LineEvent) => void): void {
    const line = this.#whole(text) ?? this.#collected(text, sink);
    if (line !== undefined) sink({ kind: 'line', text: this.#coding.decode(line) });
  }

  /** A line that lies in the chunk as it is, as nearly all do, is not copied. */
  #whole(text: Uint8Array): Uint8Array | undefined {
    return this.#line.isNew && text.length <= this.#line.limit ? text : undefined;
  }

  #collected(text: Uint8Array, sink: (event: LineEvent) => void): Uint8Array | undefined {
    this.#append(text, sink);
    return this.#line.take();
  }
}

/** Control characters of C0 but TAB, and DEL. */
const CONTROL = /[^\P{Cc}\t\u0080-\u009f]/gu;

/**
 * A text that came in another way, as the line that it would be had it been typed: control characters are left out, the
 * ends of lines among them. `undefined` where it is longer than a line may be.
 */
export function asLine(text: string, lineLimitBytes: number): string | undefined {
  const bytes = utf8.encode(text.replace(CONTROL, ''));
  return bytes.length > lineLimitBytes ? undefined : utf8.decode(bytes);
}

function isText(byte: number): boolean {
  return (byte >= SPACE && byte !== DEL) || byte === TAB;
}
