import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { StoreError } from '../core/index.ts';
import { Page, PAGE_HEADERS } from '../gateway/page.ts';
import type { ListenAddress } from '../protocol/index.ts';
import { listenOn } from '../transports/listen.ts';
import { ApiError } from './api-error.ts';
import type { Credential } from './credential.ts';
import { checkCredential, checkHost, checkSite } from './request-guard.ts';
import { matchPath, type OperatorDesk } from './route.ts';
import { ROUTES } from './routes/index.ts';

/** Connections at a time; one more is closed at once. */
const MAX_OPERATOR_CONNECTIONS = 64;

/** A request must have come in whole in this time, in ms. */
const REQUEST_TIMEOUT_MS = 10_000;

/** Of a request's headers. */
const HEADER_BYTES_LIMIT = 8192;

/** Of a request's body: no route wants more than `{}`. */
const BODY_BYTES_LIMIT = 1024;

export interface OperatorServerOptions {
  readonly desk: OperatorDesk;
  readonly credential: Credential;
  /** Host names by which it is called, beside addresses and `localhost`. */
  readonly names: readonly string[];
  /** Something was changed, by this request. */
  readonly onAction: (action: string, address: string | undefined) => void;
  readonly onFailure: (error: unknown) => void;
}

/** The operator's listener: the API below `/v1/`, for who has the credential, and the page that uses it. */
export class OperatorServer {
  readonly #options: OperatorServerOptions;
  /** Capital letters do not matter in a host's name. */
  readonly #names: readonly string[];
  readonly #server: Server;
  readonly #page = new Page('operator');

  constructor(options: OperatorServerOptions) {
    this.#options = options;
    this.#names = options.names.map((name) => name.toLowerCase());
    this.#server = createServer(
      {
        maxHeaderSize: HEADER_BYTES_LIMIT,
        requestTimeout: REQUEST_TIMEOUT_MS,
        headersTimeout: REQUEST_TIMEOUT_MS,
      },
      (request, response) => {
        this.#respond(request, response).catch(() => response.destroy());
      },
    );
    this.#server.maxConnections = MAX_OPERATOR_CONNECTIONS;
  }

  listen(address: ListenAddress): Promise<ListenAddress> {
    return listenOn(this.#server, address);
  }

  async close(): Promise<void> {
    if (!this.#server.listening) return;
    await new Promise<void>((resolve) => {
      this.#server.close(() => resolve());
      this.#server.closeAllConnections();
    });
  }

  async #respond(request: IncomingMessage, response: ServerResponse): Promise<void> {
    try {
      checkHost(request, this.#names);
      const { pathname, searchParams } = urlOf(request);
      if (pathname.startsWith('/v1/')) {
        send(response, 200, await this.#answer(request, pathname, searchParams));
      } else if (request.method !== 'GET' && request.method !== 'HEAD') {
        throw new ApiError('method_not_allowed');
      } else if (!this.#page.answer(pathname, request, response)) {
        throw new ApiError('not_found');
      }
    } catch (error) {
      const told = this.#told(error);
      if (told.code === 'unauthorized') response.setHeader('WWW-Authenticate', 'Bearer');
      // What is left of a body that is too large is not read.
      if (told.code === 'body_too_large') response.setHeader('Connection', 'close');
      send(response, told.status, told.view);
    }
  }

  async #answer(request: IncomingMessage, path: string, query: URLSearchParams): Promise<object> {
    const { desk, credential, onAction } = this.#options;
    checkSite(request);
    checkCredential(request, credential);
    const found = ROUTES.flatMap((route) => {
      const parts = matchPath(route.path, path);
      return parts === undefined ? [] : [{ route, parts }];
    });
    const chosen = found.find(({ route }) => route.method === request.method);
    if (chosen === undefined) throw new ApiError(found.length === 0 ? 'not_found' : 'method_not_allowed');
    if (request.method === 'POST') await expectNoBody(request);
    const answer = await chosen.route.answer(desk, chosen.parts, query);
    if (request.method === 'POST') onAction(path, request.socket.remoteAddress);
    return answer;
  }

  #told(error: unknown): ApiError {
    if (error instanceof ApiError) return error;
    if (error instanceof StoreError && error.passing) return new ApiError('store_unavailable');
    this.#options.onFailure(error);
    return new ApiError('internal');
  }
}

function urlOf({ url = '' }: IncomingMessage): URL {
  try {
    return new URL(url, 'http://operator');
  } catch {
    throw new ApiError('bad_request', 'its address is none');
  }
}

async function expectNoBody(request: IncomingMessage): Promise<void> {
  let body = '';
  for await (const chunk of request.setEncoding('utf8')) {
    body += String(chunk);
    if (body.length > BODY_BYTES_LIMIT) throw new ApiError('body_too_large');
  }
  if (!/^\s*(\{\s*\})?\s*$/.test(body)) throw new ApiError('bad_request', 'it takes no body');
}

function send(response: ServerResponse, status: number, answer: object): void {
  const body = Buffer.from(JSON.stringify(answer));
  response.writeHead(status, {
    ...PAGE_HEADERS,
    'Cache-Control': 'no-store',
    'Content-Type': 'application/json; charset=utf-8',
    'Content-Length': body.length,
  });
  response.end(body);
}
