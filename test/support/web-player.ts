import { WebSocket } from 'ws';
import type { Json } from '../../src/core/index.ts';
import {
  decodeServerFrame,
  encodeClientFrame,
  type ClientFrame,
  type HelloFrame,
  type ServerFrame,
} from '../../src/protocol/index.ts';
import { Changes } from './until.ts';

type FrameOf<T extends ServerFrame['type']> = Extract<ServerFrame, { readonly type: T }>;

/** What a player keeps when the connection is lost. */
export interface Kept {
  readonly token: string;
  readonly epoch?: string;
  readonly offset?: number;
}

/**
 * A strict `holdfast.v1` client for tests, independent of the SDK: it keeps all frames, and fails at once when an
 * offset comes twice, out of order, or after a hole without a gap.
 */
export class WebPlayer {
  readonly frames: ServerFrame[] = [];
  readonly #socket: WebSocket;
  readonly #changes = new Changes();
  #token: string | undefined;
  #epoch: string | undefined;
  #offset = 0;
  /** Every how many entries it acknowledges by itself. */
  #acknowledgeEvery = Infinity;
  #unacknowledged = 0;
  #nextSeq = 1;
  #fault: Error | undefined;
  #closed: number | undefined;

  constructor(port: number, hello: HelloFrame = { type: 'hello' }) {
    this.#socket = new WebSocket(`ws://127.0.0.1:${port}/play`, 'holdfast.v1');
    this.#socket.on('open', () => this.say(hello));
    this.#socket.on('message', (data: Buffer) => this.#received(data.toString()));
    this.#socket.on('error', () => undefined);
    this.#socket.on('close', (code) => {
      this.#closed = code;
      this.#changes.changed();
    });
  }

  /** Comes back: says `stored` by itself, unless told not to. */
  static async resume(port: number, kept: Kept, commands?: 'run' | 'skip' | 'ask'): Promise<WebPlayer> {
    const player = new WebPlayer(port, {
      type: 'hello',
      resume: { ...kept, ...(commands === undefined ? {} : { commands }) },
    });
    const resumed = await player.frame('resumed');
    player.say({ type: 'stored', id: resumed.token.id });
    return player;
  }

  /** Starts in the demo world. */
  static async enter(port: number, name: string): Promise<WebPlayer> {
    const player = new WebPlayer(port);
    await player.frame('welcome');
    player.command(name);
    await player.frame('token');
    return player;
  }

  get kept(): Kept {
    if (this.#token === undefined) throw new Error('no token came yet');
    const position = this.#epoch === undefined ? {} : { epoch: this.#epoch, offset: this.#offset };
    return { token: this.#token, ...position };
  }

  /** All text so far. */
  get text(): string {
    return this.framesOf('output')
      .map(({ text }) => text)
      .join('');
  }

  get closeCode(): number | undefined {
    return this.#closed;
  }

  say(frame: ClientFrame): void {
    this.#socket.send(encodeClientFrame(frame));
  }

  raw(data: string | Buffer): void {
    this.#socket.send(data);
  }

  /** Sends a command and returns its number. */
  command(text: string): number {
    const seq = this.#nextSeq;
    this.#nextSeq += 1;
    this.say({ type: 'command', seq, text });
    return seq;
  }

  /** Sends a GMCP message and returns its number. */
  message(name: string, data: Json): number {
    const seq = this.#nextSeq;
    this.#nextSeq += 1;
    this.say({ type: 'gmcp', seq, package: name, data });
    return seq;
  }

  /** Acknowledges everything that was received. */
  acknowledge(): void {
    this.say({ type: 'ack', offset: this.#offset });
  }

  /** From here on it acknowledges by itself, as real clients do, before the window is full. */
  keepUp(): this {
    this.#acknowledgeEvery = 32;
    this.acknowledge();
    return this;
  }

  framesOf<T extends ServerFrame['type']>(type: T): FrameOf<T>[] {
    return this.frames.filter((frame): frame is FrameOf<T> => frame.type === type);
  }

  /** The first frame of this type (that passes), when it has come. */
  frame<T extends ServerFrame['type']>(
    type: T,
    passes: (frame: FrameOf<T>) => boolean = () => true,
  ): Promise<FrameOf<T>> {
    return this.until(`a frame ${type}`, () => this.framesOf(type).find(passes));
  }

  /** Resolves when the text that came contains this. */
  async sees(text: string): Promise<void> {
    await this.until(`the text ${JSON.stringify(text)}`, () => this.text.includes(text));
  }

  accepted(seq: number): Promise<unknown> {
    return this.frame('accepted', (frame) => frame.seq >= seq);
  }

  until<T>(what: string, look: () => T | undefined | false): Promise<T> {
    return this.#changes.until(`${what} (the last frames: ${this.#last()})`, () => {
      if (this.#fault) throw this.#fault;
      return look();
    });
  }

  /** Resolves with the close code. */
  closed(): Promise<number> {
    return this.#changes.until('the close', () => this.#closed);
  }

  /** The network is gone: no close handshake, not even a FIN that waits for what is unsent. */
  cut(): void {
    this.#socket.terminate();
  }

  close(): void {
    this.#socket.close();
  }

  #last(): string {
    return JSON.stringify(this.frames.slice(-3).map((frame) => ({ ...frame, token: undefined })));
  }

  #received(data: string): void {
    const decoded = decodeServerFrame(data);
    if (!('frame' in decoded)) {
      this.#fault ??= new Error(`the gateway sent what is no frame: ${JSON.stringify(decoded)}`);
      return this.#changes.changed();
    }
    const { frame } = decoded;
    this.frames.push(frame);
    this.#follow(frame);
    this.#changes.changed();
  }

  #follow(frame: ServerFrame): void {
    switch (frame.type) {
      case 'welcome':
        this.#epoch = frame.epoch;
        return;
      case 'resumed':
        this.#token = frame.token.value;
        this.#epoch = frame.epoch;
        this.#offset = frame.output.from - 1;
        this.#nextSeq = frame.accepted + 1;
        return;
      case 'token':
        if (frame.value !== undefined && frame.link === undefined) this.#token = frame.value;
        return;
      case 'gap':
        return this.#moved(frame.from, frame.to ?? frame.from, frame.epoch);
      case 'output':
      case 'echo':
      case 'dropped':
        return this.#moved(frame.offset, frame.offset, frame.epoch);
      case 'gmcp':
        if (frame.offset !== undefined) this.#moved(frame.offset, frame.offset, frame.epoch);
        return;
      default:
        return;
    }
  }

  #moved(from: number, to: number, epoch: string | undefined): void {
    if (epoch !== undefined) this.#epoch = epoch;
    if (from !== this.#offset + 1) {
      this.#fault ??= new Error(`after offset ${this.#offset} came ${from}`);
    }
    this.#offset = to;
    this.#unacknowledged += 1;
    if (this.#unacknowledged < this.#acknowledgeEvery) return;
    this.#unacknowledged = 0;
    this.acknowledge();
  }
}
