import { ReconnectionToken } from '../../core/index.ts';
import { asLine, isSamePackage, type GmcpMessage } from '../../telnet/index.ts';

/** The version that has tokens. A client of version 1 and its game talk by themselves. */
const VERSION = 2;

/**
 * What is told of our way to sign in. `oauth`, because Mudlet shows a token to no other; and nothing else, because
 * with `password-credentials` it would show a stored password first.
 */
const METHODS = ['oauth'];

/** A `Token` without an account is ignored by its client. */
const ANY_ACCOUNT = 'player';

/** A longer token of the game's is not carried along, in characters: what keeps them has little room. */
const GAME_TOKEN_LIMIT = 1024;

/** What a message of the client's comes to. */
export type CharLoginWish =
  | { readonly kind: 'resume'; readonly token: string }
  /** The game's own login, please; and these lines typed to it. */
  | { readonly kind: 'login'; readonly lines: readonly string[] }
  /** The same, but the lines are longer than a line may be: none of them is typed. */
  | { readonly kind: 'overlong' }
  /** It is the game's, in these words. */
  | { readonly kind: 'pass'; readonly package: string; readonly data: unknown };

export interface CharLoginOptions {
  /** False: all of `Char.Login` is between the client and the game. */
  readonly isOn: boolean;
  /** Nobody can read along on this connection. */
  readonly isSecure: boolean;
  /** The longest line that a player may type, in bytes. */
  readonly lineLimitBytes: number;
  readonly send: (packageName: string, data: unknown) => void;
}

/**
 * The server's side of `Char.Login` version 2 (Mudlet's "GMCP Authentication" standard) for one connection: the
 * client keeps our token, and shows it when it comes again. A game behind us may speak `Char.Login` too: then both
 * sign in by it, one after the other. Where the game gives a token of its own, the client is given both as one.
 */
export class CharLogin {
  readonly #options: CharLoginOptions;
  #version = 1;
  /** The client will not keep a token. */
  #forgets = false;
  /** A token that was shown is being tried, and has no `Result` yet. */
  #isAwaited = false;
  /** Ours, as shown last on this connection. */
  #tried: string | undefined;
  /** The game has asked for a login: answers are the game's from then on. */
  #isGamesTurn = false;
  #account: string | undefined;
  /** Ours, as given last on this connection. */
  #given: string | undefined;
  #gameToken: string | undefined;

  constructor(options: CharLoginOptions) {
    this.#options = options;
  }

  /** Whether the client can be given a token. */
  get keepsTokens(): boolean {
    return this.#version >= VERSION && !this.#forgets;
  }

  /** Whether a token that was shown here is being tried. */
  get isAwaited(): boolean {
    return this.#isAwaited;
  }

  /** Takes what the client supports (`Core.Supports.*`). True where it is asked to sign in now, and will answer. */
  supports(data: unknown): boolean {
    if (!this.#options.isOn || this.#version >= VERSION || !supportsVersion(data)) return false;
    this.#version = VERSION;
    this.#options.send('Char.Login.Default', { version: VERSION, type: METHODS });
    return true;
  }

  /** Takes a message of the client's. */
  receive({ package: name, data }: GmcpMessage): CharLoginWish {
    const pass = { kind: 'pass', package: name, data } as const;
    if (!this.#options.isOn) return pass;
    const fields = fieldsOf(data);
    this.#note(fields);
    if (isSamePackage(name, 'Char.Login.Reconnect')) return this.#reconnect(fields) ?? pass;
    const isOurs = isSamePackage(name, 'Char.Login.Credentials') && this.#version >= VERSION;
    if (!isOurs || this.#isGamesTurn) return pass;
    const { account, password } = fields;
    if (typeof account !== 'string' || typeof password !== 'string') return { kind: 'login', lines: [] };
    const lines = [account, password].flatMap((text) => asLine(text, this.#options.lineLimitBytes) ?? []);
    return lines.length === 2 ? { kind: 'login', lines } : { kind: 'overlong' };
  }

  /** The token that was shown is tried now. */
  begun(): void {
    this.#isAwaited = true;
  }

  /** It was good. */
  accepted(): void {
    if (this.#isAwaited) this.#result({ success: true });
  }

  /**
   * It never will be good: the client discards it. Of a passing refusal the client is told nothing, so that it keeps
   * the token. A game whose token was shown behind ours gives the `Result` itself.
   */
  refused(message: string): void {
    if (this.#isAwaited && this.#gameToken === undefined) this.#result({ success: false, message });
    this.#isAwaited = false;
  }

  /** What the client would have typed to the game was not. */
  denied(message: string): void {
    this.#result({ success: false, message });
  }

  /** Gives the client our token, to be kept in place of any before. */
  give(compactToken: string, account: string | undefined): void {
    this.#given = compactToken;
    this.#account ??= account;
    this.#sendToken();
  }

  /** Takes a message of the game's for the client. True where it was seen to. */
  fromGame(packageName: string, data: unknown): boolean {
    if (isSamePackage(packageName, 'Char.Login.Default')) this.#isGamesTurn = true;
    if (!isSamePackage(packageName, 'Char.Login.Token') || !this.keepsTokens) return false;
    const { token, account, secure_only: secureOnly } = fieldsOf(data);
    if (typeof token !== 'string' || token.length > GAME_TOKEN_LIMIT) return this.#given !== undefined;
    if (readBoolean(secureOnly) === true && !this.#options.isSecure) return this.#given !== undefined;
    this.#gameToken = token;
    if (typeof account === 'string' && account !== '') this.#account = account;
    if (this.#given === undefined) return false;
    this.#sendToken();
    return true;
  }

  #note({ version, token_storage: storage, account }: Record<string, unknown>): void {
    if (version !== undefined && this.#version >= VERSION)
      this.#version = Math.min(VERSION, Number(version) || 1);
    const keeps = readBoolean(storage);
    if (keeps !== undefined) this.#forgets = !keeps;
    if (typeof account === 'string' && account !== '') this.#account = account;
  }

  /**
   * A token is ours by its form, not by what the client says about it. One that was tried already is the answer to
   * the game's question, which gets its own part of it, or else is asked for its login.
   */
  #reconnect(fields: Record<string, unknown>): CharLoginWish | undefined {
    const [ours = '', game] = splitToken(fields.token);
    if (ReconnectionToken.decode(ours) === undefined) return undefined;
    this.#gameToken = game;
    if (ours !== this.#tried || !this.#isGamesTurn) {
      this.#tried = ours;
      return { kind: 'resume', token: ours };
    }
    if (game === undefined) return { kind: 'pass', package: 'Char.Login.Credentials', data: {} };
    return { kind: 'pass', package: 'Char.Login.Reconnect', data: { ...fields, token: game } };
  }

  #result(result: { readonly success: boolean; readonly message?: string }): void {
    this.#isAwaited = false;
    this.#options.send('Char.Login.Result', result);
  }

  /** Without `secure_only` a token may be shown on what is as safe as the connection on which it came. */
  #sendToken(): void {
    const token = this.#gameToken === undefined ? this.#given : `${this.#given}.${this.#gameToken}`;
    this.#options.send('Char.Login.Token', {
      account: this.#account ?? ANY_ACCOUNT,
      token,
      ...(this.#options.isSecure ? { secure_only: true } : {}),
    });
  }
}

/** Ours, and the game's that was carried behind it: no form of ours has a full stop in it. */
function splitToken(token: unknown): readonly (string | undefined)[] {
  if (typeof token !== 'string') return [];
  const at = token.indexOf('.');
  return at < 0 ? [token] : [token.slice(0, at), token.slice(at + 1)];
}

/** `Core.Supports.Set ["Char.Login 2", …]` */
function supportsVersion(data: unknown): boolean {
  return (
    Array.isArray(data) &&
    data.some((item) => {
      const version =
        typeof item === 'string' ? /^\s*char\.login\s+(\d{1,3})\s*$/i.exec(item)?.[1] : undefined;
      return Number(version) >= VERSION;
    })
  );
}

/** Some servers and clients cannot write a JSON boolean: the standard lets them write a word or a number. */
function readBoolean(value: unknown): boolean | undefined {
  const text = typeof value === 'string' ? value.trim().toLowerCase() : value;
  if (text === true || text === 1 || text === 'true' || text === '1') return true;
  if (text === false || text === 0 || text === 'false' || text === '0') return false;
  return undefined;
}

function fieldsOf(data: unknown): Record<string, unknown> {
  return typeof data === 'object' && data !== null ? { ...data } : {};
}
