import { connect, type Socket } from 'node:net';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { Changes } from '../support/until.ts';
import { Harbour } from './harbour.ts';

const [SE, SB, WILL, WONT, DO, DONT, IAC] = [240, 250, 251, 252, 253, 254, 255] as const;
const [TTYPE, EOR, NAWS, CHARSET, GMCP] = [24, 25, 31, 42, 201] as const;
const TEN_MEGABYTES = 10 * 1024 * 1024;

let harbour: Harbour;

beforeAll(async () => {
  harbour = await Harbour.open();
});

afterEach(() => harbour.playsOn());

afterAll(() => harbour[Symbol.asyncDispose]());

/** A Telnet client of bytes, that reads. */
class Stranger {
  readonly socket: Socket;
  readonly #changes = new Changes();
  received = Buffer.alloc(0);

  constructor() {
    this.socket = connect({ port: harbour.telnet, host: '127.0.0.1' });
    this.socket.on('error', () => undefined);
    this.socket.on('data', (chunk: Buffer) => {
      this.received = Buffer.concat([this.received, chunk]);
      this.#changes.changed();
    });
  }

  /** Resolves when all of it was taken by the gateway's side. */
  send(bytes: Uint8Array | string): Promise<void> {
    return new Promise((resolve) => this.socket.write(bytes, () => resolve()));
  }

  until(text: string): Promise<unknown> {
    return this.#changes.until(text, () => this.received.includes(text));
  }

  count(...bytes: readonly number[]): number {
    return this.received.toString('latin1').split(String.fromCodePoint(...bytes)).length - 1;
  }
}

describe('Telnet', () => {
  let stranger: Stranger;

  beforeEach(async () => {
    stranger = new Stranger();
    // Every offer is refused, so that nothing is waited for.
    await stranger.send(
      Buffer.of(IAC, WONT, TTYPE, IAC, DONT, EOR, IAC, WONT, NAWS, IAC, DONT, CHARSET, IAC, DONT, GMCP),
    );
    await stranger.until('By what name are you known?');
  });

  afterEach(async () => {
    // Whatever came before: the connection is as good as new.
    await stranger.send('\r\nx\r\n');
    await stranger.until('A name is 2 to 16 letters');
    stranger.socket.destroy();
  });

  it('that sends a line without end is told once, and the next line is read', async () => {
    await stranger.send(Buffer.alloc(TEN_MEGABYTES, 'x'));
    await stranger.until('That line was longer than 4096 bytes and was not sent.');
    expect(stranger.received.toString().split('was not sent')).toHaveLength(2);
  });

  it('that sends a token of 10 MB is told the same', async () => {
    await stranger.send(`reconnect ${'A'.repeat(TEN_MEGABYTES)}`);
    await stranger.until('That line was longer than 4096 bytes and was not sent.');
  });

  it('that ends no sub-negotiation of 10 MB may end it at last', async () => {
    await stranger.send(Buffer.of(IAC, SB, NAWS));
    await stranger.send(Buffer.alloc(TEN_MEGABYTES, 'x'));
    await stranger.send(Buffer.of(IAC, SE));
  });

  it('that begins sub-negotiation after sub-negotiation', async () => {
    await stranger.send(Buffer.alloc(999_999, Buffer.of(IAC, SB, NAWS)));
    await stranger.send(Buffer.of(IAC, SE));
  });

  it('that negotiates like mad is not answered for ever', async () => {
    const verbs = [WILL, DO, WILL, DO] as const;
    await stranger.send(
      Buffer.concat(
        Array.from({ length: 25_000 }, () => verbs.map((verb) => Buffer.of(IAC, verb, 99))).flat(),
      ),
    );
    await stranger.send(Buffer.of(IAC, 246));
    await stranger.until('[Yes]');
    expect(stranger.count(IAC, DONT, 99)).toBeGreaterThan(0);
    expect(stranger.count(IAC, DONT, 99) + stranger.count(IAC, WONT, 99)).toBeLessThan(100);
  });

  it('that negotiates every option there is', async () => {
    const all = Array.from({ length: 255 }, (_, option) =>
      [WILL, DO, WONT, DONT].map((verb) => Buffer.of(IAC, verb, option)),
    );
    await stranger.send(Buffer.concat(Array.from({ length: 20 }, () => all.flat()).flat()));
  });

  it('that sends every byte there is, in any order', async () => {
    const noise = Buffer.alloc(200_000);
    let state = 1;
    for (let at = 0; at < noise.length; at += 1) {
      state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
      // No line end: each would be a name that is none.
      const byte = state >>> 24;
      noise[at] = byte === 10 || byte === 13 ? 32 : byte;
    }
    await stranger.send(noise);
    await stranger.send(Buffer.of(IAC, SE, IAC, SE));
  });

  it.each([
    ['GMCP that is no JSON', 'Char.Login {"a":'],
    ['GMCP that is deep', `Char.Login ${'['.repeat(8000)}`],
    ['GMCP with a prototype', 'Session.Resume {"__proto__":{"token":"x"}}'],
    ['GMCP of no package', ' {}'],
    ['a token that is none', 'Session.Stored {"id":"nobody’s"}'],
  ])('that sends %s', async (_, message) => {
    await stranger.send(Buffer.of(IAC, DO, GMCP));
    await stranger.send(Buffer.concat([Buffer.of(IAC, SB, GMCP), Buffer.from(message), Buffer.of(IAC, SE)]));
  });
});
