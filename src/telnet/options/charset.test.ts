import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { latin1 } from '../utf8.ts';
import { CharsetNegotiation, decodeCharsetMessage, encodeCharsetMessage } from './charset.ts';

const REJECTED = Uint8Array.of(3);

describe('A CHARSET message', () => {
  test.each([
    { kind: 'request', charsets: ['UTF-8', 'ISO-8859-1'] },
    { kind: 'accepted', charset: 'UTF-8' },
    { kind: 'rejected' },
  ] as const)('reads as it was: $kind', (message) => {
    expect(decodeCharsetMessage(encodeCharsetMessage(message))).toEqual(message);
  });

  test.each([
    [';UTF-8;US-ASCII', ['UTF-8', 'US-ASCII']],
    [' UTF-8 US-ASCII', ['UTF-8', 'US-ASCII']],
    ['[TTABLE]\x01;UTF-8', ['UTF-8']],
    ['UTF-8', ['UTF-8']],
    [';', []],
    ['', []],
    [`;UTF-8;${'x'.repeat(41)}`, ['UTF-8']],
  ])('has its separator first: %j', (text, charsets) => {
    const payload = Uint8Array.of(1, ...latin1.encode(text));
    expect(decodeCharsetMessage(payload)).toEqual({ kind: 'request', charsets });
  });

  test('that offers thousands of names is read in part', () => {
    const message = decodeCharsetMessage(Uint8Array.of(1, ...latin1.encode(';a'.repeat(5000))));
    expect(message).toMatchObject({ kind: 'request' });
    expect(message?.kind === 'request' && message.charsets.length).toBe(32);
  });

  test('of any bytes does not throw', () => {
    fc.assert(fc.property(fc.uint8Array(), (payload) => void decodeCharsetMessage(payload)));
  });
});

describe('Agreeing on a character set', () => {
  test('the one asked answers with our favourite of what is offered, as it is spelled there', () => {
    const client = new CharsetNegotiation('client', ['UTF-8', 'US-ASCII']);
    expect(client.receive(request('us-ascii', 'utf-8'))).toEqual({
      send: accepted('utf-8'),
      agreed: 'utf-8',
    });
  });

  test('what nobody has is rejected', () => {
    const client = new CharsetNegotiation('client', ['UTF-8']);
    expect(client.receive(request('KOI8-R'))).toEqual({ send: REJECTED });
  });

  test('the one who asks learns the answer', () => {
    const server = new CharsetNegotiation('server', ['UTF-8']);
    expect(server.request()).toEqual(request('UTF-8'));
    expect(server.receive(accepted('utf-8'))).toEqual({ agreed: 'utf-8' });
    server.request();
    expect(server.receive(REJECTED)).toEqual({ isRejected: true });
  });

  test('an answer that was not asked for, or was not on offer, agrees on nothing', () => {
    const server = new CharsetNegotiation('server', ['UTF-8']);
    expect(server.receive(accepted('UTF-8'))).toEqual({});
    expect(server.receive(REJECTED)).toEqual({});
    server.request();
    expect(server.receive(accepted('EBCDIC'))).toEqual({ isRejected: true });
  });

  test('when both ask at once the server’s question stands', () => {
    const server = new CharsetNegotiation('server', ['UTF-8']);
    const client = new CharsetNegotiation('client', ['UTF-8', 'US-ASCII']);
    const [toClient, toServer] = [server.request(), client.request()];
    const fromServer = server.receive(toServer);
    const fromClient = client.receive(toClient);
    expect(fromServer).toEqual({ send: REJECTED });
    expect(fromClient).toEqual({ send: accepted('UTF-8'), agreed: 'UTF-8' });
    expect(client.receive(fromServer.send!)).toEqual({});
    expect(server.receive(fromClient.send!)).toEqual({ agreed: 'UTF-8' });
  });

  test('either may ask again later', () => {
    const server = new CharsetNegotiation('server', ['UTF-8']);
    server.request();
    server.receive(REJECTED);
    expect(server.receive(request('UTF-8'))).toMatchObject({ agreed: 'UTF-8' });
  });

  test('translation tables are refused', () => {
    const client = new CharsetNegotiation('client', ['UTF-8']);
    expect(client.receive(Uint8Array.of(4, 1, 2))).toEqual({ send: Uint8Array.of(5) });
  });

  test('nonsense is ignored', () => {
    expect(new CharsetNegotiation('server', ['UTF-8']).receive(Uint8Array.of(9))).toEqual({});
  });
});

function request(...charsets: string[]): Uint8Array {
  return encodeCharsetMessage({ kind: 'request', charsets });
}

function accepted(charset: string): Uint8Array {
  return encodeCharsetMessage({ kind: 'accepted', charset });
}
