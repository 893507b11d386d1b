import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readProxyHeader, type ProxyReading } from './proxy-header.ts';

const SIGNATURE = [0x0d, 0x0a, 0x0d, 0x0a, 0x00, 0x0d, 0x0a, 0x51, 0x55, 0x49, 0x54, 0x0a];
const PORTS = [0x30, 0x39, 0x0f, 0xa0];

function v2(command: number, family: number, ...rest: readonly number[]): Buffer {
  return Buffer.from([...SIGNATURE, command, family, rest.length >> 8, rest.length & 0xff, ...rest]);
}

const headers: [name: string, bytes: Buffer, address: string | undefined][] = [
  ['version 1, IPv4', Buffer.from('PROXY TCP4 192.0.2.1 198.51.100.1 56324 4000\r\n'), '192.0.2.1'],
  ['version 1, IPv6', Buffer.from('PROXY TCP6 2001:db8::1 2001:db8::2 56324 4000\r\n'), '2001:db8::1'],
  ['version 1, nobody', Buffer.from('PROXY UNKNOWN\r\n'), undefined],
  ['version 1, nobody, with more', Buffer.from('PROXY UNKNOWN ff:ff ff::ff 1 1\r\n'), undefined],
  ['version 2, IPv4', v2(0x21, 0x11, 192, 0, 2, 1, 198, 51, 100, 1, ...PORTS), '192.0.2.1'],
  [
    'version 2, IPv6',
    v2(0x21, 0x21, 0x20, 1, 0x0d, 0xb8, ...zeros(11), 1, ...zeros(16), ...PORTS),
    '2001:db8::1',
  ],
  ['version 2, with more', v2(0x21, 0x11, 192, 0, 2, 1, 0, 0, 0, 0, ...PORTS, 4, 0, 1, 0), '192.0.2.1'],
  ['version 2, the proxy itself', v2(0x20, 0x00), undefined],
  ['version 2, not of the internet', v2(0x21, 0x31, ...zeros(216)), undefined],
];

describe('A header of the PROXY protocol', () => {
  test.each(headers)('%s, tells whom it speaks for, and where it ends', (_name, bytes, address) => {
    const expected: ProxyReading = {
      kind: 'header',
      length: bytes.length,
      ...(address === undefined ? {} : { address }),
    };
    expect(readProxyHeader(bytes)).toEqual(expected);
    expect(readProxyHeader(Buffer.concat([bytes, Buffer.from('look\r\n')]))).toEqual(expected);
  });

  test.each(headers)('%s, is waited for at every place where it may be cut', (_name, bytes) => {
    for (let cut = 0; cut < bytes.length; cut += 1) {
      expect(readProxyHeader(bytes.subarray(0, cut))).toEqual({ kind: 'partial' });
    }
  });

  test.each<[name: string, bytes: Buffer]>([
    ['that is too long', Buffer.from(`PROXY TCP4 ${'1'.repeat(97)}`)],
    ['that is too long, ended', Buffer.from(`PROXY UNKNOWN ${'1'.repeat(95)}\r\n`)],
    ['with the address of another family', Buffer.from('PROXY TCP4 2001:db8::1 2001:db8::2 1 1\r\n')],
    ['with a name', Buffer.from('PROXY TCP4 localhost 198.51.100.1 1 1\r\n')],
    ['of another protocol', Buffer.from('PROXY UDP4 192.0.2.1 198.51.100.1 1 1\r\n')],
    ['of version 3', v2(0x31, 0x11, ...zeros(12))],
    ['with another command', v2(0x22, 0x11, ...zeros(12))],
    ['with too little of an address', v2(0x21, 0x11, ...zeros(11))],
    ['with too little of an address of IPv6', v2(0x21, 0x21, ...zeros(35))],
    ['that announces more than is read', v2(0x21, 0x11, ...zeros(4081))],
  ])('%s is refused', (_name, bytes) => {
    expect(readProxyHeader(bytes)).toEqual({ kind: 'invalid' });
  });

  test.each([
    'GET / HTTP/1.1\r\n',
    'PROPFIND',
    'proxy TCP4',
    'look\r\n',
    '\r\n\r\nlook',
    '\u0016\u0003\u0001',
  ])('%j is none', (text) => {
    expect(readProxyHeader(Buffer.from(text))).toEqual({ kind: 'none' });
  });

  test('of arbitrary bytes never throws, and is never waited for without end', () => {
    const start = fc.constantFrom(Buffer.from('PROXY '), Buffer.from(SIGNATURE), Buffer.alloc(0));
    fc.assert(
      fc.property(start, fc.uint8Array({ maxLength: 200 }), (first, rest) => {
        const bytes = Buffer.concat([first, rest]);
        const reading = readProxyHeader(bytes);
        if (reading.kind === 'header') expect(reading.length).toBeLessThanOrEqual(bytes.length);
      }),
    );
    expect(readProxyHeader(Buffer.concat([Buffer.from(SIGNATURE), Buffer.alloc(5000, 0x21)])).kind).toBe(
      'invalid',
    );
  });
});

function zeros(count: number): number[] {
  return Array.from({ length: count }, () => 0);
}
