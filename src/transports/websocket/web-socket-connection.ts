import type { Duplex } from 'node:stream';
import { TLSSocket } from 'node:tls';
import type { WebSocket } from 'ws';
import { CorkedSocket } from '../corked-socket.ts';

/** While so much is unsent, nothing more is read from the client, in bytes. */
const UNSENT_LIMIT = 1_048_576;

/** A close that the other side does not answer in this time is cut, in ms. */
const CLOSE_TIMEOUT_MS = 2000;

const NOTHING = new Uint8Array();

export interface WebSocketEvents {
  text(text: string): void;
  binary(bytes: Buffer): void;
  /** It gave no sign of life in the time between two questions. */
  silent(): void;
  /** The last one, after whatever kind of end. */
  gone(): void;
}

/** One WebSocket, whatever its subprotocol: paced, corked, asked for signs of life, and sure to end. */
export class WebSocketConnection {
  readonly closed: Promise<void>;
  readonly address: string | undefined;
  /** It came to our own port in TLS; what a proxy before us encrypts, only the proxy knows. */
  readonly isSecure: boolean;
  readonly #ws: WebSocket;
  readonly #socket: Duplex;
  readonly #corked: CorkedSocket;
  #heard = true;
  #silent: () => void = () => this.cut();
  /** Those that are out, the oldest first. */
  readonly #marks: (() => void)[] = [];
  #marksPassed = 0;
  #ended = false;
  /** Whoever listens wants to hear nothing more for now. */
  #isPaused = false;

  constructor(ws: WebSocket, socket: Duplex, address: string | undefined) {
    this.#ws = ws;
    this.#socket = socket;
    this.#corked = new CorkedSocket(socket);
    this.address = address;
    this.isSecure = socket instanceof TLSSocket;
    this.closed = new Promise((resolve) => {
      ws.once('close', () => resolve());
    });
  }

  start(events: WebSocketEvents): void {
    this.#silent = () => events.silent();
    this.#ws.on('message', (data: Buffer, isBinary: boolean) => {
      this.#heard = true;
      if (this.#ended) return;
      if (isBinary) events.binary(data);
      else events.text(data.toString());
    });
    this.#ws.on('ping', () => {
      this.#heard = true;
    });
    this.#ws.on('pong', (data: Buffer) => {
      this.#heard = true;
      this.#answered(data.toString());
    });
    // What is no WebSocket frame, or too large, `ws` has closed by itself, with its code (1002, 1007, 1009 …).
    this.#ws.on('error', () => this.#closing());
    this.#ws.once('close', () => events.gone());
    this.#socket.on('drain', () => this.#pace());
  }

  get isEnded(): boolean {
    return this.#ended;
  }

  /** A string is a text frame. After `end` it changes nothing. */
  send(frame: string | Uint8Array): void {
    if (this.#ended) return;
    this.#corked.cork();
    this.#ws.send(frame);
    this.#pace();
  }

  /** Calls back when all that was sent so far has left. */
  afterFlush(done: () => void): void {
    this.#socket.write(NOTHING, (error) => {
      if (!error) done();
    });
  }

  /**
   * Calls back when the client's side has all that was sent so far. Marks are passed in order; a client may answer only
   * the last of several pings (RFC 6455, section 5.5.3).
   */
  mark(passed: () => void): void {
    this.#marks.push(passed);
    this.#ws.ping(`mark ${this.#marksPassed + this.#marks.length}`);
  }

  pause(): void {
    this.#isPaused = true;
    this.#pace();
  }

  resume(): void {
    this.#isPaused = false;
    this.#pace();
  }

  end(closeCode: number, reason: string): void {
    if (this.#ended) return;
    this.#closing();
    this.#ws.resume();
    this.#ws.close(closeCode, reason);
  }

  /** Asks for a sign of life; tells where there was none since the last time. */
  ping(): void {
    if (!this.#heard) return this.#silent();
    this.#heard = false;
    this.#ws.ping();
  }

  cut(): void {
    this.#ws.terminate();
  }

  #answered(ping: string): void {
    const through = Number(/^mark (\d+)$/.exec(ping)?.[1] ?? 0);
    while (this.#marksPassed < through) {
      const passed = this.#marks.shift();
      if (passed === undefined) return;
      this.#marksPassed += 1;
      passed();
    }
  }

  #pace(): void {
    // Its close is heard only while we read.
    if (!this.#ended && (this.#isPaused || this.#socket.writableLength > UNSENT_LIMIT)) this.#ws.pause();
    else this.#ws.resume();
  }

  #closing(): void {
    this.#ended = true;
    setTimeout(() => this.cut(), CLOSE_TIMEOUT_MS).unref();
  }
}
