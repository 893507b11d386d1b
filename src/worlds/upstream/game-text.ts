import iconv from 'iconv-lite';
import { encodeText, latin1, Utf8Decoder, type Wire } from '../../telnet/index.ts';

/** How games encode text, each with its name in CHARSET (RFC 2066) and MNES. */
export const GAME_ENCODINGS = {
  'utf-8': 'UTF-8',
  latin1: 'ISO-8859-1',
  cp437: 'CP437',
  'windows-1251': 'WINDOWS-1251',
  'koi8-r': 'KOI8-R',
  gbk: 'GBK',
  big5: 'BIG5',
} as const;

export type GameEncoding = keyof typeof GAME_ENCODINGS;

/** Names of CHARSET that we understand, the best first. */
export const CHARSETS: Readonly<Record<string, GameEncoding>> = {
  'UTF-8': 'utf-8',
  UTF8: 'utf-8',
  'ISO-8859-1': 'latin1',
  LATIN1: 'latin1',
  'WINDOWS-1251': 'windows-1251',
  CP1251: 'windows-1251',
  'KOI8-R': 'koi8-r',
  GBK: 'gbk',
  BIG5: 'big5',
  CP437: 'cp437',
  IBM437: 'cp437',
};

/** What nearly all players type. */
const PLAIN = /^[\t -~]*$/;

/** Text from bytes that come in pieces. */
interface Decoder {
  decode(bytes: Uint8Array): string;
  /** What is left of a character that was cut short. */
  flush(): string;
}

const utf8 = new TextDecoder('utf-8', { ignoreBOM: true });

/** Text that begins and ends between two characters, as nearly all does, is left to the runtime, which is faster. */
class GameUtf8 implements Decoder {
  readonly #pieces = new Utf8Decoder();

  decode(bytes: Uint8Array): string {
    // Not `at(-1)`, which takes as long as all the rest here.
    const last = bytes[bytes.length - 1] ?? 0;
    return last < 0x80 && !this.#pieces.isWaiting ? utf8.decode(bytes) : this.#pieces.decode(bytes);
  }

  flush(): string {
    return this.#pieces.flush();
  }
}

/**
 * The game's text, in its encoding. Towards players only `\n` ends a line; CR and NUL are left out wherever they stand,
 * which makes the same of CR LF, of the LF CR of DikuMUDs and of CR NUL, however they are cut into packets.
 */
export class GameText {
  #encoding: GameEncoding;
  #decoder: Decoder;

  constructor(encoding: GameEncoding) {
    this.#encoding = encoding;
    this.#decoder = decoderOf(encoding);
  }

  get encoding(): GameEncoding {
    return this.#encoding;
  }

  /** Changes the encoding between two characters; returns what is left of one that was cut short. */
  change(encoding: GameEncoding): string {
    const rest = this.#decoder.flush();
    this.#encoding = encoding;
    this.#decoder = decoderOf(encoding);
    return rest;
  }

  /** A character that is cut at the end comes with the next bytes. */
  decode(bytes: Uint8Array): string {
    return this.#decoder.decode(bytes).replace(/[\r\0]+/g, '');
  }

  /** One line as it is sent, whatever stands in it: nobody ends the line early and begins a second one. */
  encodeLine(text: string): Wire {
    if (PLAIN.test(text)) return `${text}\r\n`;
    return encodeText(`${text.replace(/[\r\n\0]+/g, '')}\r\n`, this);
  }

  encode(text: string): Uint8Array {
    switch (this.#encoding) {
      case 'utf-8':
        return Buffer.from(text);
      case 'latin1':
        // Not `Buffer.from(text, 'latin1')`: it makes LF of U+010A.
        return latin1.encode(text);
      default:
        return iconv.encode(text, this.#encoding);
    }
  }
}

function decoderOf(encoding: GameEncoding): Decoder {
  if (encoding === 'utf-8') return new GameUtf8();
  if (encoding === 'latin1') return { decode: (bytes) => latin1.decode(bytes), flush: () => '' };
  const decoder = iconv.getDecoder(encoding);
  return {
    decode: (bytes) => decoder.write(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length)),
    flush: () => decoder.end() ?? '',
  };
}
