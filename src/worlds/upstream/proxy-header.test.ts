import { describe, expect, it } from 'vitest';
import { plainAddress, proxyHeader } from './proxy-header.ts';

const GAME4 = { address: '192.0.2.7', port: 4201 };
const GAME6 = { address: '2001:db8::7', port: 4201 };

const text = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);
const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');
const SIGNATURE = '0d0a0d0a000d0a515549540a';

describe('a PROXY header', () => {
  it('of version 1 is one line', () => {
    expect(text(proxyHeader('v1', '198.51.100.3', GAME4))).toBe(
      'PROXY TCP4 198.51.100.3 192.0.2.7 0 4201\r\n',
    );
    expect(text(proxyHeader('v1', '2001:db8::1', GAME6))).toBe(
      'PROXY TCP6 2001:db8::1 2001:db8::7 0 4201\r\n',
    );
  });

  it('names two addresses of one kind', () => {
    expect(text(proxyHeader('v1', '::ffff:198.51.100.3', GAME4))).toBe(
      'PROXY TCP4 198.51.100.3 192.0.2.7 0 4201\r\n',
    );
    expect(text(proxyHeader('v1', '198.51.100.3', GAME6))).toBe(
      'PROXY TCP6 ::ffff:198.51.100.3 2001:db8::7 0 4201\r\n',
    );
  });

  it('of version 2 has its length and its addresses in bytes', () => {
    expect(hex(proxyHeader('v2', '198.51.100.3', GAME4))).toBe(
      `${SIGNATURE}2111000cc6336403c000020700001069`,
    );
    expect(hex(proxyHeader('v2', '2001:db8::1:0:3', GAME6))).toBe(
      `${SIGNATURE}2121002420010db800000000000000010000000320010db800000000000000000000000700001069`,
    );
    expect(hex(proxyHeader('v2', '198.51.100.3', { address: '::1', port: 1 }))).toBe(
      `${SIGNATURE}2121002400000000000000000000ffffc63364030000000000000000000000000000000100000001`,
    );
  });

  it.each([undefined, '', 'localhost', 'fe80::1%eth0', '1.2.3', '1.2.3.4\r\nPROXY'])(
    'has nothing to say of %j',
    (player) => {
      expect(text(proxyHeader('v1', player, GAME4))).toBe('PROXY UNKNOWN\r\n');
      expect(hex(proxyHeader('v2', player, GAME4))).toBe(`${SIGNATURE}20000000`);
    },
  );
});

describe('an address', () => {
  it('of IPv4 is written as one, also where the port is of IPv6', () => {
    expect(plainAddress('::ffff:192.0.2.1')).toBe('192.0.2.1');
    expect(plainAddress('2001:db8::1')).toBe('2001:db8::1');
    expect(plainAddress('::ffff:c000:201')).toBe('::ffff:c000:201');
  });
});
