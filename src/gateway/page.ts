import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { extname, join, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.txt': 'text/plain; charset=utf-8',
  '.woff2': 'font/woff2',
  '.webmanifest': 'application/manifest+json',
};

/** Goes with every answer. Nothing comes from elsewhere, and no script or style stands in a page itself. */
export const PAGE_HEADERS: Readonly<Record<string, string>> = {
  'Content-Security-Policy': [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self'",
    "font-src 'self'",
    "connect-src 'self'",
    "manifest-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
    "require-trusted-types-for 'script'",
  ].join('; '),
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Resource-Policy': 'same-origin',
  'Referrer-Policy': 'no-referrer',
  'X-Content-Type-Options': 'nosniff',
};

interface Asset {
  readonly type: string;
  readonly body: Buffer;
  /** Where that is smaller. */
  readonly gzipped: Buffer | undefined;
  readonly etag: string;
  readonly cacheControl: string;
}

/** One of the pages that are built into `dist/web`, in memory: nothing else can be asked for. */
export class Page {
  readonly #assets = new Map<string, Asset>();

  /** Reads the page at once. A page that was not built has nothing to serve. */
  constructor(name: 'terminal' | 'operator') {
    const folder = fileURLToPath(new URL(`../../dist/web/${name}/`, import.meta.url));
    for (const file of filesBelow(folder)) {
      const type = TYPES[extname(file)];
      if (type === undefined) continue;
      const path = `/${file.split(sep).join('/')}`;
      const body = readFileSync(join(folder, file));
      // What is in `assets` has a hash of its content in its name.
      const cacheControl = path.startsWith('/assets/') ? 'public, max-age=31536000, immutable' : 'no-cache';
      const etag = `"${createHash('sha256').update(body).digest('base64url').slice(0, 22)}"`;
      const gzipped = /^text|xml|json/.test(type) ? gzipSync(body, { level: 9 }) : undefined;
      this.#assets.set(path === '/index.html' ? '/' : path, { type, body, gzipped, etag, cacheControl });
    }
  }

  /** Answers a GET or HEAD for a path of this page; false, and nothing was answered, where it has no such path. */
  answer(path: string, request: IncomingMessage, response: ServerResponse): boolean {
    const asset = this.#assets.get(path);
    if (asset === undefined) return false;
    const { type, gzipped, etag, cacheControl } = asset;
    const isGzipped = gzipped !== undefined && /\bgzip\b/.test(String(request.headers['accept-encoding']));
    const body = isGzipped ? gzipped : asset.body;
    const headers = {
      ...PAGE_HEADERS,
      'Cache-Control': cacheControl,
      ETag: etag,
      Vary: 'Accept-Encoding',
      ...(isGzipped ? { 'Content-Encoding': 'gzip' } : {}),
    };
    if (request.headers['if-none-match'] === etag) {
      response.writeHead(304, headers).end();
      return true;
    }
    response.writeHead(200, { ...headers, 'Content-Type': type, 'Content-Length': body.length });
    response.end(request.method === 'HEAD' ? undefined : body);
    return true;
  }
}

function filesBelow(folder: string): readonly string[] {
  try {
    return readdirSync(folder, { recursive: true, encoding: 'utf8' });
  } catch {
    return [];
  }
}
