import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { createInflate, inflateSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Changes } from '../../../test/support/until.ts';
import { listenOn } from '../listen.ts';
import { CompressibleOutput } from './compressible-output.ts';

let server: Server;
let client: Socket;
let socket: Socket;
let output: CompressibleOutput;
let received: Buffer;
let changes: Changes;

beforeEach(async () => {
  server = createServer();
  const address = await listenOn(server, { host: '127.0.0.1', port: 0 });
  const accepted = once(server, 'connection');
  client = connect(address);
  client.on('error', () => undefined);
  received = Buffer.alloc(0);
  changes = new Changes();
  client.on('data', (bytes) => {
    received = Buffer.concat([received, bytes]);
    changes.changed();
  });
  [socket] = await accepted;
  socket.on('error', () => undefined).resume();
  output = new CompressibleOutput(socket);
});

afterEach(() => {
  client.destroy();
  socket.destroy();
  server.close();
});

/** Resolves when it has left. */
function write(text: string): Promise<void> {
  return new Promise((resolve, reject) => {
    output.write(Buffer.from(text), (error) => (error ? reject(error) : resolve()));
  });
}

describe('output that is compressed', () => {
  it('begins at the exact byte, and leaves in the turn in which it was written', async () => {
    void write('plain>');
    output.compress(true);
    void write('one ');
    void write('two');
    // Nothing else is written: what is read must have been flushed by itself.
    await changes.until('what was written', () => inflated(received.subarray(6)) === 'one two');
    expect(received.subarray(0, 6).toString()).toBe('plain>');
    void write(' three');
    await changes.until('what was written', () => inflated(received.subarray(6)) === 'one two three');
  });

  it('has left when that is told', async () => {
    output.compress(true);
    const left = write('The tide is turning. '.repeat(20_000));
    expect(output.writableLength).toBeGreaterThan(400_000);
    await left;
    expect(output.writableLength).toBe(0);
    await changes.until('what was written', () => inflated(received).length === 420_000);
  });

  it('may end, and be plain, and begin again, in order', async () => {
    output.compress(true);
    void write('squeezed');
    output.compress(false);
    void write('<plain>');
    output.compress(true);
    await write('again');
    await changes.until('what was written', () => received.includes('<plain>'));
    const at = received.indexOf('<plain>');
    expect(inflateSync(received.subarray(0, at)).toString()).toBe('squeezed');
    await changes.until('what was written', () => inflated(received.subarray(at + 7)) === 'again');
  });

  it('ends as a whole stream before the connection does', async () => {
    output.compress(true);
    void write('Goodbye.');
    const whole = buffer(client.pipe(createInflate()));
    output.end();
    expect(Buffer.from(await whole).toString()).toBe('Goodbye.');
  });

  it('dies with its socket', async () => {
    output.compress(true);
    const early = write('too late');
    const closed = once(socket, 'close');
    socket.destroy();
    await closed;
    await expect(early).rejects.toThrow();
    await expect(write('more')).rejects.toThrow();
    output.end();
  });
});

/** As far as it has come. */
function inflated(bytes: Uint8Array): string {
  if (bytes.length < 2) return '';
  return inflateSync(bytes, { finishFlush: 2 }).toString();
}
