import { createServer, type IncomingMessage, type RequestListener, type Server } from 'node:http';
import type { Duplex } from 'node:stream';
import { WebSocketServer } from 'ws';
import {
  decodeClientFrame,
  type Converse,
  type Limits,
  type ListenAddress,
  type PublicFacts,
  type Transport,
} from '../../protocol/index.ts';
import { Entrance } from '../entrance/entrance.ts';
import { ProxyList } from '../entrance/proxy-list.ts';
import type { TlsFiles } from '../entrance/tls-files.ts';
import { listenOn } from '../listen.ts';
import { msspListing } from '../telnet/mssp-listing.ts';
import { TelnetPlayer } from '../telnet/telnet-player.ts';
import type { TelnetService } from '../telnet/telnet-service.ts';
import { FramedTelnetSocket } from './mud/framed-telnet-socket.ts';
import type { Framing } from './mud/framing.ts';
import { MUD_SUBPROTOCOLS } from './mud/subprotocols.ts';
import { WebSocketConnection } from './web-socket-connection.ts';
import { WebSocketLink } from './websocket-link.ts';

/** Our own subprotocol, which is taken where it is among others. */
export const SUBPROTOCOL = 'holdfast.v1';

/** After a stop, connections that do not close are cut after this time, in ms. */
const CLOSE_GRACE_MS = 1000;

export interface WebSocketOptions {
  /** 0 picks a free one. */
  readonly port: number;
  readonly host?: string;
  /** Where the WebSocket is; everything else on the port is `request`'s. */
  readonly path?: string;
  /** Answers plain HTTP requests. Default: 404. */
  readonly request?: RequestListener;
  /** Serves MUD clients too, by the subprotocols of mudstandards.org. Absent: only `holdfast.v1`. */
  readonly mudClients?: TelnetService;
  /** Encrypts the port. */
  readonly tls?: TlsFiles | undefined;
  /**
   * Addresses and networks (`10.0.0.0/8`) of proxies. Their `X-Forwarded-For` is believed, and so is a header of the PROXY
   * protocol where they begin a connection with one.
   */
  readonly trustedProxies?: readonly string[];
}

/** Players by WebSocket, in the subprotocol `holdfast.v1` or in one for MUD clients. */
export function websocket(options: WebSocketOptions): Transport {
  return new WebSocketTransport(options);
}

/** What a player who connects finds. */
interface Lobby {
  readonly converse: Converse;
  readonly limits: Limits;
  readonly facts: () => PublicFacts;
}

class WebSocketTransport implements Transport {
  readonly name: string;
  readonly #options: Omit<WebSocketOptions, 'request'> & { readonly host: string; readonly path: string };
  readonly #http: Server;
  readonly #proxies: ProxyList;
  readonly #entrance: Entrance;
  readonly #connections = new Set<WebSocketConnection>();
  #pinging: NodeJS.Timeout | undefined;

  constructor({ request = notFound, ...options }: WebSocketOptions) {
    this.#options = { host: '127.0.0.1', path: '/play', ...options };
    this.#http = createServer(request);
    const { tls, trustedProxies = [] } = options;
    this.name = tls === undefined ? 'websocket' : 'websockets';
    this.#proxies = new ProxyList(trustedProxies);
    this.#entrance = new Entrance({ proxies: this.#proxies, withoutHeader: 'admit', tls });
    this.#entrance.guard(this.#http);
  }

  listen(converse: Converse, limits: Limits, facts: () => PublicFacts): Promise<ListenAddress> {
    const lobby: Lobby = { converse, limits, facts };
    const sockets = new WebSocketServer({
      noServer: true,
      maxPayload: limits.frame_bytes,
      perMessageDeflate: false,
      clientTracking: false,
      handleProtocols: (offered) => this.#choice(offered) ?? false,
    });
    this.#http.on('upgrade', (request, socket, head) => {
      const refusal = this.#refusal(request);
      if (refusal !== undefined) return refuse(socket, refusal);
      sockets.handleUpgrade(request, socket, head, (ws) => {
        const connection = new WebSocketConnection(ws, socket, this.#addressOf(request));
        this.#connections.add(connection);
        void connection.closed.then(() => this.#connections.delete(connection));
        const framing = MUD_SUBPROTOCOLS.get(ws.protocol)?.();
        if (framing === undefined) this.#accept(connection, lobby);
        else this.#acceptMudClient(connection, framing, lobby);
      });
    });
    this.#pinging = setInterval(() => {
      for (const connection of this.#connections) connection.ping();
    }, limits.ping_ms);
    this.#pinging.unref();
    return listenOn(this.#http, this.#options);
  }

  async close(): Promise<void> {
    clearInterval(this.#pinging);
    this.#entrance.close();
    const closed = new Promise<void>((resolve) => {
      this.#http.close(() => resolve());
    });
    this.#http.closeIdleConnections();
    const cut = setTimeout(() => {
      for (const connection of this.#connections) connection.cut();
      this.#http.closeAllConnections();
    }, CLOSE_GRACE_MS);
    if (this.#http.listening) await closed;
    while (this.#connections.size > 0) await Promise.all([...this.#connections].map((each) => each.closed));
    clearTimeout(cut);
  }

  #accept(connection: WebSocketConnection, { converse, limits }: Lobby): void {
    const conversation = converse(new WebSocketLink(connection));
    connection.start({
      text: (text) => {
        const decoded = decodeClientFrame(text, limits);
        if ('frame' in decoded) conversation.receive(decoded.frame);
        else conversation.fail('bad_frame', { detail: decoded.problem });
      },
      binary: () => conversation.fail('binary_frame'),
      silent: () => conversation.fail('idle_timeout'),
      gone: () => conversation.gone(),
    });
  }

  #acceptMudClient(connection: WebSocketConnection, framing: Framing, lobby: Lobby): void {
    const { mudClients } = this.#options;
    if (mudClients === undefined) return connection.cut();
    const socket = new FramedTelnetSocket(connection, framing, (bytes) => player.receive(bytes));
    const player = new TelnetPlayer({
      socket,
      converse: lobby.converse,
      clock: mudClients.clock,
      lineLimitBytes: lobby.limits.command_bytes,
      showsTokenLine: mudClients.tokenLine ?? true,
      offersCharLogin: mudClients.charLogin ?? true,
      listing: () => msspListing(lobby.facts()),
      translation: mudClients.translation,
    });
    connection.start({
      text: (text) => socket.frame(text),
      binary: (bytes) => socket.frame(bytes),
      silent: () => connection.cut(),
      gone: () => player.gone(),
    });
  }

  /** The player's, as far as it is known. */
  #addressOf({ socket, headers }: IncomingMessage): string | undefined {
    const address = this.#entrance.addressOf(socket);
    const forwarded = headers['x-forwarded-for'];
    return this.#proxies.forwarded(address, Array.isArray(forwarded) ? forwarded.join(',') : forwarded);
  }

  #refusal(request: IncomingMessage): string | undefined {
    const path = request.url?.split('?', 1)[0];
    if (path !== this.#options.path) return '404 Not Found';
    const offered = request.headers['sec-websocket-protocol']?.split(',').map((name) => name.trim());
    return offered && this.#choice(new Set(offered)) ? undefined : '400 Bad Request';
  }

  /** Ours where it is offered; else what the client likes best (RFC 6455, section 4.1). */
  #choice(offered: ReadonlySet<string>): string | undefined {
    if (offered.has(SUBPROTOCOL)) return SUBPROTOCOL;
    return this.#options.mudClients && [...offered].find((name) => MUD_SUBPROTOCOLS.has(name));
  }
}

function refuse(socket: Duplex, status: string): void {
  socket.on('error', () => socket.destroy());
  // Node lets HTTP sockets be half open: one whose client does not close would stay for ever.
  socket.once('finish', () => socket.destroy());
  socket.end(`HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
}

const notFound: RequestListener = (_request, response) => {
  response.writeHead(404).end();
};
