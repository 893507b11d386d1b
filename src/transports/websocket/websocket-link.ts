import type { Duplex } from 'node:stream';
import type { WebSocket } from 'ws';
import type { ClientInfo } from '../../core/index.ts';
import { encodeServerFrame, type Link, type PlayerTraits, type ServerFrame } from '../../protocol/index.ts';
import { CorkedSocket } from '../corked-socket.ts';

/** While so much is unsent, nothing more is read from the client, in bytes. */
const UNSENT_LIMIT = 1_048_576;

/** A close that the other side does not answer in this time is cut, in ms. */
const CLOSE_TIMEOUT_MS = 2000;

export interface WebSocketEvents {
  text(text: string): void;
  binary(): void;
  gone(): void;
}

/** One player's WebSocket. */
export class WebSocketLink implements Link {
  readonly traits: PlayerTraits = { confirms: true };
  readonly client: ClientInfo;
  readonly closed: Promise<void>;
  readonly #ws: WebSocket;
  readonly #socket: Duplex;
  readonly #corked: CorkedSocket;
  #heard = true;
  #ended = false;

  constructor(ws: WebSocket, socket: Duplex, address: string | undefined) {
    this.#ws = ws;
    this.#socket = socket;
    this.#corked = new CorkedSocket(socket);
    this.client = address === undefined ? { transport: 'websocket' } : { transport: 'websocket', address };
    this.closed = new Promise((resolve) => {
      ws.once('close', () => resolve());
    });
  }

  start(events: WebSocketEvents): void {
    this.#ws.on('message', (data: Buffer, isBinary: boolean) => {
      this.#heard = true;
      if (this.#ended) return;
      if (isBinary) events.binary();
      else events.text(data.toString());
    });
    for (const sign of ['ping', 'pong']) {
      this.#ws.on(sign, () => {
        this.#heard = true;
      });
    }
    // What is no WebSocket frame, or too large, `ws` has closed by itself, with its code (1002, 1007, 1009 …).
    this.#ws.on('error', () => this.#closing());
    this.#ws.once('close', () => events.gone());
    this.#socket.on('drain', () => this.#ws.resume());
  }

  send(frame: ServerFrame): void {
    if (this.#ended) return;
    this.#corked.cork();
    this.#ws.send(encodeServerFrame(frame));
    if (this.#socket.writableLength > UNSENT_LIMIT) this.#ws.pause();
  }

  end(closeCode: number, reason: string): void {
    if (this.#ended) return;
    this.#closing();
    this.#ws.resume();
    this.#ws.close(closeCode, reason);
  }

  /** Asks for a sign of life; one that did not answer the last time is cut. */
  ping(): void {
    if (!this.#heard) return this.cut();
    this.#heard = false;
    this.#ws.ping();
  }

  cut(): void {
    this.#ws.terminate();
  }

  #closing(): void {
    this.#ended = true;
    setTimeout(() => this.cut(), CLOSE_TIMEOUT_MS).unref();
  }
}
