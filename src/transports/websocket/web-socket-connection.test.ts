import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { WebSocket, WebSocketServer } from 'ws';
import { WebSocketConnection } from './web-socket-connection.ts';

let server: WebSocketServer;
let client: WebSocket;
/** The gateway's side of it. */
let ws: WebSocket;
let connection: WebSocketConnection;
/** What the client was asked, in order. */
let pings: Buffer[];

beforeEach(async () => {
  server = new WebSocketServer({ host: '127.0.0.1', port: 0 });
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  const connected = new Promise<void>((resolve) => {
    server.once('connection', (socket: WebSocket, request: IncomingMessage) => {
      ws = socket;
      connection = new WebSocketConnection(socket, request.socket, undefined);
      const nothing = (): void => undefined;
      connection.start({ text: nothing, binary: nothing, silent: nothing, gone: nothing });
      resolve();
    });
  });
  client = new WebSocket(`ws://127.0.0.1:${address.port}`, { autoPong: false });
  pings = [];
  client.on('ping', (data: Buffer) => pings.push(data));
  await connected;
});

afterEach(async () => {
  client.terminate();
  server.close();
  await connection.closed;
});

/** Sets so many marks; those that were passed are in the list. */
async function mark(count: number): Promise<readonly number[]> {
  const passed: number[] = [];
  for (let number = 1; number <= count; number += 1) connection.mark(() => passed.push(number));
  while (pings.length < count) await once(client, 'ping');
  return passed;
}

async function answer(data: Buffer | undefined): Promise<void> {
  client.pong(data);
  await once(ws, 'pong');
}

it('tells of a mark that it was passed, and of no later one', async () => {
  const passed = await mark(3);
  await answer(pings[0]);
  expect(passed).toEqual([1]);
  await answer(Buffer.from('something else'));
  expect(passed).toEqual([1]);
  // A client may answer only the last of several (RFC 6455, section 5.5.3).
  await answer(pings[2]);
  expect(passed).toEqual([1, 2, 3]);
});

it('listens no more for many marks that nobody answers than for none', async () => {
  const before = ws.listenerCount('pong');
  await mark(30);
  expect(ws.listenerCount('pong')).toBe(before);
});
