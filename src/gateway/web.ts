import { readFile } from 'node:fs/promises';
import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';

/** What the page consists of, and nothing else is served. */
const FILES: Readonly<Record<string, { readonly file: string; readonly type: string }>> = {
  '/': { file: 'index.html', type: 'text/html; charset=utf-8' },
  '/play.css': { file: 'play.css', type: 'text/css; charset=utf-8' },
  '/play.js': { file: 'play.js', type: 'text/javascript; charset=utf-8' },
  '/ansi.js': { file: 'ansi.js', type: 'text/javascript; charset=utf-8' },
};

const HEADERS = {
  'Cache-Control': 'no-cache',
  'Content-Security-Policy':
    "default-src 'self'; connect-src 'self' ws: wss:; img-src 'self' data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  'Referrer-Policy': 'no-referrer',
  'X-Content-Type-Options': 'nosniff',
} as const;

export interface WebOptions {
  /** What `/healthz` says: true is answered with 200, false with 503. */
  readonly isHealthy: () => boolean;
}

/** Answers plain HTTP on the WebSocket's port: the player's page, and `/healthz`. */
export function webHandler({ isHealthy }: WebOptions): RequestListener {
  return (request, response) => {
    answer(request, response, isHealthy).catch(() => response.destroy());
  };
}

async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  isHealthy: () => boolean,
): Promise<void> {
  const path = request.url?.split('?', 1)[0] ?? '/';
  if (request.method !== 'GET' && request.method !== 'HEAD') return send(response, 405, 'method not allowed');
  if (path === '/healthz') return send(response, isHealthy() ? 200 : 503, isHealthy() ? 'ok' : 'failing');
  const known = Object.hasOwn(FILES, path) ? FILES[path] : undefined;
  if (known === undefined) return send(response, 404, 'not found');
  const body = await readFile(new URL(`../../web/${known.file}`, import.meta.url));
  response.writeHead(200, { ...HEADERS, 'Content-Type': known.type, 'Content-Length': body.length });
  response.end(request.method === 'HEAD' ? undefined : body);
}

function send(response: ServerResponse, status: number, text: string): void {
  response.writeHead(status, { ...HEADERS, 'Content-Type': 'text/plain; charset=utf-8' }).end(`${text}\n`);
}
