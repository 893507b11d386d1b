import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { listenOn } from '../listen.ts';
import { readDirectly } from './direct-reads.ts';

let server: Server;
let client: Socket;
let socket: Socket;
let heard: string;

beforeEach(async () => {
  heard = '';
  server = createServer();
  const { host, port } = await listenOn(server, { host: '127.0.0.1', port: 0 });
  const accepted = new Promise<Socket>((resolve) => server.once('connection', resolve));
  client = connect(port, host);
  socket = await accepted;
});

afterEach(() => {
  client.destroy();
  socket.destroy();
  server.close();
});

function hear(chunk: Uint8Array): void {
  heard += Buffer.from(chunk).toString();
}

it('gives what comes past the queue of the stream', async () => {
  const queued = vi.fn<(chunk: Uint8Array) => void>();
  readDirectly(socket, hear);
  socket.on('data', queued);
  client.write('look');
  await vi.waitFor(() => expect(heard).toBe('look'));
  expect(queued).not.toHaveBeenCalled();
});

it('keeps the order over pauses, also one that begins with a chunk, and hears the end behind all', async () => {
  readDirectly(socket, (chunk) => {
    hear(chunk);
    if (heard.endsWith('2')) socket.pause();
  });
  client.write('1');
  await vi.waitFor(() => expect(heard).toBe('1'));
  client.write('2');
  await vi.waitFor(() => expect(heard).toBe('12'));
  client.write('3');
  await vi.waitFor(() => expect(socket.readableLength).toBe(1));
  expect(heard).toBe('12');
  socket.resume();
  client.end('4');
  await once(socket, 'end');
  expect(heard).toBe('1234');
});

it('reads no more than the stream may keep while it is paused', async () => {
  readDirectly(socket, hear);
  socket.pause();
  const text = 'x'.repeat(4_000_000);
  client.write(text);
  await vi.waitFor(() => expect(socket.readableLength).toBeGreaterThanOrEqual(socket.readableHighWaterMark));
  expect(socket.readableLength).toBeLessThan(text.length / 4);
  socket.resume();
  await vi.waitFor(() => expect(heard).toHaveLength(text.length));
  expect(heard).toBe(text);
});

it('gives first what was put back before', async () => {
  client.write('first');
  socket.pause();
  await once(socket, 'readable');
  const bytes: unknown = socket.read();
  socket.unshift(bytes);
  readDirectly(socket, hear);
  client.write(' and second');
  socket.resume();
  await vi.waitFor(() => expect(heard).toBe('first and second'));
});

it('leaves to the stream what came in the same turn as what made the listener pause', async () => {
  readDirectly(socket, (chunk) => {
    hear(chunk);
    if (heard === '1') socket.pause();
  });
  socket.push(Buffer.from('1'));
  socket.push(Buffer.from('2'));
  await vi.waitFor(() => expect(socket.readableLength).toBe(1));
  expect(heard).toBe('1');
  socket.resume();
  await vi.waitFor(() => expect(heard).toBe('12'));
});

it('gives what came before the connection broke before it is told that', async () => {
  readDirectly(socket, hear);
  const told = new Promise<string>((resolve) => socket.once('close', () => resolve(heard)));
  // The turn never ends by itself.
  vi.useFakeTimers({ toFake: ['setImmediate'] });
  try {
    socket.push(Buffer.from('quit'));
    socket.destroy();
    expect(await told).toBe('quit');
  } finally {
    vi.useRealTimers();
  }
});
