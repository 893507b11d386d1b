import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { inflateSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { listenOn } from '../listen.ts';
import { NetTelnetSocket } from './net-telnet-socket.ts';

const PIECE = new Uint8Array(65_536);

let server: Server;
let client: Socket;
/** The gateway's end. */
let socket: Socket;
let telnet: NetTelnetSocket;

beforeEach(async () => {
  server = createServer({ noDelay: true });
  const address = await listenOn(server, { host: '127.0.0.1', port: 0 });
  const accepted = once(server, 'connection');
  client = connect({ ...address, allowHalfOpen: true });
  client.on('error', () => undefined);
  await Promise.all([accepted.then(([one]) => (socket = one)), once(client, 'connect')]);
  socket.on('error', () => undefined).resume();
  telnet = new NetTelnetSocket(socket, undefined);
});

afterEach(() => {
  client.destroy();
  socket.destroy();
  server.close();
});

/** Writes until the system takes no more and very much waits here. */
function fill(): void {
  client.pause();
  for (let pieces = 0; pieces < 1000 && !socket.isPaused(); pieces += 1) telnet.write(PIECE);
}

describe('a player’s TCP connection', () => {
  it('is not read while very much is unsent, and is again when it has left', async () => {
    expect(socket.isPaused()).toBe(false);
    fill();
    expect(socket.isPaused()).toBe(true);
    expect(socket.writableLength).toBeLessThan(1_000_000);
    client.resume();
    await new Promise<void>((resolve) => telnet.afterFlush(resolve));
    expect(socket.isPaused()).toBe(false);
  });

  it('has text and bytes of one turn in one piece, in their order', async () => {
    const pieces: Buffer[] = [];
    client.on('data', (bytes) => pieces.push(bytes));
    telnet.write('A room.\r\n> ');
    telnet.write(Uint8Array.of(255, 249));
    telnet.write('look\r\n');
    await once(client, 'data');
    expect(pieces).toEqual([Buffer.from('A room.\r\n> \xff\xf9look\r\n', 'latin1')]);
    telnet.write('alone');
    await once(client, 'data');
    expect(pieces[1]?.toString()).toBe('alone');
  });

  it('is compressed from the byte on that is written next, also within one turn', async () => {
    const received: Buffer[] = [];
    telnet.write(Buffer.from('plain>'));
    telnet.compress(true);
    telnet.write(Buffer.from('squeezed'));
    client.on('data', (bytes) => received.push(bytes));
    const ended = once(client, 'end');
    telnet.end();
    await ended;
    const whole = Buffer.concat(received);
    expect(whole.subarray(0, 6).toString()).toBe('plain>');
    expect(inflateSync(whole.subarray(6)).toString()).toBe('squeezed');
  });

  it('is not read while the player’s side wants to hear nothing, whatever has left', async () => {
    telnet.pause();
    telnet.resume();
    expect(socket.isPaused()).toBe(false);
    fill();
    telnet.pause();
    client.resume();
    await new Promise<void>((resolve) => telnet.afterFlush(resolve));
    expect(socket.isPaused()).toBe(true);
    telnet.resume();
    expect(socket.isPaused()).toBe(false);
  });

  it('calls back when all has left', async () => {
    client.resume();
    telnet.write(PIECE);
    await new Promise<void>((resolve) => telnet.afterFlush(resolve));
    expect(socket.writableLength).toBe(0);
  });

  it('does not call back where it was cut before', async () => {
    const left = vi.fn<() => void>();
    fill();
    telnet.afterFlush(left);
    socket.destroy();
    await once(socket, 'close');
    expect(left).not.toHaveBeenCalled();
  });

  it('ends with what was written, and is cut where the client does not end it too', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout'] });
    try {
      let received = '';
      client.on('data', (chunk: Buffer) => (received += chunk.toString()));
      telnet.pause();
      telnet.write(Buffer.from('Goodbye.'));
      telnet.end();
      await once(client, 'end');
      expect(received).toBe('Goodbye.');
      expect(socket.destroyed).toBe(false);
      vi.advanceTimersByTime(2000);
      expect(socket.destroyed).toBe(true);
    } finally {
      vi.useRealTimers();
    }
  });

  it('is over at once where the client ends it too', async () => {
    telnet.pause();
    telnet.end();
    client.end();
    await once(socket, 'close');
  });
});
