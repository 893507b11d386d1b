import { createServer, type Server, type Socket } from 'node:net';
import type { Converse, Limits, ListenAddress, Transport } from '../../protocol/index.ts';
import { listenOn } from '../listen.ts';
import { NetTelnetSocket } from './net-telnet-socket.ts';
import { TelnetPlayer } from './telnet-player.ts';
import type { TelnetService } from './telnet-service.ts';

/** After a stop, connections that do not close are cut after this time, in ms. */
const CLOSE_GRACE_MS = 1000;

export interface TelnetOptions extends TelnetService {
  /** 0 picks a free one. */
  readonly port: number;
  readonly host?: string;
}

/** Players by Telnet (RFC 854). */
export function telnet(options: TelnetOptions): Transport {
  return new TelnetTransport(options);
}

class TelnetTransport implements Transport {
  readonly name = 'telnet';
  readonly #options: Required<TelnetOptions>;
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();

  constructor(options: TelnetOptions) {
    this.#options = { host: '127.0.0.1', tokenLine: true, charLogin: true, ...options };
    this.#server = createServer({ noDelay: true, keepAlive: true });
  }

  listen(converse: Converse, limits: Limits): Promise<ListenAddress> {
    this.#server.on('connection', (socket) => this.#accept(socket, converse, limits));
    return listenOn(this.#server, this.#options);
  }

  async close(): Promise<void> {
    if (!this.#server.listening) return;
    const closed = new Promise<void>((resolve) => {
      this.#server.close(() => resolve());
    });
    const cut = setTimeout(() => {
      for (const socket of this.#sockets) socket.destroy();
    }, CLOSE_GRACE_MS);
    await closed;
    clearTimeout(cut);
  }

  #accept(socket: Socket, converse: Converse, limits: Limits): void {
    this.#sockets.add(socket);
    const player = new TelnetPlayer({
      clock: this.#options.clock,
      converse,
      lineLimitBytes: limits.command_bytes,
      showsTokenLine: this.#options.tokenLine,
      offersCharLogin: this.#options.charLogin,
      socket: new NetTelnetSocket(socket),
    });
    socket.on('data', (chunk) => player.receive(chunk));
    // Every error is followed by `close`, which is what matters.
    socket.on('error', () => undefined);
    socket.on('close', () => {
      this.#sockets.delete(socket);
      player.gone();
    });
  }
}
