import iconv from 'iconv-lite';
import { latin1, utf8, type TextCoding } from '../../telnet/index.ts';

/** Character sets that players' clients are written to in. */
export const CHARSETS = ['utf-8', 'latin1', 'cp437'] as const;
export type Charset = (typeof CHARSETS)[number];

const UTF8 = new TextDecoder('utf-8', { ignoreBOM: true });

const CODINGS: Readonly<Record<Charset, TextCoding>> = {
  // Node's own is faster: it writes into memory that it has already.
  'utf-8': { ...utf8, decode: (bytes) => UTF8.decode(bytes), encode: (text) => Buffer.from(text) },
  latin1: withSubstitutes(latin1),
  cp437: withSubstitutes(oneByte('CP437')),
};

/** Names by which CHARSET (RFC 2066) and MNES settle one, the best first. */
const NAMES: Readonly<Record<string, Charset>> = {
  'UTF-8': 'utf-8',
  'ISO-8859-1': 'latin1',
  IBM437: 'cp437',
  UTF8: 'utf-8',
  'LATIN-1': 'latin1',
  LATIN1: 'latin1',
  CP437: 'cp437',
};

export const CHARSET_NAMES: readonly string[] = Object.keys(NAMES);

/** The character set of this name, if it is one of ours. */
export function charsetOf(name: string | undefined): Charset | undefined {
  const key = name?.trim().toUpperCase() ?? '';
  return Object.hasOwn(NAMES, key) ? NAMES[key] : undefined;
}

/** Encodes and decodes. What a set does not have is written as something near, or as `?`. */
export function codingOf(charset: Charset): TextCoding {
  return CODINGS[charset];
}

/** One byte for each character, as iconv-lite has it. */
function oneByte(name: string): TextCoding {
  return {
    name,
    decode: (bytes) => iconv.decode(Buffer.from(bytes), name),
    encode: (text) => iconv.encode(text, name),
    lengthWithoutLast: (bytes) => Math.max(0, bytes.length - 1),
  };
}

/** What writers of English and its neighbours type, in ASCII. */
const SUBSTITUTES: Readonly<Record<string, string>> = {
  '‘': "'",
  '’': "'",
  '‚': ',',
  '“': '"',
  '”': '"',
  '„': '"',
  '–': '-',
  '—': '-',
  '…': '...',
  '•': '*',
  '→': '->',
  '←': '<-',
  '€': 'EUR',
  '™': '(TM)',
  Ł: 'L',
  ł: 'l',
  Œ: 'OE',
  œ: 'oe',
};

function withSubstitutes(coding: TextCoding): TextCoding {
  const all = new Set(coding.decode(Uint8Array.from({ length: 256 }, (_, byte) => byte)));
  const near = (character: string): string => {
    if (all.has(character)) return character;
    // `ő` is an `o` with a mark.
    return SUBSTITUTES[character] ?? character.normalize('NFKD').replace(/\p{M}/gu, '');
  };
  return { ...coding, encode: (text) => coding.encode(text.replace(/[^\p{ASCII}]/gu, near)) };
}
