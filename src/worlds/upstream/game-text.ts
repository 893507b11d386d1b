import { latin1, utf8, Utf8Decoder } from '../../telnet/index.ts';

export type GameEncoding = 'utf-8' | 'latin1';

/** Names of CHARSET (RFC 2066) that we understand, the best first. */
export const CHARSETS: Readonly<Record<string, GameEncoding>> = {
  'UTF-8': 'utf-8',
  UTF8: 'utf-8',
  'ISO-8859-1': 'latin1',
  LATIN1: 'latin1',
};

/**
 * The game's text, in its encoding. Towards players only `\n` ends a line; CR and NUL are left out wherever they stand,
 * which makes the same of CR LF, of the LF CR of DikuMUDs and of CR NUL, however they are cut into packets.
 */
export class GameText {
  #encoding: GameEncoding;
  #decoder = new Utf8Decoder();

  constructor(encoding: GameEncoding) {
    this.#encoding = encoding;
  }

  get encoding(): GameEncoding {
    return this.#encoding;
  }

  /** Changes the encoding between two characters; returns what is left of one that was cut short. */
  change(encoding: GameEncoding): string {
    this.#encoding = encoding;
    return this.#decoder.flush();
  }

  /** A character that is cut at the end comes with the next bytes. */
  decode(bytes: Uint8Array): string {
    const text = this.#encoding === 'utf-8' ? this.#decoder.decode(bytes) : latin1.decode(bytes);
    return text.replace(/[\r\0]+/g, '');
  }

  /** One line, whatever stands in it: nobody ends the line early and begins a second one. */
  encodeLine(text: string): Uint8Array {
    const line = `${text.replace(/[\r\n\0]+/g, '')}\r\n`;
    // Not `Buffer.from(line, 'latin1')`: it makes LF of U+010A.
    return (this.#encoding === 'utf-8' ? utf8 : latin1).encode(line);
  }
}
