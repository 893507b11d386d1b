import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { Harbour } from './harbour.ts';
import { exchange, UPGRADE, Vandal } from './vandal.ts';

let harbour: Harbour;

beforeAll(async () => {
  harbour = await Harbour.open();
});

afterEach(() => harbour.playsOn());

afterAll(() => harbour[Symbol.asyncDispose]());

describe('HTTP', () => {
  it.each<[string, string | string[] | undefined, number]>([
    ['/play', undefined, 400],
    ['/play', 'mqtt', 400],
    ['/play', 'plain.mudstandards.org', 400],
    ['/play', ['a', 'holdfast.v2'], 400],
    ['/', 'holdfast.v1', 404],
    ['/play/', 'holdfast.v1', 404],
    ['/play%00', 'holdfast.v1', 404],
    ['/../play', 'holdfast.v1', 404],
  ])('to %s with the subprotocol %s is answered %i', async (path, protocols, status) => {
    const offer =
      protocols === undefined ? '' : `Sec-WebSocket-Protocol: ${[protocols].flat().join(', ')}\r\n`;
    const answer = await exchange(harbour.http, `GET ${path} HTTP/1.1\r\n${UPGRADE}${offer}\r\n`);
    expect(answer.toString()).toMatch(new RegExp(`^HTTP/1.1 ${status} `));
  });

  it('with our subprotocol among others is answered with ours', async () => {
    const vandal = await new Vandal(harbour.http, '/play', ['mqtt', 'holdfast.v1']).opened();
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
    expect((await exchange(harbour.http, Buffer.from(request, 'latin1'))).toString()).toMatch(
      /^HTTP\/1.1 4\d\d /,
    );
  });
});
