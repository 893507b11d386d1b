import type { RequestListener, ServerResponse } from 'node:http';
import { Page, PAGE_HEADERS } from './page.ts';

export interface WebOptions {
  /** What `/healthz` says: true is answered with 200, false with 503. */
  readonly isHealthy: () => boolean;
}

/** Answers plain HTTP on the WebSocket's port: the player's page, and `/healthz`. */
export function webHandler({ isHealthy }: WebOptions): RequestListener {
  const page = new Page('terminal');
  return (request, response) => {
    const path = request.url?.split('?', 1)[0] ?? '/';
    if (request.method !== 'GET' && request.method !== 'HEAD')
      return send(response, 405, 'method not allowed');
    if (path === '/healthz') return send(response, isHealthy() ? 200 : 503, isHealthy() ? 'ok' : 'failing');
    if (!page.answer(path, request, response)) send(response, 404, 'not found');
  };
}

function send(response: ServerResponse, status: number, text: string): void {
  const headers = {
    ...PAGE_HEADERS,
    'Cache-Control': 'no-cache',
    'Content-Type': 'text/plain; charset=utf-8',
  };
  response.writeHead(status, headers).end(`${text}\n`);
}
