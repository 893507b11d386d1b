import { ReconnectionToken } from '../../core/index.ts';
import { SEQUENCE } from './control-sequences.ts';

/** Names the line that a player's client sends as its first to come back, and a trigger can match. */
const COMMAND = 'reconnect';

const TOKEN_LINE = /^reconnect (\S+)$/;
// A word that begins as both forms of a token usually do, or is long and of a token's characters.
const LOOKS_LIKE_ONE = /^\s*reconnect\s+(h1|eyJ|[\w+/=-]{16})/i;

/** What may end a line on some screen. */
const LINE_END = /[\n\v\f\r\u0085\u2028\u2029]$/;
const AFTER_LINE_END = /(?<=[\n\v\f\r\u0085\u2028\u2029])/;

// What a client does not show does not keep a line from looking like one: control sequences and strings (ECMA-48),
// and then all other control characters.
const ESCAPE = '\u001b';
const CONTROL = /\p{Cc}/gu;
/** All but what may be the beginning of a sequence. */
const LONE_CONTROL = new RegExp(`[^\\P{Cc}${ESCAPE}\u009b]`, 'gu');

/** One whole line that begins with what is shown, and is not the command's first letter. */
const PLAIN_LINE = /^[!-QS-qs-~][^\n\v\f\r\u0085\u2028\u2029]*[\n\v\f\r\u0085\u2028\u2029]$/;

/** What is remembered of an unfinished line, in characters. */
const LINE_LIMIT = 256;

/** Places that may be the beginning of the player's line. */
const START_LIMIT = 8;

/** The line for a compact token. */
export function tokenLine(compactToken: string): string {
  return `${COMMAND} ${compactToken}`;
}

/** The token of a line that has exactly this form, with either form of a token; any other line is input. */
export function tokenOfLine(line: string): string | undefined {
  const word = TOKEN_LINE.exec(line.trim())?.[1];
  return word === undefined ? undefined : tokenOf(word);
}

/** The text, if it has exactly the form of a token. */
export function tokenOf(text: string): string | undefined {
  return ReconnectionToken.decode(text) ? text : undefined;
}

/**
 * Keeps the world's output from forging a token line: one that looks like it gets `> ` before it, wherever the
 * world breaks it into pieces. Piece by piece, as none can be taken back: the `> ` may stand in the token.
 */
export class TokenLineGuard {
  /** What was shown since each place where the player's line may begin. */
  #lines = [''];

  guard(text: string): string {
    if (this.#isPlain(text)) return text;
    return text
      .split(AFTER_LINE_END)
      .map((piece) => this.#piece(piece))
      .join('');
  }

  /** The world ended no line, but on the player's screen another one may begin here. */
  lineStart(): void {
    if (this.#lines.at(-1) !== '') this.#lines = [...this.#lines, ''].slice(-START_LIMIT);
  }

  /** One line behind the end of another, as nearly all output is: nobody can mistake it. */
  #isPlain(text: string): boolean {
    return this.#lines.length === 1 && this.#lines[0] === '' && PLAIN_LINE.test(text);
  }

  #piece(piece: string): string {
    if (this.#isPlain(piece)) return piece;
    const lookalikes = this.#lines.filter((line) => looksLikeOne(line + piece));
    const places = lookalikes.map((line) => behindSequence(line + piece, line.length) - line.length);
    const shown = places.length === 0 ? piece : marked(piece, Math.max(...places));
    this.#lines = LINE_END.test(piece) ? [''] : this.#lines.map((line) => beginning(line + shown));
    return shown;
  }
}

function looksLikeOne(line: string): boolean {
  return LOOKS_LIKE_ONE.test(line.replace(SEQUENCE, '').replace(CONTROL, ''));
}

/** `at`, or the end of the sequence that `at` is within: no mark is seen in there. */
function behindSequence(text: string, at: number): number {
  for (const { index, 0: sequence } of text.matchAll(SEQUENCE)) {
    const end = index + sequence.length;
    if (end > at) return index < at ? end : at;
  }
  return at;
}

function marked(piece: string, at: number): string {
  return `${piece.slice(0, at)}> ${piece.slice(at)}`;
}

/** As much as has to be known of an unfinished line. */
function beginning(line: string): string {
  return line.replace(SEQUENCE, '').replace(LONE_CONTROL, '').trimStart().slice(0, LINE_LIMIT);
}
