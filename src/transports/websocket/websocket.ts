import { createServer, type IncomingMessage, type RequestListener, type Server } from 'node:http';
import type { Duplex } from 'node:stream';
import { WebSocketServer } from 'ws';
import {
  decodeClientFrame,
  type Converse,
  type Limits,
  type ListenAddress,
  type Transport,
} from '../../protocol/index.ts';
import { listenOn } from '../listen.ts';
import { WebSocketLink } from './websocket-link.ts';

/** The subprotocol that a client must offer. */
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
}

/** Players by WebSocket, in the subprotocol `holdfast.v1`. */
export function websocket(options: WebSocketOptions): Transport {
  return new WebSocketTransport(options);
}

class WebSocketTransport implements Transport {
  readonly name = 'websocket';
  readonly #options: Required<Omit<WebSocketOptions, 'request'>>;
  readonly #http: Server;
  readonly #links = new Set<WebSocketLink>();
  #pinging: NodeJS.Timeout | undefined;

  constructor({ request = notFound, ...options }: WebSocketOptions) {
    this.#options = { host: '127.0.0.1', path: '/play', ...options };
    this.#http = createServer(request);
  }

  listen(converse: Converse, limits: Limits): Promise<ListenAddress> {
    const sockets = new WebSocketServer({
      noServer: true,
      maxPayload: limits.frame_bytes,
      perMessageDeflate: false,
      clientTracking: false,
      handleProtocols: () => SUBPROTOCOL,
    });
    this.#http.on('upgrade', (request, socket, head) => {
      const refusal = this.#refusal(request);
      if (refusal !== undefined) return refuse(socket, refusal);
      sockets.handleUpgrade(request, socket, head, (ws) => {
        this.#accept(new WebSocketLink(ws, socket, request.socket.remoteAddress), converse, limits);
      });
    });
    this.#pinging = setInterval(() => {
      for (const link of this.#links) link.ping();
    }, limits.ping_ms);
    this.#pinging.unref();
    return listenOn(this.#http, this.#options);
  }

  async close(): Promise<void> {
    clearInterval(this.#pinging);
    const closed = new Promise<void>((resolve) => {
      this.#http.close(() => resolve());
    });
    this.#http.closeIdleConnections();
    const cut = setTimeout(() => {
      for (const link of this.#links) link.cut();
      this.#http.closeAllConnections();
    }, CLOSE_GRACE_MS);
    if (this.#http.listening) await closed;
    while (this.#links.size > 0) await Promise.all([...this.#links].map((link) => link.closed));
    clearTimeout(cut);
  }

  #accept(link: WebSocketLink, converse: Converse, limits: Limits): void {
    this.#links.add(link);
    const conversation = converse(link);
    link.start({
      text: (text) => {
        const decoded = decodeClientFrame(text, limits);
        if ('frame' in decoded) conversation.receive(decoded.frame);
        else conversation.fail('bad_frame', { detail: decoded.problem });
      },
      binary: () => conversation.fail('binary_frame'),
      gone: () => {
        this.#links.delete(link);
        conversation.gone();
      },
    });
  }

  #refusal(request: IncomingMessage): string | undefined {
    const path = request.url?.split('?', 1)[0];
    if (path !== this.#options.path) return '404 Not Found';
    const offered = request.headers['sec-websocket-protocol']?.split(',').map((name) => name.trim());
    return offered?.includes(SUBPROTOCOL) ? undefined : '400 Bad Request';
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
