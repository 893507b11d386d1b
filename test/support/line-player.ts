import { connect, type Socket } from 'node:net';
import { Changes } from './until.ts';

const TOKEN_LINE = /^reconnect (h1[\w-]{54})\r?$/gm;

/** A player by Telnet who has nothing but lines: answers no option, and reads what comes. */
export class LinePlayer {
  readonly #socket: Socket;
  readonly #changes = new Changes();
  #bytes = '';
  #closed = false;

  constructor(port: number) {
    this.#socket = connect({ port, host: '127.0.0.1', noDelay: true });
    this.#socket.on('data', (chunk) => {
      this.#bytes += chunk.toString('latin1');
      this.#changes.changed();
    });
    this.#socket.on('error', () => undefined);
    this.#socket.on('close', () => {
      this.#closed = true;
      this.#changes.changed();
    });
  }

  /** Starts in the demo world. */
  static async enter(port: number, name: string): Promise<LinePlayer> {
    const player = new LinePlayer(port);
    player.line(name);
    await player.token();
    return player;
  }

  /** Comes back with a token, as the first line. */
  static async resume(port: number, token: string): Promise<LinePlayer> {
    const player = new LinePlayer(port);
    player.line(`reconnect ${token}`);
    await player.sees('Welcome back.');
    return player;
  }

  /** What came, without Telnet's own bytes, with `\n` line ends. */
  get text(): string {
    return Buffer.from(
      // oxlint-disable-next-line no-control-regex
      this.#bytes.replace(/\xff(?:[\xfb-\xfe].|\xfa[^\xff]*\xff\xf0|[\xf0-\xf9])/gs, ''),
      'latin1',
    )
      .toString()
      .replaceAll('\r\n', '\n');
  }

  /** The bytes that came, one character each. */
  get bytes(): string {
    return this.#bytes;
  }

  get isClosed(): boolean {
    return this.#closed;
  }

  line(text: string): void {
    this.#socket.write(`${text}\r\n`);
  }

  raw(bytes: Uint8Array): void {
    this.#socket.write(bytes);
  }

  async sees(text: string): Promise<void> {
    await this.until(`the text ${JSON.stringify(text)}`, () => this.text.includes(text));
  }

  /** The newest token that was shown, once there is one. */
  token(): Promise<string> {
    return this.until('a token line', () => this.shownToken);
  }

  /** The newest token that was shown so far. */
  get shownToken(): string | undefined {
    return [...this.text.matchAll(TOKEN_LINE)].at(-1)?.[1];
  }

  until<T>(what: string, look: () => T | undefined | false): Promise<T> {
    return this.#changes.until(`${what} (the last text: ${JSON.stringify(this.text.slice(-300))})`, look);
  }

  async closed(): Promise<void> {
    await this.#changes.until('the close', () => this.#closed);
  }

  /** The network is gone: the socket is destroyed, not closed. */
  cut(): void {
    this.#socket.resetAndDestroy();
  }
}
