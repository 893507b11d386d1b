import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Changes } from '../../test/support/until.ts';
import { startFaultyLink, type FaultyLink } from './faulty-link.ts';

// Behind the link is a server that says everything back.
let link: FaultyLink;
const echo = createServer((socket) => {
  socket.on('error', () => undefined);
  socket.pipe(socket);
});

beforeEach(async () => {
  await new Promise<void>((resolve) => {
    echo.listen(0, '127.0.0.1', resolve);
  });
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- A TCP server that listens has no other.
  link = await startFaultyLink((echo.address() as AddressInfo).port);
});

afterEach(async () => {
  await link.close();
  await new Promise((resolve) => echo.close(resolve));
});

class Caller {
  readonly #changes = new Changes();
  readonly #socket: Socket;
  heard = '';
  ended: 'reset' | 'close' | undefined;

  constructor() {
    this.#socket = connect(link.port, '127.0.0.1');
    this.#socket.on('data', (data) => {
      this.heard += data.toString();
      this.#changes.changed();
    });
    this.#socket.on('error', () => this.#end('reset'));
    this.#socket.on('end', () => this.#end('close'));
  }

  say(text: string): void {
    this.#socket.write(text);
  }

  hears(text: string): Promise<unknown> {
    return this.#changes.until(`"${text}" after "${this.heard}"`, () => this.heard === text);
  }

  end(): Promise<'reset' | 'close'> {
    return this.#changes.until('the end', () => this.ended);
  }

  #end(how: 'reset' | 'close'): void {
    this.ended ??= how;
    this.#changes.changed();
  }
}

describe('a faulty link', () => {
  it('passes everything on while nothing is wrong, and counts it', async () => {
    const caller = new Caller();
    caller.say('hello');
    await caller.hears('hello');
    expect([link.delivered('client'), link.delivered('gateway'), link.failures]).toEqual([5, 5, 0]);
  });

  it.each(['reset', 'close'] as const)(
    'cuts with a %s, and lets the next connection through',
    async (how) => {
      const caller = new Caller();
      caller.say('hello');
      await caller.hears('hello');
      link.cut(how);
      expect(await caller.end()).toBe(how);
      const next = new Caller();
      next.say('again');
      await next.hears('again');
    },
  );

  it('is half-open without a word to anybody, and delivers late what it held back', async () => {
    const caller = new Caller();
    caller.say('one');
    await caller.hears('one');
    link.halfOpen();
    caller.say(' two');
    const during = new Caller();
    during.say('three');
    await link.heal();
    await caller.hears('one two');
    await during.hears('three');
  });

  it('delivers nothing while it is half-open', async () => {
    link.halfOpen();
    const caller = new Caller();
    caller.say('lost');
    // A second link to the same server is a clock that needs no sleep: what takes as long was delivered there.
    const other = link;
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- A TCP server that listens has no other.
    link = await startFaultyLink((echo.address() as AddressInfo).port);
    const witness = new Caller();
    witness.say('there');
    await witness.hears('there');
    expect([caller.heard, caller.ended, other.delivered('client')]).toEqual(['', undefined, 0]);
    await other.close();
  });

  it('refuses connections until it heals, on the same port, and leads elsewhere when it is told to', async () => {
    const caller = new Caller();
    caller.say('hello');
    await caller.hears('hello');
    await link.refuse();
    expect(await caller.end()).toBe('reset');
    expect(await new Caller().end()).toBe('reset');
    await link.heal();
    const other = createServer((socket) => socket.on('error', () => undefined).end('elsewhere'));
    await new Promise<void>((resolve) => {
      other.listen(0, '127.0.0.1', resolve);
    });
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- A TCP server that listens has no other.
    link.leadTo((other.address() as AddressInfo).port);
    await new Caller().hears('elsewhere');
    other.close();
  });

  it('shows what it delivers to who watches', async () => {
    const seen: string[] = [];
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- A TCP server that listens has no other.
    const watched = await startFaultyLink((echo.address() as AddressInfo).port, {
      watch: () => (from, bytes) => seen.push(`${from}: ${bytes.toString()}`),
    });
    await link.close();
    link = watched;
    const caller = new Caller();
    caller.say('hello');
    await caller.hears('hello');
    expect(seen).toEqual(['client: hello', 'gateway: hello']);
  });

  it('delays what it passes on, and keeps its order when the delay goes', async () => {
    const caller = new Caller();
    link.delay(60);
    const before = performance.now();
    caller.say('slow');
    await caller.hears('slow');
    expect(performance.now() - before).toBeGreaterThan(110);
    caller.say(', one');
    link.delay(0);
    caller.say(', two');
    await caller.hears('slow, one, two');
  });

  it('fails the next connection right after the byte that it was told, on that side only', async () => {
    link.atByte(3, { from: 'gateway', failure: 'close' });
    const caller = new Caller();
    caller.say('hello');
    expect(await caller.end()).toBe('close');
    expect([caller.heard, link.delivered('client'), link.failures]).toEqual(['hel', 5, 1]);
    const next = new Caller();
    next.say('hello');
    await next.hears('hello');
  });

  it('fails as many connections as it is told, also before their first byte', async () => {
    link.atByte(0, { from: 'client', connections: 2 });
    const callers = [new Caller(), new Caller()];
    expect(await Promise.all(callers.map((caller) => caller.end()))).toEqual(['reset', 'reset']);
    const third = new Caller();
    third.say('through');
    await third.hears('through');
    expect(link.failures).toBe(2);
  });

  it('becomes half-open at a byte, and goes on behind it when it is healed', async () => {
    link.atByte(2, { from: 'client', failure: 'half_open' });
    const caller = new Caller();
    caller.say('1234');
    await vi.waitFor(() => expect([link.delivered('client'), link.failures]).toEqual([2, 1]));
    expect(caller.heard).toBe('');
    await link.heal();
    await caller.hears('1234');
  });
});
