import { describe, expect, test } from 'vitest';
import { plainAddress, ProxyList } from './proxy-list.ts';

const list = new ProxyList(['192.0.2.1', '10.0.0.0/8', '2001:db8::/32']);

test.each(['192.0.2.1', '10.1.2.3', '2001:db8:1::5'])('%s is listed', (address) => {
  expect(list.has(address)).toBe(true);
});

test.each(['192.0.2.2', '11.0.0.1', '2001:db9::1', '', 'localhost', undefined])('%s is not', (address) => {
  expect(list.has(address)).toBe(false);
});

test('an empty list has nobody', () => {
  expect(new ProxyList([]).has('127.0.0.1')).toBe(false);
});

test('what is neither address nor network is refused', () => {
  expect(() => new ProxyList(['localhost'])).toThrow('localhost');
});

test('an address of IPv4 on a socket of IPv6 is that address', () => {
  expect(plainAddress('::ffff:192.0.2.1')).toBe('192.0.2.1');
  expect(plainAddress('2001:db8::1')).toBe('2001:db8::1');
  expect(plainAddress(undefined)).toBeUndefined();
});

describe('X-Forwarded-For', () => {
  test.each([
    ['of a proxy names the player', '192.0.2.1', '198.51.100.7', '198.51.100.7'],
    ['of anybody else is not read', '203.0.113.9', '198.51.100.7', '203.0.113.9'],
    [
      'is read from its end, so that nobody can invent a player',
      '192.0.2.1',
      '1.1.1.1, 198.51.100.7',
      '198.51.100.7',
    ],
    ['is read through several proxies', '192.0.2.1', '198.51.100.7, 10.9.9.9', '198.51.100.7'],
    ['has IPv6 too', '2001:db8::1', '2001:db9::7', '2001:db9::7'],
    ['with a name in it is not read further', '192.0.2.1', '198.51.100.7, unknown, 10.9.9.9', '10.9.9.9'],
    ['may be missing', '192.0.2.1', undefined, '192.0.2.1'],
  ])('%s', (_name, peer, header, address) => {
    expect(list.forwarded(peer, header)).toBe(address);
  });
});
