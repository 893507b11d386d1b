import { EventEmitter } from 'node:events';
import { createDeflate } from 'node:zlib';
import { expect, it } from 'vitest';
import { deflated } from '../../../test/support/deflated.ts';
import { ManualClock } from '../../../test/support/manual-clock.ts';
import { until } from '../../../test/support/upstream.ts';
import { ClientIntroduction } from './client-introduction.ts';
import { GameConnection } from './game-connection.ts';
import type { Connect } from './game-socket.ts';

const [SE, SB, WILL, IAC] = [240, 250, 251, 255] as const;
const MCCP2 = 86;

/** A socket that reads all into one buffer, as all real ones do into the same. */
class OneBufferSocket extends EventEmitter {
  readonly #buffer = Buffer.alloc(1024);
  writable = true;
  readonly writableLength = 0;

  read(bytes: Uint8Array): void {
    this.#buffer.set(bytes);
    this.emit('data', this.#buffer.subarray(0, bytes.length));
    // Another connection reads.
    this.#buffer.fill(0);
  }

  write(_data: unknown, _encoding: string, written?: (error?: Error) => void): void {
    written?.(this.writable ? undefined : new Error('EPIPE'));
  }
  pause(): void {}
  resume(): void {}
  end(): void {}
  destroy(): void {}
}

/** A connection that is open, by a socket of the test's, and what came of it. */
function opened(): { socket: OneBufferSocket; connection: GameConnection; text: () => string } {
  const socket = new OneBufferSocket();
  let isConnected = (): void => undefined;
  const connect: Connect = (_, connected) => {
    isConnected = connected;
    return socket;
  };
  let text = '';
  const connection = new GameConnection(
    { address: { host: 'game', port: 1 }, connect, clock: new ManualClock(), proxyProtocol: 'off' },
    {
      clock: new ManualClock(),
      client: () => ({ transport: 'telnet' }),
      introduction: new ClientIntroduction(),
      compression: true,
      encoding: 'utf-8',
    },
    {
      opened: () => undefined,
      received: (events) => {
        for (const event of events) if (event.kind === 'text') text += event.text;
      },
      lost: () => undefined,
      failed: (error) => {
        text += error.message;
      },
    },
  );
  isConnected();
  return { socket, connection, text: () => text };
}

it('knows at once of a line that left, and does not take one for it that was written into a broken socket', async () => {
  const { socket, connection } = opened();
  expect(connection.line('look')).toBeUndefined();
  // Its end has not been told yet.
  socket.writable = false;
  await expect(connection.line('look')).rejects.toThrow('EPIPE');
  connection.close();
});

it('keeps nothing of what it read into the buffer that all connections share', async () => {
  const { socket, connection, text } = opened();
  // Half a character waits for its other half.
  socket.read(Buffer.of(0xc3));
  socket.read(Buffer.of(0xbc, IAC, WILL, MCCP2));
  socket.read(Buffer.of(IAC, SB, MCCP2));
  socket.read(Buffer.of(IAC, SE));
  const deflate = createDeflate();
  const pieces = [
    await deflated(deflate, ' one'),
    await deflated(deflate, ' two'),
    await deflated(deflate, ' three'),
  ];
  // Each but the first waits until the one before is inflated.
  for (const piece of pieces) socket.read(piece);
  await until(() => expect(text()).toBe('ü one two three'));
  connection.close();
});
