import { createServer, type Server, type Socket } from 'node:net';
import type { Listing } from '../../core/index.ts';
import type { Converse, Limits, ListenAddress, PublicFacts, Transport } from '../../protocol/index.ts';
import { Entrance } from '../entrance/entrance.ts';
import { ProxyList } from '../entrance/proxy-list.ts';
import type { TlsFiles } from '../entrance/tls-files.ts';
import { listenOn } from '../listen.ts';
import { readDirectly } from './direct-reads.ts';
import { msspListing } from './mssp-listing.ts';
import { NetTelnetSocket } from './net-telnet-socket.ts';
import { TelnetPlayer } from './telnet-player.ts';
import type { TelnetService } from './telnet-service.ts';

/** After so long without a byte TCP asks whether the client is still there, in ms. */
const TCP_KEEP_ALIVE_MS = 60_000;

/** After a stop, connections that do not close are cut after this time, in ms. */
const CLOSE_GRACE_MS = 1000;

export interface TelnetOptions extends TelnetService {
  /** 0 picks a free one. */
  readonly port: number;
  readonly host?: string;
  /** How often a sign of life that no client shows is sent, and asked for, in seconds; 0: never. Default 60. */
  readonly keepAliveSeconds?: number;
  /** Encrypts the port. */
  readonly tls?: TlsFiles | undefined;
  /**
   * Addresses and networks (`10.0.0.0/8`) of proxies. They begin each connection with a header of the PROXY protocol, and are
   * believed; from anybody else it is input like any other.
   */
  readonly trustedProxies?: readonly string[];
}

/** Players by Telnet (RFC 854). */
export function telnet(options: TelnetOptions): Transport {
  return new TelnetTransport(options);
}

/** What a player who connects finds. */
interface Lobby {
  readonly converse: Converse;
  readonly limits: Limits;
  readonly listing: () => Listing;
}

class TelnetTransport implements Transport {
  readonly name: string;
  readonly #options: Required<Omit<TelnetOptions, 'translation' | 'charset'>> &
    Pick<TelnetOptions, 'translation' | 'charset'>;
  readonly #entrance: Entrance;
  readonly #server: Server;
  readonly #players = new Map<Socket, TelnetPlayer>();
  #keepingAlive: NodeJS.Timeout | undefined;

  constructor(options: TelnetOptions) {
    this.#options = {
      host: '127.0.0.1',
      tokenLine: true,
      charLogin: true,
      keepAliveSeconds: 60,
      tls: undefined,
      trustedProxies: [],
      ...options,
    };
    const { tls, trustedProxies } = this.#options;
    this.name = tls === undefined ? 'telnet' : 'telnets';
    this.#entrance = new Entrance({ proxies: new ProxyList(trustedProxies), withoutHeader: 'refuse', tls });
    this.#server = createServer({
      noDelay: true,
      keepAlive: true,
      keepAliveInitialDelay: TCP_KEEP_ALIVE_MS,
    });
  }

  async listen(converse: Converse, limits: Limits, facts: () => PublicFacts): Promise<ListenAddress> {
    const address = await listenOn(this.#server, this.#options);
    const listing = (): Listing => msspListing(facts());
    this.#server.on('connection', (socket) => this.#accept(socket, { converse, limits, listing }));
    this.#entrance.guard(this.#server);
    const { keepAliveSeconds } = this.#options;
    if (keepAliveSeconds > 0) this.#keepAlive(keepAliveSeconds * 1000);
    return address;
  }

  #keepAlive(intervalMs: number): void {
    this.#keepingAlive = setInterval(() => {
      for (const player of this.#players.values()) player.keepAlive();
    }, intervalMs);
    this.#keepingAlive.unref();
  }

  async close(): Promise<void> {
    clearInterval(this.#keepingAlive);
    this.#entrance.close();
    if (!this.#server.listening) return;
    const closed = new Promise<void>((resolve) => {
      this.#server.close(() => resolve());
    });
    const cut = setTimeout(() => {
      for (const socket of this.#players.keys()) socket.destroy();
    }, CLOSE_GRACE_MS);
    await closed;
    clearTimeout(cut);
  }

  #accept(socket: Socket, { converse, limits, listing }: Lobby): void {
    const player = new TelnetPlayer({
      clock: this.#options.clock,
      converse,
      lineLimitBytes: limits.command_bytes,
      showsTokenLine: this.#options.tokenLine,
      offersCharLogin: this.#options.charLogin,
      listing,
      charset: this.#options.charset,
      translation: this.#options.translation,
      socket: new NetTelnetSocket(socket, this.#entrance.addressOf(socket)),
    });
    this.#players.set(socket, player);
    readDirectly(socket, (chunk) => player.receive(chunk));
    // Every error is followed by `close`, which is what matters.
    socket.on('error', () => undefined);
    socket.on('close', () => {
      this.#players.delete(socket);
      player.gone();
    });
  }
}
