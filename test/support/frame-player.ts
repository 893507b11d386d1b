import { WebSocket } from 'ws';
import { Changes } from './until.ts';

/** A generic MUD client on a WebSocket: keeps the frames that come, and knows nothing of Holdfast. */
export class FramePlayer {
  /** Binary frames, as they came. */
  readonly binaries: Buffer[] = [];
  /** Text frames, as they came. */
  readonly texts: string[] = [];
  readonly #socket: WebSocket;
  readonly #changes = new Changes();
  #closed: number | undefined;

  constructor(port: number, subprotocols: string | string[]) {
    this.#socket = new WebSocket(`ws://127.0.0.1:${port}/play`, subprotocols);
    this.#socket.on('message', (data: Buffer, isBinary: boolean) => {
      if (isBinary) this.binaries.push(data);
      else this.texts.push(data.toString());
      this.#changes.changed();
    });
    this.#socket.on('open', () => this.#changes.changed());
    this.#socket.on('error', () => undefined);
    this.#socket.on('close', (code) => {
      this.#closed = code;
      this.#changes.changed();
    });
  }

  async opened(): Promise<this> {
    await this.#changes.until('the WebSocket to open', () => this.#socket.readyState === WebSocket.OPEN);
    return this;
  }

  get subprotocol(): string {
    return this.#socket.protocol;
  }

  get bytes(): Buffer {
    return Buffer.concat(this.binaries);
  }

  /** The text of the binary frames, Telnet's own bytes left out. */
  get text(): string {
    const bytes = this.bytes.toString('latin1');
    // oxlint-disable-next-line no-control-regex
    const text = bytes.replace(/\xff(?:[\xfb-\xfe].|\xfa[^\xff]*\xff\xf0|[\xf0-\xf9\xef])/gs, '');
    return Buffer.from(text, 'latin1').toString().replaceAll('\r\n', '\n');
  }

  binary(data: string | Uint8Array): void {
    this.#socket.send(Buffer.from(data));
  }

  say(text: string): void {
    this.#socket.send(text);
  }

  async sees(text: string): Promise<void> {
    await this.until(`the text ${JSON.stringify(text)}`, () => this.text.includes(text));
  }

  /** The first text frame that passes, when it has come. */
  frame(passes: (text: string) => boolean): Promise<string> {
    return this.until('a text frame', () => this.texts.find(passes));
  }

  /** The newest token that was shown as a line. */
  token(): Promise<string> {
    return this.until(
      'a token line',
      () => [...this.text.matchAll(/^reconnect (h1[\w-]{54})$/gm)].at(-1)?.[1],
    );
  }

  until<T>(what: string, look: () => T | undefined | false): Promise<T> {
    return this.#changes.until(`${what} (the last text: ${JSON.stringify(this.text.slice(-300))})`, look);
  }

  closed(): Promise<number> {
    return this.#changes.until('the close', () => this.#closed);
  }

  cut(): void {
    this.#socket.terminate();
  }
}
