import type { Clock } from '../../core/index.ts';
import { isSamePackage } from '../../telnet/index.ts';
import type { GameEvent } from './telnet-client.ts';

/** Name, password, and one for luck. */
const PRIVATE_LINES = 3;
/** Of a line only so many characters, the last ones, are matched. */
const MATCHED_LENGTH = 1024;
/** How long the game may take to hide what is typed next, when it has answered a line, in ms. */
const SETTLE_MS = 250;
/** An account's name, in characters. */
const ACCOUNT_LENGTH_LIMIT = 128;

/** Games write a boolean in each of these ways. */
const YES: readonly unknown[] = [true, 'true', 1, '1'];

// oxlint-disable-next-line no-control-regex
const ESCAPE_SEQUENCE = /\u001b\[[0-?]*[ -/]*[@-~]/g;

/**
 * How it shows that a player is through the game's login. Where neither is given: the game has answered a line, and
 * does not hide what is typed next, as it would for a password.
 */
export interface UpSign {
  /** Matches a line of the game, or what is there of one, without its colours. Its group `account` names the player. */
  readonly pattern?: RegExp | undefined;
  /** A GMCP package that arrives. Its field `account`, or else `name`, names the player. */
  readonly gmcp?: string | undefined;
}

export interface LoginWatchOptions {
  readonly sign: UpSign;
  readonly clock: Clock;
  /** The player is in, and perhaps it is known as whom. Called once, and not after `stop`. */
  readonly entered: (account: string | undefined) => void;
}

/** Watches one connection to the game: whether the player is through its login, and how long lines are private. */
export class LoginWatch {
  readonly #options: LoginWatchOptions;
  #isUp = false;
  #linesSent = 0;
  /** The unfinished line of the game. */
  #line = '';
  #isHidden = false;
  #cancelSettling: (() => void) | undefined;

  constructor(options: LoginWatchOptions) {
    this.#options = options;
  }

  get isUp(): boolean {
    return this.#isUp;
  }

  /** Whether what the player types now may be a password. */
  get isPrivate(): boolean {
    return !this.#isUp || this.#isHidden || this.#linesSent < PRIVATE_LINES;
  }

  /** Whether a line that the player types now belongs to the login: later questions with hidden answers do not. */
  get isLogin(): boolean {
    return !this.#isUp || this.#linesSent < PRIVATE_LINES;
  }

  /** Whether the game hides what is typed now. */
  get isHidden(): boolean {
    return this.#isHidden;
  }

  /** A line of the player left for the game. */
  lineSent(): void {
    this.#linesSent += 1;
  }

  /** What the game said. */
  saw(events: readonly GameEvent[]): void {
    for (const event of events) {
      if (event.kind === 'echo') this.#isHidden = !event.on;
      const entrance = this.#isUp ? undefined : this.#entrance(event);
      if (entrance) this.#rise(entrance.account);
    }
    this.#settle();
  }

  /** The connection is over. */
  stop(): void {
    this.#cancelSettling?.();
  }

  #settle(): void {
    const { sign, clock } = this.#options;
    if (this.#isUp || sign.pattern || sign.gmcp !== undefined || this.#linesSent === 0) return;
    if (this.#isHidden) {
      this.#cancelSettling?.();
      this.#cancelSettling = undefined;
    } else {
      this.#cancelSettling ??= clock.after(SETTLE_MS, () => this.#rise(undefined));
    }
  }

  #rise(account: string | undefined): void {
    this.#isUp = true;
    this.#options.entered(account?.slice(0, ACCOUNT_LENGTH_LIMIT));
  }

  #entrance(event: GameEvent): { account: string | undefined } | undefined {
    const { pattern, gmcp } = this.#options.sign;
    if (event.kind === 'gmcp' && gmcp !== undefined && isSamePackage(event.package, gmcp)) {
      const { account, name, success } = fieldsOf(event.data);
      // `Char.Login.Result` also tells of a login that failed.
      if (success !== undefined && !YES.includes(success)) return undefined;
      return {
        account: [account, name].find((value): value is string => typeof value === 'string' && value !== ''),
      };
    }
    return event.kind === 'text' && pattern ? this.#matched(event.text, pattern) : undefined;
  }

  #matched(text: string, pattern: RegExp): { account: string | undefined } | undefined {
    const lines = (this.#line + text).split('\n').map((line) => line.slice(-MATCHED_LENGTH));
    this.#line = lines.at(-1) ?? '';
    for (const line of lines) {
      // `match` of a pattern with the flag g has no groups, and `exec` would go on from where it matched before.
      const [found] = line.replace(ESCAPE_SEQUENCE, '').matchAll(global(pattern));
      if (found) return { account: found.groups?.['account'] || undefined };
    }
    return undefined;
  }
}

function global(pattern: RegExp): RegExp {
  return pattern.flags.includes('g') ? pattern : new RegExp(pattern, `${pattern.flags}g`);
}

function fieldsOf(data: unknown): { account?: unknown; name?: unknown; success?: unknown } {
  return typeof data === 'object' && data !== null ? data : {};
}
