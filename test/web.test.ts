import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer, request, type IncomingMessage, type Server } from 'node:http';
import { buffer } from 'node:stream/consumers';
import { gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { webHandler } from '../src/gateway/index.ts';

let server: Server;
let isHealthy = true;

beforeAll(async () => {
  server = createServer(webHandler({ isHealthy: () => isHealthy })).listen(0, '127.0.0.1');
  await once(server, 'listening');
});

afterAll(() => {
  server.close();
});

describe('the page, as the gateway serves it', () => {
  it('is asked for anew each time, and has no script and no style in itself', async () => {
    const { response, body } = await get('/');
    expect(response.headers['content-type']).toBe('text/html; charset=utf-8');
    expect(response.headers['cache-control']).toBe('no-cache');
    expect(body).not.toMatch(/<style|style=|<script(?![^>]* src=)|javascript:/);
  });

  it('names assets by a hash of what is in them, to be kept for a year', async () => {
    const { body } = await get('/');
    const assets = Array.from(body.matchAll(/(?:src|href)="\.(\/[^"]+)"/g), ([, path = '']) => path);
    expect(assets.length).toBeGreaterThanOrEqual(2);
    for (const path of assets) {
      expect(path).toMatch(/^\/assets\/\w+-[\w-]{8}\.\w+$/);
      const { response } = await get(path);
      expect(response.statusCode).toBe(200);
      expect(response.headers['cache-control']).toBe('public, max-age=31536000, immutable');
    }
  });

  it('is sent small to who can read it so', async () => {
    const plain = await get('/');
    const packed = await get('/', { 'Accept-Encoding': 'br, gzip' });
    expect(packed.response.headers['content-encoding']).toBe('gzip');
    expect(gunzipSync(packed.bytes).toString()).toBe(plain.body);
    expect(plain.response.headers['content-encoding']).toBeUndefined();
  });

  it('is not sent again to a browser that has it', async () => {
    const { response } = await get('/');
    const again = await get('/', { 'If-None-Match': response.headers.etag ?? '' });
    expect(again.response.statusCode).toBe(304);
    expect(again.body).toBe('');
  });

  it('has a policy without a word of inline, eval or elsewhere', async () => {
    for (const path of ['/', '/nowhere', '/healthz']) {
      const policy = String((await get(path)).response.headers['content-security-policy']);
      expect(policy).toContain("default-src 'none'");
      expect(policy).not.toMatch(/unsafe|\*|https?:|data:|blob:/);
    }
  });

  it('has the policy that the documents tell', async () => {
    const policy = (await get('/')).response.headers['content-security-policy'];
    const told = /default-src 'none'[^\n]*\n[^\n]*'script'/.exec(
      readFileSync('docs/security.md', 'utf8'),
    )?.[0];
    expect(told?.replace(/\s+/g, ' ')).toBe(policy);
  });

  it.each(['/index.html', '/assets/', '/../package.json', '/%2e%2e/package.json', '/main.ts', '/nowhere'])(
    'has nothing at %s',
    async (path) => {
      expect((await get(path)).response.statusCode).toBe(404);
    },
  );

  it('only reads', async () => {
    expect((await get('/', {}, 'POST')).response.statusCode).toBe(405);
    const head = await get('/', {}, 'HEAD');
    expect(head.response.statusCode).toBe(200);
    expect(Number(head.response.headers['content-length'])).toBeGreaterThan(0);
    expect(head.body).toBe('');
  });
});

it('/healthz says how the gateway is', async () => {
  expect((await get('/healthz')).response.statusCode).toBe(200);
  isHealthy = false;
  expect((await get('/healthz')).response.statusCode).toBe(503);
});

/** As a browser asks, but for paths, which a browser would tidy up. */
async function get(
  path: string,
  headers: Readonly<Record<string, string>> = {},
  method = 'GET',
): Promise<{ response: IncomingMessage; bytes: Buffer; body: string }> {
  const address = server.address();
  const port = typeof address === 'object' ? address?.port : undefined;
  const asked = request({ host: '127.0.0.1', port, path, headers, method }).end();
  const response = await new Promise<IncomingMessage>((resolve, reject) => {
    asked.once('response', resolve).once('error', reject);
  });
  const bytes = await buffer(response);
  return { response, bytes, body: bytes.toString() };
}
