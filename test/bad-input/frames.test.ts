import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { ClientFrame } from '../../src/protocol/index.ts';
import { WebPlayer } from '../support/web-player.ts';
import { Harbour } from './harbour.ts';
import { closeCodeFor, exchange, hello, UPGRADE, Vandal } from './vandal.ts';

let harbour: Harbour;

beforeAll(async () => {
  harbour = await Harbour.open();
});

afterEach(() => harbour.playsOn());

afterAll(() => harbour[Symbol.asyncDispose]());

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
    expect(await Vandal.send(harbour.http, JSON.stringify(frame)).answer()).toBe(
      '4702 unexpected_frame, never',
    );
  });

  it('as a second hello, before and after the answer', async () => {
    expect(await Vandal.send(harbour.http, hello(), hello()).answer()).toBe('4702 unexpected_frame, never');
    const vandal = Vandal.send(harbour.http, hello());
    await vandal.received(1);
    vandal.socket.send(hello());
    expect(await vandal.answer()).toBe('4702 unexpected_frame, never');
  });

  it('between resumed and stored', async () => {
    const { token } = await harbour.leaver('Hasty', (player) => player.cut());
    const vandal = Vandal.send(harbour.http, hello({ token }));
    await vandal.received(1);
    vandal.socket.send('{"type":"quit"}');
    expect(await vandal.answer()).toBe('4702 unexpected_frame, never');
    // Nothing of it was carried out: the session is there.
    const back = await WebPlayer.resume(harbour.http, { token });
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
    expect(await Vandal.send(harbour.http, text).answer()).toBe('4701 bad_frame, never');
  });

  it('says what is wrong without repeating it', async () => {
    const { received } = await Vandal.send(
      harbour.http,
      '{"type":"hello","resume":{"token":{"s3cret":1}}}',
    ).closed();
    expect(received.join('')).toContain('hello.resume.token must be text');
    expect(received.join('')).not.toContain('s3cret');
  });

  it('binary', async () => {
    expect(await Vandal.send(harbour.http, Buffer.from(hello())).answer()).toBe('1003 binary_frame, never');
  });

  it('larger than frame_bytes', async () => {
    expect(await Vandal.send(harbour.http, 'x'.repeat(65_537)).answer()).toBe('1009 without a word');
  });

  it.each<[string, number[]]>([
    ['unfinished UTF-8', [0x81, 0x83, 0, 0, 0, 0, 0x22, 0xe2, 0x82]],
    ['a byte that is no UTF-8', [0x81, 0x81, 0, 0, 0, 0, 0xff]],
  ])('%s', async (_, frame) => {
    expect(await closeCodeFor(harbour.http, Buffer.from(frame))).toBe(1007);
  });

  it.each<[string, number[], number]>([
    ['a frame that is not masked', [0x81, 0x02, 0x7b, 0x7d], 1002],
    ['a reserved opcode', [0x83, 0x80, 0, 0, 0, 0], 1002],
    ['a reserved bit', [0xc1, 0x80, 0, 0, 0, 0], 1002],
    ['the end of a message that has no beginning', [0x80, 0x80, 0, 0, 0, 0], 1002],
    ['a frame that says it has 2^62 bytes', [0x81, 0xff, 0x40, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0], 1009],
  ])('%s', async (_, frame, code) => {
    expect(await closeCodeFor(harbour.http, Buffer.from(frame))).toBe(code);
  });

  it('from a client that then does not answer the close: it is cut', async () => {
    const handshake = `GET /play HTTP/1.1\r\n${UPGRADE}Sec-WebSocket-Protocol: holdfast.v1\r\n\r\n`;
    await exchange(harbour.http, Buffer.concat([Buffer.from(handshake), Buffer.of(0x83, 0x80, 0, 0, 0, 0)]));
  });
});

describe('a session that is open', () => {
  let player: WebPlayer;

  beforeEach(async () => {
    player = new WebPlayer(harbour.http);
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
