import { createServer, type Server, type Socket } from 'node:net';
import { setTimeout as passed } from 'node:timers/promises';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { listenOn } from '../../transports/listen.ts';
import { connectTcp, type GameSocket } from './game-socket.ts';

let server: Server;
let game: Socket;
let socket: GameSocket;
let told: string[];

beforeEach(async () => {
  // The socket of the test before may still tell that it is closed.
  const heard: string[] = [];
  told = heard;
  server = createServer();
  const address = await listenOn(server, { host: '127.0.0.1', port: 0 });
  const accepted = new Promise<Socket>((resolve) => server.once('connection', resolve));
  socket = connectTcp(address, () => heard.push('connected'));
  socket.on('data', (bytes) => heard.push(Buffer.from(bytes).toString()));
  socket.on('end', () => heard.push('end'));
  socket.on('error', () => heard.push('error'));
  socket.on('close', () => heard.push('close'));
  game = await accepted;
  await until(() => told.includes('connected'));
  // The turn never ends by itself.
  vi.useFakeTimers({ toFake: ['setImmediate'] });
});

afterEach(() => {
  vi.runAllTimers();
  vi.useRealTimers();
  socket.destroy();
  game.destroy();
  server.close();
});

/** Looks again and again. `vi.waitFor` would end the turn. */
async function until(isSo: () => boolean): Promise<void> {
  while (!isSo()) await passed(1);
}

/** Has read so much, and perhaps not told anybody. */
function hasRead(bytes: number): Promise<void> {
  return until(() => 'bytesRead' in socket && socket.bytesRead === bytes);
}

it('tells what came when the turn ends', async () => {
  game.write('Welcome');
  await hasRead(7);
  game.write(' to the game');
  await hasRead(19);
  expect(told).toEqual(['connected']);
  vi.runAllTimers();
  expect(told).toEqual(['connected', 'Welcome', ' to the game']);
});

it('tells what came before the end before the end', async () => {
  game.write('Farewell');
  await hasRead(8);
  game.end();
  await until(() => told.includes('close'));
  expect(told).toEqual(['connected', 'Farewell', 'end', 'close']);
});

it('tells what came before a reset before the error', async () => {
  game.write('Farewell');
  await hasRead(8);
  game.resetAndDestroy();
  await until(() => told.includes('close'));
  expect(told).toEqual(['connected', 'Farewell', 'error', 'close']);
});

it('tells at once what fills its buffer, so that nobody is too late to stop it', async () => {
  game.write('x'.repeat(4_000_000));
  await until(() => told.length > 1);
  socket.pause();
  expect(told.slice(1).join('')).toMatch(/^x+$/);
});
