import { copyFileSync, mkdtempSync, rmSync } from 'node:fs';
import { createServer as createHttpServer } from 'node:http';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect as connectTls, type TLSSocket } from 'node:tls';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { certificate } from '../../../test/support/certificate.ts';
import { Changes } from '../../../test/support/until.ts';
import { listenOn } from '../listen.ts';
import { Entrance, type EntranceOptions } from './entrance.ts';
import { ProxyList } from './proxy-list.ts';
import { TlsFiles } from './tls-files.ts';

const HEADER = 'PROXY TCP4 198.51.100.7 192.0.2.1 1 4000\r\n';
const changes = new Changes();
const local = new ProxyList(['127.0.0.1']);
const open: (() => unknown)[] = [];

afterEach(() => {
  vi.useRealTimers();
  for (const close of open.splice(0)) close();
});

interface Arrival {
  readonly address: string | undefined;
  text: string;
}

/** A server behind an entrance, and who came through. */
async function serve(options: EntranceOptions): Promise<{ port: number; arrivals: Arrival[] }> {
  const entrance = new Entrance(options);
  const arrivals: Arrival[] = [];
  const server = createServer((socket) => {
    const arrival = { address: entrance.addressOf(socket), text: '' };
    arrivals.push(arrival);
    socket.on('data', (bytes) => {
      arrival.text += bytes.toString();
      changes.changed();
    });
    socket.write('welcome');
  });
  return { port: await behind(entrance, server), arrivals };
}

async function behind(entrance: Entrance, server: Server): Promise<number> {
  entrance.guard(server);
  open.push(() => {
    entrance.close();
    server.close();
  });
  const { port } = await listenOn(server, { host: '127.0.0.1', port: 0 });
  return port;
}

interface Client {
  readonly socket: Socket;
  received: string;
  isClosed: boolean;
}

function follow(socket: Socket): Client {
  const client: Client = { socket, received: '', isClosed: false };
  open.push(() => socket.destroy());
  socket.on('error', () => undefined);
  socket.on('data', (bytes) => {
    client.received += bytes.toString();
    changes.changed();
  });
  socket.on('close', () => {
    client.isClosed = true;
    changes.changed();
  });
  return client;
}

function dial(port: number): Client {
  return follow(connect({ port, host: '127.0.0.1', noDelay: true }));
}

/** In two pieces, the second once the first has left. */
async function writeCut(socket: Socket, bytes: Buffer, cut: number): Promise<void> {
  await new Promise((resolve) => socket.write(bytes.subarray(0, cut), resolve));
  await new Promise(setImmediate);
  socket.write(bytes.subarray(cut));
}

describe('a listed proxy on a port for Telnet', () => {
  it('names the player, and its header is not input, wherever it is cut', async () => {
    const { port, arrivals } = await serve({ proxies: local, withoutHeader: 'refuse' });
    const bytes = Buffer.from(`${HEADER}look\r\n`);
    await Promise.all(
      Array.from({ length: bytes.length + 1 }, async (_, cut) => writeCut(dial(port).socket, bytes, cut)),
    );
    await changes.until(
      'all lines',
      () => arrivals.filter(({ text }) => text === 'look\r\n').length > bytes.length,
    );
    expect(new Set(arrivals.map(({ address }) => address))).toEqual(new Set(['198.51.100.7']));
  });

  it('that speaks for itself is the other end', async () => {
    const { port, arrivals } = await serve({ proxies: local, withoutHeader: 'refuse' });
    dial(port).socket.write('PROXY UNKNOWN\r\nx');
    await changes.until('the line', () => arrivals[0]?.text === 'x');
    expect(arrivals[0]?.address).toBe('127.0.0.1');
  });

  it.each(['look\r\n', 'PROXY TCP4 nonsense\r\n'])('that begins with %j is cut', async (text) => {
    const { port, arrivals } = await serve({ proxies: local, withoutHeader: 'refuse' });
    const client = dial(port);
    client.socket.write(text);
    await changes.until('the close', () => client.isClosed);
    expect(arrivals).toEqual([]);
  });

  it('that says nothing is cut in time', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    const { port } = await serve({ proxies: local, withoutHeader: 'refuse' });
    const client = dial(port);
    client.socket.write('PROXY');
    await vi.waitFor(() => expect(vi.getTimerCount()).toBeGreaterThan(0));
    vi.advanceTimersByTime(10_000);
    vi.useRealTimers();
    await changes.until('the close', () => client.isClosed);
  });
});

it('the header of anybody else is input like any other', async () => {
  const { port, arrivals } = await serve({ proxies: new ProxyList(['192.0.2.1']), withoutHeader: 'refuse' });
  dial(port).socket.write(HEADER);
  await changes.until('the text', () => arrivals[0]?.text === HEADER);
  expect(arrivals[0]?.address).toBe('127.0.0.1');
});

describe('HTTP behind an entrance', () => {
  it('is served with and without a header, wherever it is cut', async () => {
    const entrance = new Entrance({ proxies: local, withoutHeader: 'admit' });
    const server = createHttpServer((request, response) => {
      response.end(String(entrance.addressOf(request.socket)));
    });
    const port = await behind(entrance, server);
    const request = 'GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n';
    const ask = async (text: string, cut: number): Promise<string> => {
      const client = dial(port);
      await writeCut(client.socket, Buffer.from(text), cut);
      await changes.until('the answer', () => client.isClosed);
      return client.received.split('\r\n\r\n')[1] ?? '';
    };
    const text = HEADER + request;
    const answers = await Promise.all(Array.from({ length: text.length + 1 }, (_, cut) => ask(text, cut)));
    expect(new Set(answers.map((answer) => answer.includes('198.51.100.7')))).toEqual(new Set([true]));
    const plain = await Promise.all([0, 1, 3, 10].map((cut) => ask(request, cut)));
    expect(new Set(plain.map((answer) => answer.includes('127.0.0.1')))).toEqual(new Set([true]));
  });
});

describe('TLS', () => {
  /** The pieces are written before, each once the one before it has left. */
  async function dialTls(port: number, ...pieces: readonly string[]): Promise<TLSSocket> {
    const socket = connect({ port, host: '127.0.0.1', noDelay: true });
    for (const [at, piece] of pieces.entries()) {
      const left = new Promise((resolve) => socket.write(piece, resolve));
      if (at < pieces.length - 1) await left.then(() => new Promise(setImmediate));
    }
    return new Promise((resolve, reject) => {
      const secure = connectTls({ socket, rejectUnauthorized: false }, () => resolve(secure));
      secure.on('error', reject);
    });
  }

  it.each([
    ['in one piece with what follows', HEADER],
    ['cut', HEADER.slice(0, 20), HEADER.slice(20)],
    ['alone', HEADER, ''],
  ])('comes behind the header of a proxy, %s', async (_name, ...pieces) => {
    const tls = new TlsFiles(certificate('first'));
    open.push(() => tls.close());
    const { port, arrivals } = await serve({ proxies: local, withoutHeader: 'refuse', tls });
    const client = follow(await dialTls(port, ...pieces));
    client.socket.write('look\r\n');
    await changes.until('the line', () => arrivals[0]?.text === 'look\r\n');
    await changes.until('the welcome', () => client.received === 'welcome');
    expect(arrivals[0]?.address).toBe('198.51.100.7');
  });

  it('uses a new certificate for whoever connects from then on', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'holdfast-entrance-'));
    open.push(() => rmSync(folder, { recursive: true, force: true }));
    const paths = { certificate: join(folder, 'tls.crt'), key: join(folder, 'tls.key') };
    const put = (name: 'first' | 'second'): void => {
      copyFileSync(certificate(name).certificate, paths.certificate);
      copyFileSync(certificate(name).key, paths.key);
    };
    put('first');
    const tls = new TlsFiles({ ...paths, watchMs: 1_000_000 });
    open.push(() => tls.close());
    const { port, arrivals } = await serve({ withoutHeader: 'refuse', tls });
    const before = follow(await dialTls(port));
    put('second');
    tls.reload();
    const after = await dialTls(port);
    expect(after.getPeerCertificate().subject.CN).toBe('second.example');
    follow(after);
    before.socket.write('still here');
    await changes.until('the line', () => arrivals[0]?.text === 'still here');
  });

  it('that does not succeed is cut, and nobody else notices', async () => {
    const tls = new TlsFiles(certificate('first'));
    open.push(() => tls.close());
    const { port, arrivals } = await serve({ withoutHeader: 'refuse', tls });
    const client = dial(port);
    client.socket.write('this is no TLS at all\r\n');
    await changes.until('the close', () => client.isClosed);
    follow(await dialTls(port)).socket.write('x');
    await changes.until('the line', () => arrivals[0]?.text === 'x');
    expect(arrivals).toHaveLength(1);
  });
});
