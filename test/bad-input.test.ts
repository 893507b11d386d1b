import { connect, type Socket } from 'node:net';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { ReconnectionToken } from '../src/core/index.ts';
import {
  createGateway,
  nodeClock,
  nodeCrypto,
  type Gateway,
  type GatewayEvent,
} from '../src/gateway/index.ts';
import type { ClientFrame } from '../src/protocol/index.ts';
import { memoryStore } from '../src/stores/index.ts';
import { telnet, websocket } from '../src/transports/index.ts';
import { demoWorld } from '../src/worlds/index.ts';
import { LinePlayer } from './support/line-player.ts';
import { Changes } from './support/until.ts';
import { WebPlayer } from './support/web-player.ts';

// What players' clients, and those who only pretend to be one, may send. Whatever it is, it has a clear answer, and
// two innocent players, connected all the while, play on.

const [SE, SB, WILL, WONT, DO, DONT, IAC] = [240, 250, 251, 252, 253, 254, 255] as const;
const NAWS = 31;
const TEN_MEGABYTES = 10 * 1024 * 1024;

let gateway: Gateway;
let events: GatewayEvent[];
let http: number;
let lines: number;
let ann: WebPlayer;
let bob: LinePlayer;
/** Counts what the innocent say, so that each of it is said once. */
let said = 0;

async function start(options: { readonly helloTimeoutMs?: number } = {}): Promise<void> {
  const clock = nodeClock;
  events = [];
  gateway = createGateway({
    store: memoryStore({ clock }),
    world: demoWorld({ clock, quiet: true }),
    transports: [websocket({ port: 0 }), telnet({ port: 0, clock })],
    onEvent: (event) => events.push(event),
    ...options,
  });
  const [web, line] = await gateway.listen();
  http = web?.port ?? 0;
  lines = line?.port ?? 0;
}

beforeAll(async () => {
  await start();
  ann = (await WebPlayer.enter(http, 'Ann')).keepUp();
  bob = await LinePlayer.enter(lines, 'Bob');
});

afterEach(async () => {
  await innocentsPlayOn();
  // Nothing that a client sends is a failure of ours.
  expect(events.filter(({ kind }) => kind === 'failed')).toEqual([]);
});

afterAll(async () => {
  ann.cut();
  bob.cut();
  await gateway.close();
});

/** Both are there since before, are answered, and hear each other. */
async function innocentsPlayOn(): Promise<void> {
  said += 1;
  await ann.accepted(ann.command(`say first ${said}`));
  await bob.sees(`Ann says, "first ${said}`);
  bob.line(`say second ${said}`);
  await ann.sees(`Bob says, "second ${said}`);
}

/** A client that believes it may say anything. */
class Vandal {
  readonly socket: WebSocket;
  readonly #changes = new Changes();
  readonly #received: string[] = [];
  #closed: { readonly code: number; readonly reason: string } | undefined;

  constructor(path = '/play', protocols: string | string[] = 'holdfast.v1', port: number = http) {
    this.socket = new WebSocket(`ws://127.0.0.1:${port}${path}`, protocols);
    this.socket.on('message', (data: Buffer) => {
      this.#received.push(data.toString());
      this.#changes.changed();
    });
    this.socket.on('error', () => undefined);
    this.socket.on('close', (code, reason) => {
      this.#closed = { code, reason: reason.toString() };
      this.#changes.changed();
    });
  }

  /** Sends it all as it is, as soon as it can. */
  static send(...messages: readonly (string | Buffer)[]): Vandal {
    const vandal = new Vandal();
    vandal.socket.once('open', () => {
      for (const message of messages) vandal.socket.send(message);
    });
    return vandal;
  }

  async closed(): Promise<{ readonly code: number; readonly reason: string; readonly received: string[] }> {
    const closed = await this.#changes.until('the close', () => this.#closed);
    return { ...closed, received: this.#received };
  }

  received(count: number): Promise<unknown> {
    return this.#changes.until(`${count} frames`, () => this.#received.length >= count);
  }
}

const hello = (resume?: unknown): string => JSON.stringify({ type: 'hello', resume });
const showing = (token: string): string => hello({ token });

/** The close code, and the last frame before it, in short. */
async function answerTo(vandal: Vandal): Promise<string> {
  const { code, received } = await vandal.closed();
  const last: { code?: string; retry?: string } = JSON.parse(received.at(-1) ?? '{}');
  return `${code} ${last.code ?? 'without a word'}${last.retry === undefined ? '' : `, ${last.retry}`}`;
}

function tokenOf(text: string): ReconnectionToken {
  const token = ReconnectionToken.decode(text);
  if (token === undefined) throw new Error('not a token');
  return token;
}

function secretOf(token: string): string {
  const { secret }: { secret: string } = JSON.parse(Buffer.from(token, 'base64').toString());
  return secret;
}

/** Somebody who came, got a token, and is gone in this way. */
async function leaver(name: string, leave: (player: WebPlayer) => Promise<unknown>): Promise<string> {
  const player = await WebPlayer.enter(http, name);
  const { token } = player.kept;
  await leave(player);
  return token;
}

describe('tokens that are none of the owner’s', () => {
  /** All of them, by what is wrong with them. */
  const tokens = new Map<string, string>();

  beforeAll(async () => {
    const ID = 'c0a8012e-3f5b-4d6a-9c1d-2e3f4a5b6c7d';
    const good = ann.kept.token;
    const other = await bob.token();
    const mine = tokenOf(good);
    const theirs = tokenOf(other);
    const swapped = new ReconnectionToken(theirs.sessionId, secretOf(good), mine.expiresAt);
    tokens.set('empty', '');
    tokens.set('garbage', 'open sesame \u0000 \u{1f40c}');
    tokens.set('truncated', good.slice(0, -10));
    tokens.set('longer', `${good}AAAA`);
    tokens.set('of another alphabet', `${good.slice(0, -1)}*`);
    tokens.set('oversized', 'A'.repeat(20_000));
    tokens.set('Base64 of no JSON', Buffer.from('not json').toString('base64'));
    tokens.set(
      'JSON of another shape',
      Buffer.from('{"session_id":1,"secret":[],"expires_at":{}}').toString('base64'),
    );
    tokens.set('with a prototype', Buffer.from('{"__proto__":{"session_id":"x"}}').toString('base64'));
    tokens.set('truncated, compact', mine.encodeCompact().slice(0, -1));
    tokens.set(
      'of an unknown session',
      ReconnectionToken.generate(ID, nodeCrypto, Date.now() + 1e6).encode(),
    );
    tokens.set(
      'of this session with a wrong secret',
      ReconnectionToken.generate(mine.sessionId, nodeCrypto).encode(),
    );
    tokens.set('of another session with this secret', swapped.encode());
    tokens.set('the same, compact', swapped.encodeCompact());
    tokens.set(
      'of this session with the other secret',
      new ReconnectionToken(mine.sessionId, secretOf(theirs.withExpiry(0).encode())).encode(),
    );
    tokens.set(
      'of a session that quit',
      await leaver('Quitter', async (player) => {
        player.say({ type: 'quit' });
        await player.closed();
      }),
    );
  });

  it('all get the same answer, to the byte, and the connection is closed for good', async () => {
    const answers = new Map<string, string>();
    for (const [name, token] of tokens) {
      const { code, reason, received } = await Vandal.send(showing(token)).closed();
      answers.set(name, `${code} ${reason} ${received.join('\n')}`);
    }
    const refusal =
      '4600 token_refused {"type":"error","code":"token_refused","message":"This token is not valid.","retry":"fresh"}';
    expect(Object.fromEntries(answers)).toEqual(
      Object.fromEntries([...tokens.keys()].map((name) => [name, refusal])),
    );
  });

  it('are told apart where the operator looks', () => {
    const reasons = events.flatMap((event) => (event.kind === 'refused' ? [event.reason] : []));
    expect(new Set(reasons)).toEqual(new Set(['malformed', 'unknown']));
  });

  it('spend nothing and lock nobody out', async () => {
    const back = await WebPlayer.resume(http, ann.kept);
    await ann.closed();
    ann = back.keepUp();
    await ann.frame('caught_up');
  });

  it('are a line for the game by Telnet, except where they have the form of one', async () => {
    const eve = new LinePlayer(lines);
    eve.line(`reconnect ${tokens.get('the same, compact')}`);
    await eve.sees('That reconnection token is not valid any more.');
    await eve.sees('By what name are you known?');
    eve.line(`reconnect ${tokens.get('truncated, compact')}`);
    await eve.sees('A name is 2 to 16 letters');
    eve.line('Eve');
    await eve.token();
    eve.cut();
  });

  it('of 10 MB close the connection before they are read', async () => {
    const vandal = Vandal.send(showing('A'.repeat(TEN_MEGABYTES)));
    expect(await answerTo(vandal)).toBe('1009 without a word');
  });

  it('in a URL are not looked at', async () => {
    const { token } = ann.kept;
    const vandal = new Vandal(`/play?token=${encodeURIComponent(token)}&resume=${token}`);
    vandal.socket.once('open', () => vandal.socket.send(hello()));
    await vandal.received(1);
    vandal.socket.close();
    expect(ann.closeCode).toBeUndefined();
    const { received } = await vandal.closed();
    expect(JSON.parse(received[0] ?? '')).toMatchObject({ type: 'welcome' });
  });
});

describe('frames that may not come', () => {
  it.each<[string, ClientFrame]>([
    ['a command', { type: 'command', seq: 1, text: 'look' }],
    ['stored', { type: 'stored', id: 'x' }],
    ['an ack', { type: 'ack', offset: 0 }],
    ['a replay', { type: 'replay', run: 'all' }],
    ['a window', { type: 'window', columns: 80, rows: 24 }],
    ['quit', { type: 'quit' }],
    ['link', { type: 'link' }],
    ['refresh', { type: 'refresh' }],
  ])('before hello: %s', async (_, frame) => {
    expect(await answerTo(Vandal.send(JSON.stringify(frame)))).toBe('4702 unexpected_frame, never');
  });

  it('as a second hello, before and after the answer', async () => {
    expect(await answerTo(Vandal.send(hello(), hello()))).toBe('4702 unexpected_frame, never');
    const vandal = Vandal.send(hello());
    await vandal.received(1);
    vandal.socket.send(hello());
    expect(await answerTo(vandal)).toBe('4702 unexpected_frame, never');
  });

  it('between resumed and stored', async () => {
    const token = await leaver('Hasty', async (player) => player.cut());
    const vandal = Vandal.send(showing(token));
    await vandal.received(1);
    vandal.socket.send('{"type":"quit"}');
    expect(await answerTo(vandal)).toBe('4702 unexpected_frame, never');
    // Nothing of it was carried out: the session is there.
    const back = await WebPlayer.resume(http, { token });
    back.cut();
  });
});

describe('what is no frame', () => {
  it.each<[string, string]>([
    ['nothing', ''],
    ['not JSON', 'GET / HTTP/1.1'],
    ['half of JSON', '{"type":"hello"'],
    ['an array', '[{"type":"hello"}]'],
    ['null', 'null'],
    ['a number', '1e400'],
    ['no type', '{}'],
    ['an unknown type', '{"type":"sudo"}'],
    ['a reserved type', '{"type":"proof"}'],
    ['a type of the gateway’s', '{"type":"welcome"}'],
    ['a type of every object', '{"type":"constructor"}'],
    ['a type that is no text', '{"type":["hello"]}'],
    ['a prototype', '{"__proto__":{"type":"hello"}}'],
    ['deep JSON', `${'['.repeat(30_000)}${']'.repeat(30_000)}`],
    ['deep JSON in a field', `{"type":"hello","client":${'{"a":'.repeat(10_000)}1${'}'.repeat(10_000)}}`],
    ['deep JSON without an end', '{"a":'.repeat(10_000)],
    ['a token that is no text', hello({ token: { toString: 'x' } })],
    ['a resume that is no object', hello('token')],
    ['a negative offset', hello({ token: 'x', offset: -1 })],
    ['a fractional offset', hello({ token: 'x', offset: 1.5 })],
    ['a huge offset', '{"type":"hello","resume":{"token":"x","offset":1e308}}'],
    ['an infinite offset', '{"type":"hello","resume":{"token":"x","offset":1e999}}'],
    ['an offset beyond what is exact', '{"type":"hello","resume":{"token":"x","offset":9007199254740993}}'],
    ['an offset that is text', hello({ token: 'x', offset: '1' })],
    ['an offset that is null', hello({ token: 'x', offset: null })],
    ['an epoch that is too long', hello({ token: 'x', epoch: 'e'.repeat(65) })],
    ['a client of another shape', '{"type":"hello","client":"mine"}'],
    ['a client without a width', '{"type":"hello","client":{"name":"a","version":"1","columns":0}}'],
    ['a client with a name of several lines', '{"type":"hello","client":{"name":"a\\nb","version":"1"}}'],
  ])('%s', async (_, text) => {
    expect(await answerTo(Vandal.send(text))).toBe('4701 bad_frame, never');
  });

  it('says what is wrong without repeating it', async () => {
    const { received } = await Vandal.send('{"type":"hello","resume":{"token":{"s3cret":1}}}').closed();
    expect(received.join('')).toContain('hello.resume.token must be text');
    expect(received.join('')).not.toContain('s3cret');
  });

  it('binary', async () => {
    expect(await answerTo(Vandal.send(Buffer.from(hello())))).toBe('1003 binary_frame, never');
  });

  it('larger than frame_bytes', async () => {
    expect(await answerTo(Vandal.send('x'.repeat(65_537)))).toBe('1009 without a word');
  });

  it.each<[string, number[]]>([
    ['unfinished UTF-8', [0x81, 0x83, 0, 0, 0, 0, 0x22, 0xe2, 0x82]],
    ['a byte that is no UTF-8', [0x81, 0x81, 0, 0, 0, 0, 0xff]],
  ])('%s', async (_, frame) => {
    expect(closeCodeIn(await rawWebSocket(Buffer.from(frame)))).toBe(1007);
  });

  it.each<[string, number[], number]>([
    ['a frame that is not masked', [0x81, 0x02, 0x7b, 0x7d], 1002],
    ['a reserved opcode', [0x83, 0x80, 0, 0, 0, 0], 1002],
    ['a reserved bit', [0xc1, 0x80, 0, 0, 0, 0], 1002],
    ['the end of a message that has no beginning', [0x80, 0x80, 0, 0, 0, 0], 1002],
    ['a frame that says it has 2^62 bytes', [0x81, 0xff, 0x40, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0], 1009],
  ])('%s', async (_, frame, code) => {
    expect(closeCodeIn(await rawWebSocket(Buffer.from(frame)))).toBe(code);
  });
});

/** Sends bytes behind a good handshake, and resolves with what came until the gateway closed. */
async function rawWebSocket(bytes: Buffer): Promise<Buffer> {
  return raw(
    http,
    Buffer.concat([
      Buffer.from(`GET /play HTTP/1.1\r\n${UPGRADE}Sec-WebSocket-Protocol: holdfast.v1\r\n\r\n`),
      bytes,
    ]),
  );
}

const UPGRADE = [
  'Host: localhost',
  'Connection: Upgrade',
  'Upgrade: websocket',
  'Sec-WebSocket-Version: 13',
  'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==',
  '',
].join('\r\n');

/** Sends bytes, never closes by itself, and resolves with what came when the gateway has closed both ways. */
function raw(port: number, bytes: Buffer | string): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true });
    const received: Buffer[] = [];
    // A connection that the gateway only half closes would stay.
    const probe = setInterval(() => socket.write('\0'), 50);
    const late = setTimeout(() => socket.destroy(new Error('the gateway did not close')), 8000);
    socket.on('data', (chunk: Buffer) => received.push(chunk));
    socket.on('error', (error) => {
      if (error.message.startsWith('the gateway')) reject(error);
    });
    socket.on('close', () => {
      clearInterval(probe);
      clearTimeout(late);
      resolve(Buffer.concat(received));
    });
    socket.write(bytes);
  });
}

/** The code of the close frame at the end of what came behind the handshake. */
function closeCodeIn(received: Buffer): number | undefined {
  const at = received.lastIndexOf(0x88);
  return at < 0 ? undefined : received.readUInt16BE(at + 2);
}

describe('a session that is open', () => {
  let player: WebPlayer;

  beforeEach(async () => {
    player = new WebPlayer(http);
    await player.frame('welcome');
  });

  it.each<[string, unknown, string]>([
    ['a jump in seq', { type: 'command', seq: 2, text: 'x' }, 'bad_seq'],
    ['a huge seq', { type: 'command', seq: Number.MAX_SAFE_INTEGER, text: 'x' }, 'bad_seq'],
    ['seq 0', { type: 'command', seq: 0, text: 'x' }, 'bad_frame'],
    ['a negative seq', { type: 'command', seq: -1, text: 'x' }, 'bad_frame'],
    ['a seq that is text', { type: 'command', seq: '1', text: 'x' }, 'bad_frame'],
    ['a command that is no text', { type: 'command', seq: 1, text: 7 }, 'bad_frame'],
    ['a command with LF', { type: 'command', seq: 1, text: 'look\nquit' }, 'bad_frame'],
    ['a command with CR', { type: 'command', seq: 1, text: 'look\rquit' }, 'bad_frame'],
    ['a command with NUL', { type: 'command', seq: 1, text: 'look\0quit' }, 'bad_frame'],
    ['a command with half a character', { type: 'command', seq: 1, text: '\ud800' }, 'bad_frame'],
    ['a command that is too long', { type: 'command', seq: 1, text: 'ü'.repeat(2049) }, 'bad_frame'],
    ['a package that is no name', { type: 'gmcp', seq: 1, package: 'A\nB' }, 'bad_frame'],
    ['deep GMCP', { type: 'gmcp', seq: 1, package: 'A', data: nested(65) }, 'bad_frame'],
    ['an ack beyond what was sent', { type: 'ack', offset: 1_000_000 }, 'bad_ack'],
    ['a negative ack', { type: 'ack', offset: -1 }, 'bad_frame'],
    ['a fractional ack', { type: 'ack', offset: 0.5 }, 'bad_frame'],
    [
      'a choice of everything at once',
      { type: 'replay', run: Array.from({ length: 101 }, () => 1) },
      'bad_frame',
    ],
    ['a window of no size', { type: 'window', columns: 0, rows: 0 }, 'bad_frame'],
    ['a ping with an object', { type: 'ping', id: {} }, 'bad_frame'],
  ])('refuses %s', async (_, frame, code) => {
    player.raw(JSON.stringify(frame));
    expect((await player.frame('error')).code).toBe(code);
    expect(await player.closed()).toBeGreaterThanOrEqual(4500);
  });

  it('takes what is only useless: for another id, about nothing, or known', async () => {
    player.say({ type: 'stored', id: 'of another token' });
    player.say({ type: 'ack', offset: 0 });
    player.say({ type: 'replay', run: [1, 2, 3] });
    player.raw('{"type":"window","columns":80,"rows":24,"and":{"more":1}}');
    await player.accepted(player.command('Carl'));
    player.say({ type: 'command', seq: 1, text: 'something else' });
    await player.until('it to be accepted again', () => player.framesOf('accepted').length >= 2);
    await player.sees('Welcome ashore, Carl');
    expect(player.text).not.toContain('something else');
    player.cut();
  });

  it('refuses what is too much for the queue, accepts what was refused after saying so, and goes on', async () => {
    await player.accepted(player.command('Dora'));
    await player.frame('token');
    player.keepUp();
    const first = player.command('wait 1');
    for (let more = 0; more < 300; more += 1) player.command('say too much');
    const last = player.command('say the last');
    await player.accepted(last);
    const refused = player.framesOf('dropped').filter(({ reason }) => reason === 'refused');
    expect(refused.at(-1)).toMatchObject({ through: last });
    expect(refused[0]?.seq).toBeGreaterThan(first + 90);
    await player.until('the queue to be done', () => player.text.split('You say, "too much').length > 90);
    await player.accepted(player.command('say still here'));
    await player.sees('You say, "still here');
    player.cut();
  });

  it('is not disturbed by pings, however many', async () => {
    for (let id = 1; id <= 1000; id += 1) player.say({ type: 'ping', id });
    await player.until('all pongs', () => player.framesOf('pong').length === 1000);
    expect(player.framesOf('pong').map(({ id }) => id)).toEqual(
      Array.from({ length: 1000 }, (_, at) => at + 1),
    );
    player.cut();
  });
});

function nested(depth: number): unknown {
  return depth === 0 ? 1 : [nested(depth - 1)];
}

describe('clients that do not read', () => {
  it('and ping and ping are not read either, once very much waits for them', async () => {
    const vandal = new Vandal();
    await new Promise((resolve) => vandal.socket.once('open', resolve));
    vandal.socket.send(hello());
    await vandal.received(1);
    vandal.socket.pause();
    const ping = JSON.stringify({ type: 'ping', id: 'x'.repeat(64) });
    for (let sent = 0; sent < 200_000; sent += 1) vandal.socket.send(ping);
    await innocentsPlayOn();
    // What the gateway does not take stays here.
    expect(vandal.socket.bufferedAmount).toBeGreaterThan(0);
    vandal.socket.terminate();
  });

  it('nor those by Telnet that ask whether we are there', async () => {
    const socket = connect({ port: lines, host: '127.0.0.1' });
    socket.on('error', () => undefined);
    socket.pause();
    // IAC AYT has seven bytes of an answer.
    socket.write(Buffer.alloc(TEN_MEGABYTES, Buffer.of(IAC, 246)));
    await innocentsPlayOn();
    await innocentsPlayOn();
    expect(socket.writableLength).toBeGreaterThan(0);
    socket.destroy();
  });

  it('and whose next output does not fit stop nobody else', async () => {
    const player = await WebPlayer.enter(http, 'Reader');
    // No acknowledgement: the window fills up with entries that do not divide it.
    for (let more = 0; more < 300; more += 1) {
      await player.accepted(player.command(`say ${'x'.repeat(900)}`));
    }
    await innocentsPlayOn();
    player.cut();
  });
});

describe('HTTP', () => {
  it.each<[string, string | string[] | undefined, number]>([
    ['/play', undefined, 400],
    ['/play', 'mqtt', 400],
    ['/play', ['a', 'holdfast.v2'], 400],
    ['/', 'holdfast.v1', 404],
    ['/play/', 'holdfast.v1', 404],
    ['/play%00', 'holdfast.v1', 404],
    ['/../play', 'holdfast.v1', 404],
  ])('to %s with the subprotocol %s is answered %i', async (path, protocols, status) => {
    const offer =
      protocols === undefined ? '' : `Sec-WebSocket-Protocol: ${[protocols].flat().join(', ')}\r\n`;
    const answer = await raw(http, `GET ${path} HTTP/1.1\r\n${UPGRADE}${offer}\r\n`);
    expect(answer.toString()).toMatch(new RegExp(`^HTTP/1.1 ${status} `));
  });

  it('with our subprotocol among others is answered with ours', async () => {
    const vandal = new Vandal('/play', ['mqtt', 'holdfast.v1']);
    await new Promise((resolve) => vandal.socket.once('open', resolve));
    expect(vandal.socket.protocol).toBe('holdfast.v1');
    vandal.socket.terminate();
  });

  it.each([
    ['garbage', 'holdfast? \xff\xfb\x01\r\n\r\n'],
    ['a header without an end', `GET / HTTP/1.1\r\nX: ${'x'.repeat(100_000)}`],
    ['a version that is none', 'GET / HTTP/9.9\r\n\r\n'],
    [
      'a handshake without a key',
      'GET /play HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Protocol: holdfast.v1\r\n\r\n',
    ],
    [
      'a subprotocol header that is none',
      `GET /play HTTP/1.1\r\n${UPGRADE}Sec-WebSocket-Protocol: holdfast.v1,,\r\n\r\n`,
    ],
  ])('%s is answered with 4xx and closed', async (_, request) => {
    expect((await raw(http, Buffer.from(request, 'latin1'))).toString()).toMatch(/^HTTP\/1.1 4\d\d /);
  });
});

/** A Telnet client of bytes, that reads. */
class Stranger {
  readonly socket: Socket;
  readonly #changes = new Changes();
  received = Buffer.alloc(0);

  constructor() {
    this.socket = connect({ port: lines, host: '127.0.0.1' });
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
    await stranger.send(Buffer.alloc(1_000_000, Buffer.of(IAC, SB, NAWS)));
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
    await stranger.send(Buffer.of(IAC, DO, 201));
    await stranger.send(Buffer.concat([Buffer.of(IAC, SB, 201), Buffer.from(message), Buffer.of(IAC, SE)]));
  });
});

describe('a thousand connections that say nothing', () => {
  const SILENT = 1000;

  async function silent(port: number): Promise<Socket[]> {
    const sockets = Array.from({ length: SILENT }, () => connect({ port, host: '127.0.0.1' }));
    for (const socket of sockets) socket.on('error', () => undefined).resume();
    await Promise.all(
      sockets.map((socket) => new Promise((resolve) => socket.once('connect', () => resolve(undefined)))),
    );
    return sockets;
  }

  it('by Telnet keep nobody out', async () => {
    const sockets = await silent(lines);
    const late = await LinePlayer.enter(lines, 'Late');
    late.cut();
    await innocentsPlayOn();
    for (const socket of sockets) socket.destroy();
  });

  it('by HTTP keep nobody out', async () => {
    const sockets = await silent(http);
    const late = await WebPlayer.enter(http, 'Later');
    late.cut();
    for (const socket of sockets) socket.destroy();
  });

  it('by WebSocket are closed when their time is up, and keep nobody out', async () => {
    const [usual, ports] = [gateway, [http, lines] as const];
    await start({ helloTimeoutMs: 1500 });
    try {
      const vandals = Array.from({ length: SILENT }, () => new Vandal());
      await Promise.all(
        vandals.map(({ socket }) => new Promise((resolve) => socket.once('open', () => resolve(undefined)))),
      );
      const player = await WebPlayer.enter(http, 'Ann');
      const answers = await Promise.all(vandals.map(answerTo));
      expect(new Set(answers)).toEqual(new Set(['4103 hello_timeout, resume']));
      await player.accepted(player.command('say still here'));
      player.cut();
    } finally {
      await gateway.close();
      gateway = usual;
      [http, lines] = ports;
    }
  });
});
