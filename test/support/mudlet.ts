import { createHash } from 'node:crypto';
import { connect, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { Changes } from './until.ts';

const [SE, SB, WILL, WONT, DO, DONT, IAC] = [240, 250, 251, 252, 253, 254, 255] as const;
const GMCP = 201;

/** What Mudlet keeps in the system's keychain for one profile; several running instances may share it. */
export class TokenStore {
  entry: { readonly account: string; readonly token: string; readonly secureOnly: boolean } | undefined;
}

/** One profile of Mudlet: what its player typed into the connection dialog, and what was remembered since. */
export interface Profile {
  readonly store: TokenStore;
  readonly name?: string;
  readonly password?: string;
  /** Of `Char.Login`; default 2. */
  readonly version?: 1 | 2;
  /** False: the player turned remembering off. */
  readonly tokenStorage?: boolean;
  /** How this client writes booleans and the version in JSON. */
  readonly write?: (value: boolean | number) => unknown;
  /** A token was rejected: the next connection does not show one. */
  isRejected?: boolean;
}

export interface MudletOptions {
  readonly tls?: boolean;
  /** The keychain was read before another instance wrote to it. */
  readonly stale?: TokenStore['entry'];
}

/**
 * Plays the part of Mudlet 5 at a login, for tests: written after the rules of `Char.Login` 2 as its
 * GMCPAuthenticator follows them, and sharing no code with Holdfast. It knows no other way to come back.
 */
export class Mudlet {
  /** GMCP from the server, in order. */
  readonly messages: { readonly name: string; readonly data: unknown }[] = [];
  /** GMCP to the server, by name. */
  readonly sent: string[] = [];
  /** What it told its player, in short. */
  readonly told: string[] = [];
  /** It wants to connect anew, by itself. */
  wantsReconnect = false;
  readonly #profile: Profile;
  readonly #options: MudletOptions;
  readonly #socket: Socket;
  readonly #changes = new Changes();
  #bytes: number[] = [];
  #text: number[] = [];
  #closed = false;
  /** Stored lines are typed by timers, unless a login by GMCP begins. */
  #hasLoginTimers = true;
  #methods: readonly string[] = [];
  #version = 1;
  #isAwaitingResult = false;
  #hasRetried = false;
  #sentHash = '';

  constructor(port: number, profile: Profile, options: MudletOptions = {}) {
    this.#profile = profile;
    this.#options = options;
    const address = { port, host: '127.0.0.1' };
    this.#socket = options.tls ? connectTls({ ...address, rejectUnauthorized: false }) : connect(address);
    this.#socket.on('data', (chunk) => {
      this.#bytes.push(...chunk);
      while (this.#parse());
      this.#changes.changed();
    });
    this.#socket.on('error', () => undefined);
    this.#socket.on('close', () => {
      this.#closed = true;
      this.#changes.changed();
    });
  }

  get text(): string {
    return Buffer.from(this.#text).toString().replaceAll('\r\n', '\n');
  }

  line(text: string): void {
    this.#socket.write(`${text}\r\n`);
  }

  /** A message that Mudlet itself would not send. */
  say(name: string, data: unknown): void {
    this.#send(name, data);
  }

  /** Three seconds after connecting: stored name and password are typed, where nothing cancelled that. */
  runLoginTimers(): void {
    const { name, password } = this.#profile;
    if (!this.#hasLoginTimers) return;
    for (const line of [name, password]) if (line !== undefined) this.line(line);
  }

  async sees(text: string): Promise<void> {
    await this.#until(`the text ${JSON.stringify(text)}`, () => this.text.includes(text));
  }

  /** The data of the first message of this name (that passes), when it has come. */
  async message(name: string, passes: (data: unknown) => boolean = () => true): Promise<unknown> {
    const found = await this.#until(name, () =>
      this.messages.find((message) => message.name === name && passes(message.data)),
    );
    return found.data;
  }

  /** All that came under this name. */
  messagesOf(name: string): readonly unknown[] {
    return this.messages.filter((message) => message.name === name).map(({ data }) => data);
  }

  async closed(): Promise<void> {
    await this.#until('the close', () => this.#closed);
  }

  get isClosed(): boolean {
    return this.#closed;
  }

  cut(): void {
    this.#socket.destroy();
  }

  #until<T>(what: string, look: () => T | undefined | false): Promise<T> {
    return this.#changes.until(
      `${what} (the last text: ${JSON.stringify(this.text.slice(-300))}, sent: ${this.sent.join()})`,
      look,
    );
  }

  /** Takes one thing off the bytes that came; false where it is not whole yet. */
  #parse(): boolean {
    const [first, verb, option = -1] = this.#bytes;
    if (first === undefined) return false;
    if (first !== IAC) {
      this.#text.push(first);
      this.#bytes.shift();
      return true;
    }
    if (verb === SB) return this.#subnegotiation();
    const length = verb !== undefined && verb >= WILL && verb < IAC ? 3 : 2;
    if (this.#bytes.length < length) return false;
    this.#bytes.splice(0, length);
    if (verb === WILL) this.#answerWill(option);
    if (verb === DO) this.#socket.write(Buffer.of(IAC, WONT, option));
    return true;
  }

  #subnegotiation(): boolean {
    const end = this.#bytes.findIndex((byte, at) => byte === IAC && this.#bytes[at + 1] === SE);
    if (end < 0) return false;
    const [, , option, ...payload] = this.#bytes.splice(0, end + 2);
    if (option === GMCP) this.#received(Buffer.from(payload.slice(0, -2)).toString());
    return true;
  }

  #answerWill(option: number): void {
    this.#socket.write(Buffer.of(IAC, option === GMCP ? DO : DONT, option));
    if (option !== GMCP) return;
    this.#send('Core.Hello', { client: 'Mudlet', version: '5.0' });
    this.#send('Core.Supports.Set', ['Char 1', `Char.Login ${this.#profile.version ?? 2}`, 'Room 1']);
  }

  #send(name: string, data: unknown): void {
    this.sent.push(name);
    const payload = Buffer.from(`${name} ${JSON.stringify(data)}`);
    this.#socket.write(Buffer.concat([Buffer.of(IAC, SB, GMCP), payload, Buffer.of(IAC, SE)]));
  }

  #received(message: string): void {
    const space = message.indexOf(' ');
    const name = space < 0 ? message : message.slice(0, space);
    const data: unknown = space < 0 ? undefined : JSON.parse(message.slice(space + 1));
    this.messages.push({ name, data });
    const fields: Record<string, unknown> = typeof data === 'object' && data !== null ? { ...data } : {};
    if (name === 'Char.Login.Default') this.#asked(fields);
    if (name === 'Char.Login.Token') this.#keep(fields);
    if (name === 'Char.Login.Result') this.#result(fields.success === true || fields.success === 'true');
  }

  #asked({ version, type }: Record<string, unknown>): void {
    this.#version = Math.min(typeof version === 'number' ? version : 1, this.#profile.version ?? 2);
    this.#methods = Array.isArray(type) ? type.map(String) : [];
    if (this.#methods.length === 0) return;
    this.#hasLoginTimers = false;
    this.#isAwaitingResult = false;
    this.#hasRetried = false;
    const { name, password, store } = this.#profile;
    const mayShow = !this.#profile.isRejected;
    this.#profile.isRejected = false;
    if (this.#methods.includes('password-credentials') && name && password) {
      return this.#send('Char.Login.Credentials', { account: name, password, ...this.#common() });
    }
    if (mayShow && this.#methods.includes('oauth') && this.#show(this.#options.stale ?? store.entry)) return;
    this.#send('Char.Login.Credentials', this.#version >= 2 ? this.#common() : {});
  }

  #show(entry: TokenStore['entry']): boolean {
    if (entry === undefined) return false;
    const { account, token, secureOnly } = entry;
    if (secureOnly && !this.#options.tls) {
      this.told.push('not encrypted');
      return false;
    }
    this.#isAwaitingResult = true;
    this.#sentHash = hash(token);
    this.#send('Char.Login.Reconnect', { account, token, ...this.#common() });
    return true;
  }

  #common(): Record<string, unknown> {
    const { write = (value) => value, tokenStorage = true } = this.#profile;
    return { version: write(this.#version), token_storage: write(tokenStorage) };
  }

  #keep({ account, token, secure_only: declared }: Record<string, unknown>): void {
    if (typeof account !== 'string' || account === '' || typeof token !== 'string' || token === '') {
      this.told.push('token ignored');
      return;
    }
    if (this.#profile.tokenStorage === false) return;
    const secureOnly = typeof declared === 'boolean' ? declared : this.#options.tls === true;
    this.#profile.store.entry = { account, token, secureOnly };
  }

  #result(isGood: boolean): void {
    if (!this.#isAwaitingResult) {
      if (!isGood) this.told.push('could not log in');
      return;
    }
    this.#isAwaitingResult = false;
    if (isGood) return;
    const { store } = this.#profile;
    const isRotated = store.entry !== undefined && hash(store.entry.token) !== this.#sentHash;
    if (isRotated && !this.#hasRetried) {
      this.#hasRetried = true;
      this.#show(store.entry);
      return;
    }
    store.entry = undefined;
    this.#profile.isRejected = true;
    this.told.push('expired');
    this.wantsReconnect = true;
  }
}

function hash(token: string): string {
  return createHash('sha256').update(token).digest('hex');
}
