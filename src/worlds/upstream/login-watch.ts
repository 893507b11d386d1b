import { isSamePackage } from '../../telnet/index.ts';
import type { GameEvent } from './telnet-client.ts';

/** Name, password, and one for luck. */
const PRIVATE_LINES = 3;
/** Of a line only so many characters, the last ones, are matched. */
const MATCHED_LENGTH = 1024;

// oxlint-disable-next-line no-control-regex
const ESCAPE_SEQUENCE = /\u001b\[[0-?]*[ -/]*[@-~]/g;

/** How it shows that a player is through the game's login. Where neither is given, by the first line sent. */
export interface UpSign {
  /** Matches a line of the game, or what is there of one, without its colours. */
  readonly pattern?: RegExp | undefined;
  /** A GMCP package that arrives. */
  readonly gmcp?: string | undefined;
}

/** Watches one connection to the game: whether the player is through its login, and how long lines are private. */
export class LoginWatch {
  readonly #sign: UpSign;
  #isUp = false;
  #linesSent = 0;
  /** The unfinished line of the game. */
  #line = '';

  constructor(sign: UpSign) {
    this.#sign = sign;
  }

  get isUp(): boolean {
    return this.#isUp;
  }

  /** Whether what the player types now may be a password. */
  get isPrivate(): boolean {
    return !this.#isUp || this.#linesSent < PRIVATE_LINES;
  }

  /** A line of the player left for the game. True where the player is in by that. */
  lineSent(): boolean {
    this.#linesSent += 1;
    const { pattern, gmcp } = this.#sign;
    return pattern === undefined && gmcp === undefined && this.#rise();
  }

  /** True where the player is in by what the game said. */
  saw(events: readonly GameEvent[]): boolean {
    return !this.#isUp && events.some((event) => this.#isSign(event)) && this.#rise();
  }

  /** True for the first time. */
  #rise(): boolean {
    const wasUp = this.#isUp;
    this.#isUp = true;
    return !wasUp;
  }

  #isSign(event: GameEvent): boolean {
    const { pattern, gmcp } = this.#sign;
    if (event.kind === 'gmcp') return gmcp !== undefined && isSamePackage(event.package, gmcp);
    return event.kind === 'text' && pattern !== undefined && this.#matches(event.text, pattern);
  }

  #matches(text: string, pattern: RegExp): boolean {
    const lines = (this.#line + text).split('\n').map((line) => line.slice(-MATCHED_LENGTH));
    this.#line = lines.at(-1) ?? '';
    // `search`, because `test` would go on from where a pattern with the flag g matched before.
    return lines.some((line) => line.replace(ESCAPE_SEQUENCE, '').search(pattern) !== -1);
  }
}
