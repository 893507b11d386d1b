import { encodeText, isAscii, MTTS, type TextCoding, type Wire } from '../../telnet/index.ts';
import { charsetOf, codingOf, type Charset } from './charset.ts';
import { SequenceFilter } from './control-sequences.ts';

/** What a client tells of how it reads text. */
export interface ClientReading {
  /** Settled by CHARSET. */
  readonly agreed?: string | undefined;
  /** By MNES. */
  readonly told?: string | undefined;
  readonly mtts?: number | undefined;
  readonly terminal?: string | undefined;
}

/** Writes text as this client reads it: in its character set, and without colours where it has none. */
export class ClientText {
  readonly #fallback: Charset;
  #charset: Charset;
  #filter: SequenceFilter | undefined;

  /** `fallback`: for clients that do not say what they read. */
  constructor(fallback: Charset) {
    this.#fallback = fallback;
    this.#charset = fallback;
  }

  get charset(): Charset {
    return this.#charset;
  }

  get coding(): TextCoding {
    return codingOf(this.#charset);
  }

  /** The client has told more of itself. What was settled counts before what was told, and that before bits. */
  learn({ agreed, told, mtts, terminal }: ClientReading): void {
    const byBit = mtts !== undefined && (mtts & MTTS.UTF8) !== 0 ? 'utf-8' : undefined;
    this.#charset = charsetOf(agreed) ?? charsetOf(told) ?? byBit ?? this.#fallback;
    const hasColours = mtts === undefined ? !/^dumb$/i.test(terminal ?? '') : (mtts & MTTS.ANSI) !== 0;
    this.#filter = hasColours ? undefined : (this.#filter ?? new SequenceFilter());
  }

  /** The text as it is sent. `\n` ends a line. */
  encode(text: string): Wire {
    const shown = this.#filter?.filter(text) ?? text;
    // Looked at before its end is put behind it: for a look at what was put together V8 copies it.
    if (isPlainLine(shown) && isAscii(shown)) return `${shown.slice(0, -1)}\r\n`;
    return encodeText(shown.replace(LINE_END, '\r\n'), this.coding);
  }
}

const LINE_END = /\r?\n/g;

/** Nearly all text: it is looked at in less time than a regular expression takes. */
function isPlainLine(text: string): boolean {
  const last = text.length - 1;
  return last > 0 && text.indexOf('\n') === last && text.charCodeAt(last - 1) !== 0x0d;
}
