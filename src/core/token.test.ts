import { inspect } from 'node:util';
import { describe, expect, it } from 'vitest';
import { seededCrypto } from '../../test/support/seeded-crypto.ts';
import type { Cryptography } from './crypto.ts';
import { randomName, ReconnectionToken, tokenId, TOKEN_LENGTH_LIMIT } from './token.ts';

const ID = '6b1f4f6e-9d3f-4f43-8c43-0f1c2f6f7d10';
const SECRET = 'abcdefghijklmnopqrstuvwxyzABCDEF';
const EXPIRES = '2026-12-18T20:00:00.000Z';
const crypto = seededCrypto(1);

describe('a token', () => {
  const token = new ReconnectionToken(ID, SECRET, Date.parse(EXPIRES));

  it('is Base64 of the JSON that the specification names', () => {
    const json: unknown = JSON.parse(Buffer.from(token.encode(), 'base64').toString());
    expect(json).toEqual({ session_id: ID, secret: SECRET, expires_at: EXPIRES });
  });

  it('comes back from both forms as it was', () => {
    const decoded = ReconnectionToken.decode(token.encode());
    expect(decoded?.encode()).toBe(token.encode());
    expect(decoded?.expiresAt).toBe(Date.parse(EXPIRES));
    const compact = ReconnectionToken.decode(token.encodeCompact());
    expect(compact?.sessionId).toBe(ID);
    expect(compact?.expiresAt).toBeUndefined();
    expect(compact?.hash(crypto)).toBe(token.hash(crypto));
  });

  it('has a compact form of at most 64 letters that a player can paste', () => {
    expect(token.encodeCompact()).toMatch(/^[A-Za-z0-9_-]{1,64}$/);
  });

  it.each([
    ['the URL-safe alphabet', encode({}).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '')],
    ['no padding', encode({}).replaceAll('=', '')],
    ['an id in upper case', encode({ session_id: ID.toUpperCase() })],
    ['a time without milliseconds', encode({ expires_at: '2026-12-18T20:00:00Z' })],
    ['a time with microseconds', encode({ expires_at: '2026-12-18T20:00:00.000000Z' })],
    ['no time', encode({ expires_at: undefined })],
    ['other fields', encode({ more: [1, 2, 3] })],
  ])('is read with %s', (_, text) => {
    expect(ReconnectionToken.decode(text)?.hash(crypto)).toBe(token.hash(crypto));
  });

  it.each([
    ['nothing', ''],
    ['a word', 'reconnect'],
    ['no Base64', `${encode({})}!`],
    ['a space behind it', `${encode({})} `],
    ['no JSON', Buffer.from('{').toString('base64')],
    ['no object', Buffer.from('"token"').toString('base64')],
    ['null', Buffer.from('null').toString('base64')],
    ['no text', Buffer.from('{"a":"\u00e4"}').toString('base64')],
    ['another id', encode({ session_id: '6b1f4f6e-9d3f-1f43-8c43-0f1c2f6f7d10' })],
    ['an id that is a number', encode({ session_id: 1 })],
    ['a short secret', encode({ secret: SECRET.slice(1) })],
    ['a long secret', encode({ secret: `${SECRET}a` })],
    ['a secret with another letter', encode({ secret: `${SECRET.slice(1)}-` })],
    ['a secret that is a list', encode({ secret: [SECRET] })],
    ['a time that is none', encode({ expires_at: '2026-13-18T20:00:00Z' })],
    ['a time of another zone', encode({ expires_at: '2026-12-18T20:00:00+01:00' })],
    ['a time that is a number', encode({ expires_at: 1 })],
    ['a time that is null', encode({ expires_at: null })],
    ['an inherited field', encode({ secret: undefined, ['__proto__']: { secret: SECRET } })],
    ['a compact form of another version', token.encodeCompact().replace('h1', 'h2')],
    ['a compact form that is too short', token.encodeCompact().slice(1)],
    ['a compact form of another kind of id', `h1${'A'.repeat(22)}${SECRET}`],
    ['stray bits in a compact form', token.encodeCompact().replace(/^(.{23})./, '$1B')],
    ['more than the limit', encode({ more: 'x'.repeat(TOKEN_LENGTH_LIMIT) })],
    ['ten million letters', 'A'.repeat(10_000_000)],
    ['a deep list', Buffer.from('['.repeat(700)).toString('base64')],
  ])('is not %s', (_, text) => {
    const began = performance.now();
    expect(ReconnectionToken.decode(text)).toBeUndefined();
    expect(performance.now() - began).toBeLessThan(1000);
  });

  it('shows its secret to nobody who did not ask', () => {
    const decoded = ReconnectionToken.decode(token.encode());
    for (const each of [token, decoded]) {
      const seen = [
        JSON.stringify({ each }),
        inspect(each, { showHidden: true, depth: 9 }),
        String(each),
        Object.entries(each ?? {}).join(),
      ].join('\n');
      expect(seen).toContain(ID);
      expect(seen).not.toContain(SECRET);
    }
  });

  it('has its own hash, which tells the session too', () => {
    const others = [
      new ReconnectionToken(ID.replace('6', '7'), SECRET),
      new ReconnectionToken(ID, SECRET.replace('a', 'b')),
    ];
    expect(token.hash(crypto)).toMatch(/^[0-9a-f]{64}$/);
    expect(token.withExpiry(0).hash(crypto)).toBe(token.hash(crypto));
    for (const other of others) expect(other.hash(crypto)).not.toBe(token.hash(crypto));
    expect(tokenId(token.hash(crypto))).toBe(token.hash(crypto).slice(0, 16));
  });

  it('expires when its time is there, and not without a time', () => {
    const at = Date.parse(EXPIRES);
    expect([token.isExpired(at - 1), token.isExpired(at)]).toEqual([false, true]);
    expect(new ReconnectionToken(ID, SECRET).isExpired(Infinity)).toBe(false);
  });

  it('has a new secret each time, of all 62 letters alike', () => {
    const counts = new Map<string, number>();
    const secrets = new Set<string>();
    for (let n = 0; n < 2000; n += 1) {
      const secret = ReconnectionToken.generate(ID, crypto).encodeCompact().slice(24);
      secrets.add(secret);
      for (const letter of secret) counts.set(letter, (counts.get(letter) ?? 0) + 1);
    }
    expect(secrets.size).toBe(2000);
    expect(counts.size).toBe(62);
    // About 1032 of each; a modulo's bias would be a quarter more for eight of them.
    for (const count of counts.values()) expect(Math.abs(count - 1032)).toBeLessThan(180);
  });

  it('takes no letter from bytes that would make some likelier', () => {
    let asked = 0;
    const skewed: Cryptography = {
      ...crypto,
      randomBytes: (length) => new Uint8Array(length).fill((asked += 1) === 1 ? 255 : 0),
    };
    expect(ReconnectionToken.generate(ID, skewed).encodeCompact().slice(24)).toBe('A'.repeat(32));
  });
});

describe('a sealed successor', () => {
  const token = new ReconnectionToken(ID, SECRET);
  const successor = ReconnectionToken.generate(ID, crypto);
  const place = { chain: 'c', generation: 2 };
  const sealed = token.seal(successor, place, crypto);

  it('opens under its predecessor, in its place', () => {
    expect(token.unseal(sealed, place, crypto)?.hash(crypto)).toBe(successor.hash(crypto));
  });

  it('opens under nothing else', () => {
    expect(successor.unseal(sealed, place, crypto)).toBeUndefined();
    expect(token.unseal(sealed, { ...place, generation: 3 }, crypto)).toBeUndefined();
    expect(token.unseal(sealed, { ...place, chain: 'd' }, crypto)).toBeUndefined();
    expect(token.unseal('not Base64!', place, crypto)).toBeUndefined();
  });
});

it('a random name has 16 hexadecimal digits', () => {
  expect(randomName(crypto)).toMatch(/^[0-9a-f]{16}$/);
});

function encode(changes: Readonly<Record<string, unknown>>): string {
  const json = { session_id: ID, secret: SECRET, expires_at: EXPIRES, ...changes };
  return Buffer.from(JSON.stringify(json)).toString('base64');
}
