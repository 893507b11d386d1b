import { connect } from 'node:net';
import { WebSocket } from 'ws';
import { Changes } from '../support/until.ts';

/** A WebSocket client that believes it may say anything. */
export class Vandal {
  readonly socket: WebSocket;
  readonly #changes = new Changes();
  readonly #received: string[] = [];
  #closed: { readonly code: number; readonly reason: string } | undefined;

  constructor(port: number, path = '/play', protocols: string | string[] = 'holdfast.v1') {
    this.socket = new WebSocket(`ws://127.0.0.1:${port}${path}`, protocols);
    this.socket.on('message', (data: Buffer) => {
      this.#received.push(data.toString());
      this.#changes.changed();
    });
    this.socket.on('error', () => undefined);
    this.socket.on('close', (code, reason) => {
      this.#closed = { code, reason: reason.toString() };
      this.#changes.changed();
    });
    this.socket.on('open', () => this.#changes.changed());
  }

  /** Sends it all as it is, as soon as it can. */
  static send(port: number, ...messages: readonly (string | Buffer)[]): Vandal {
    const vandal = new Vandal(port);
    vandal.socket.once('open', () => {
      for (const message of messages) vandal.socket.send(message);
    });
    return vandal;
  }

  async opened(): Promise<this> {
    await this.#changes.until('the handshake', () => this.socket.readyState === WebSocket.OPEN);
    return this;
  }

  /** Resolves when so many frames have come. */
  received(count: number): Promise<readonly string[]> {
    return this.#changes.until(`${count} frames`, () => this.#received.length >= count && this.#received);
  }

  /** How the gateway closed the connection, and all that it said before. */
  async closed(): Promise<{
    readonly code: number;
    readonly reason: string;
    readonly received: readonly string[];
  }> {
    const closed = await this.#changes.until('the close', () => this.#closed);
    return { ...closed, received: this.#received };
  }

  /** The close code and the last frame before it, in short. */
  async answer(): Promise<string> {
    const { code, received } = await this.closed();
    const last: { code?: string; retry?: string } = JSON.parse(received.at(-1) ?? '{}');
    return last.code === undefined ? `${code} without a word` : `${code} ${last.code}, ${last.retry}`;
  }
}

/** A `hello` with this `resume`, whatever that is. */
export function hello(resume?: unknown): string {
  return JSON.stringify({ type: 'hello', resume });
}

/** What a good handshake has beside its path and its subprotocol. */
export const UPGRADE = [
  'Host: localhost',
  'Connection: Upgrade',
  'Upgrade: websocket',
  'Sec-WebSocket-Version: 13',
  'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==',
  '',
].join('\r\n');

/** Sends bytes, never closes by itself, and resolves with what came when the gateway has closed both ways. */
export function exchange(port: number, bytes: Buffer | string): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true });
    const received: Buffer[] = [];
    // A connection that is only half closed is noticed by nobody who does not write to it.
    const probe = setInterval(() => socket.write('\0'), 50);
    const late = setTimeout(() => {
      reject(new Error('the gateway did not close'));
      socket.destroy();
    }, 8000);
    socket.on('data', (chunk: Buffer) => received.push(chunk));
    socket.on('error', () => undefined);
    socket.on('close', () => {
      clearInterval(probe);
      clearTimeout(late);
      resolve(Buffer.concat(received));
    });
    socket.write(bytes);
  });
}

/** Sends bytes behind a good handshake, and resolves with the code with which the gateway closes. */
export function closeCodeFor(port: number, bytes: Buffer): Promise<number> {
  return new Promise((resolve, reject) => {
    const socket = connect({ port, host: '127.0.0.1' });
    let received = Buffer.alloc(0);
    socket.on('data', (chunk: Buffer) => {
      received = Buffer.concat([received, chunk]);
      const frame = received.subarray(received.indexOf('\r\n\r\n') + 4);
      if (frame[0] !== 0x88 || frame.length < 4) return;
      resolve(frame.readUInt16BE(2));
      socket.destroy();
    });
    socket.on('error', reject);
    socket.on('close', () => reject(new Error('no close frame came')));
    socket.write(`GET /play HTTP/1.1\r\n${UPGRADE}Sec-WebSocket-Protocol: holdfast.v1\r\n\r\n`);
    socket.write(bytes);
  });
}
