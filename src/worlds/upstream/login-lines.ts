import { createHmac, randomBytes } from 'node:crypto';

/** How long after a return lines are compared, in ms. */
const COMPARED_MS = 10_000;

/** A name and a password. */
const LINE_LIMIT = 2;

/** Makes what is kept of a line. */
export type LineDigest = (text: string) => string;

/** One that nobody else can compare with: under a key that this process makes now, and has in its memory only. */
export function lineDigest(): LineDigest {
  const key = randomBytes(32);
  return (text) => createHmac('sha256', key).update(text).digest('base64');
}

/**
 * Knows the lines again with which a player logged in to the game. Some clients type a stored name and password by a
 * timer after each connection. Into a session that came back these would be commands, and show the password to
 * whoever is in the room.
 *
 * Of each line there is only a digest; of at most two lines; and they are compared only shortly after a return.
 */
export class LoginLines {
  readonly #digest: LineDigest;
  #known: readonly string[] = [];
  #last: string | undefined;
  /** Those that were not typed again since the return. */
  #expected: readonly string[] = [];
  #until = 0;

  constructor(digest: LineDigest) {
    this.#digest = digest;
  }

  /** A new login begins. */
  begin(): void {
    this.#known = [];
    this.#last = undefined;
    this.#expected = [];
  }

  /**
   * A line of the login left for the game. The first two are kept; or, where the game hid one, as it does with a
   * password, that one and the one before it.
   */
  sent(text: string, isHidden: boolean): void {
    if (text.trim() === '') return;
    const digest = this.#digest(text);
    if (isHidden) this.#known = this.#last === undefined ? [digest] : [this.#last, digest];
    else if (this.#known.length < LINE_LIMIT) this.#known = [...this.#known, digest];
    this.#last = digest;
  }

  /** The player came back. */
  returned(now: number): void {
    this.#expected = this.#known;
    this.#until = now + COMPARED_MS;
  }

  /** Whether a line that came at `at` (ms since 1970) is one of the login. */
  matches(text: string, at: number): boolean {
    if (this.#expected.length === 0 || at >= this.#until) return false;
    return this.#expected.includes(this.#digest(text));
  }

  /**
   * Whether it is the next of them, in the order of the login: typed again once, and not expected again. Alone, the
   * second may be a player's own: after a login of one line it was the first command.
   */
  take(text: string, at: number): boolean {
    const [next, ...others] = this.#expected;
    if (next === undefined || at >= this.#until || this.#digest(text) !== next) return false;
    this.#expected = others;
    return true;
  }
}
