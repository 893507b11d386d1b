import { ReconnectionToken } from '../../core/index.ts';

/** Names the line that a player's client sends as its first to come back, and a trigger can match. */
const COMMAND = 'reconnect';

const TOKEN_LINE = /^reconnect (\S+)$/;
// Both forms of a token, by how they begin.
const LOOKS_LIKE_ONE = /^\s*reconnect\s+(h1|eyJ)/i;

// What a client does not show does not keep a line from looking like one: escape sequences (ECMA-48), and then all
// other control characters.
const ESCAPE = '\u001b';
const ESCAPE_SEQUENCE = new RegExp(`${ESCAPE}(\\[[ -?]*[@-~]|[ -/]*[0-~])`, 'g');
const CONTROL = /\p{Cc}/gu;

/** What is remembered of an unfinished line, in characters. */
const LINE_LIMIT = 256;

/** The line for a compact token. */
export function tokenLine(compactToken: string): string {
  return `${COMMAND} ${compactToken}`;
}

/** The token of a line that has exactly this form, with either form of a token; any other line is input. */
export function tokenOfLine(line: string): string | undefined {
  const text = TOKEN_LINE.exec(line.trim())?.[1];
  return text !== undefined && ReconnectionToken.decode(text) ? text : undefined;
}

/**
 * Keeps the world's output from forging a token line: one that looks like it gets `> ` before it, wherever the
 * world breaks it into pieces.
 */
export class TokenLineGuard {
  #line = '';

  guard(text: string): string {
    return text
      .split(/(?<=[\n\r])/)
      .map((piece) => this.#piece(piece))
      .join('');
  }

  #piece(piece: string): string {
    const looks = LOOKS_LIKE_ONE.test((this.#line + piece).replace(ESCAPE_SEQUENCE, '').replace(CONTROL, ''));
    const shown = looks ? `> ${piece}` : piece;
    this.#line = /[\n\r]$/.test(piece) ? '' : (this.#line + shown).slice(0, LINE_LIMIT);
    return shown;
  }
}
