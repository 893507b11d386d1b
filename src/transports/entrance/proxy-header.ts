import { isIPv4, isIPv6 } from 'node:net';

/** Version 1 is at most so long, its line end included. In bytes. */
const V1_LIMIT = 107;
const V1_START = Buffer.from('PROXY ');
const V2_START = Buffer.from([0x0d, 0x0a, 0x0d, 0x0a, 0x00, 0x0d, 0x0a, 0x51, 0x55, 0x49, 0x54, 0x0a]);
const V2_FIXED_LENGTH = 16;
/** An address and what proxies add to it (names, identifiers). A header that is longer is refused, in bytes. */
const V2_LIMIT = 4096;

/** What the bytes that came first are. */
export type ProxyReading =
  /** The header takes `length` bytes. Without `address` the proxy speaks for itself (`UNKNOWN`, `LOCAL`). */
  | { readonly kind: 'header'; readonly length: number; readonly address?: string }
  /** More bytes will tell; there are less than 4096. */
  | { readonly kind: 'partial' }
  /** No header. */
  | { readonly kind: 'none' }
  /** One that is broken, or too long. */
  | { readonly kind: 'invalid' };

/**
 * Reads a header of the PROXY protocol, version 1 or 2 (haproxy.org/download/2.9/doc/proxy-protocol.txt, section 2). `bytes`
 * is all that has come on the connection so far. Only addresses of TCP over IPv4 and IPv6 are used; TLVs are passed over.
 */
export function readProxyHeader(bytes: Uint8Array): ProxyReading {
  if (bytes.length === 0) return { kind: 'partial' };
  if (begins(bytes, V1_START)) return readVersion1(bytes);
  if (begins(bytes, V2_START)) return readVersion2(bytes);
  return { kind: 'none' };
}

/** As far as there are bytes. */
function begins(bytes: Uint8Array, start: Uint8Array): boolean {
  const length = Math.min(bytes.length, start.length);
  return start.subarray(0, length).every((byte, at) => byte === bytes[at]);
}

function readVersion1(bytes: Uint8Array): ProxyReading {
  const end = Buffer.from(bytes.subarray(0, V1_LIMIT)).indexOf('\r\n');
  if (end === -1) return { kind: bytes.length < V1_LIMIT ? 'partial' : 'invalid' };
  const length = end + 2;
  const line = Buffer.from(bytes.subarray(0, end)).toString('latin1');
  if (/^PROXY UNKNOWN(?: |$)/.test(line)) return { kind: 'header', length };
  const [, family, address = ''] = /^PROXY TCP([46]) (\S+) \S+ \d{1,5} \d{1,5}$/.exec(line) ?? [];
  const fits = family === '4' ? isIPv4(address) : isIPv6(address);
  return fits ? { kind: 'header', length, address } : { kind: 'invalid' };
}

function readVersion2(bytes: Uint8Array): ProxyReading {
  if (bytes.length < V2_FIXED_LENGTH) return { kind: 'partial' };
  const header = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  const command = header.readUInt8(12);
  const length = V2_FIXED_LENGTH + header.readUInt16BE(14);
  if (command >> 4 !== 2 || (command & 0xf) > 1 || length > V2_LIMIT) return { kind: 'invalid' };
  if (bytes.length < length) return { kind: 'partial' };
  if ((command & 0xf) === 0) return { kind: 'header', length };
  const addresses = header.subarray(V2_FIXED_LENGTH, length);
  switch (header.readUInt8(13)) {
    case 0x11:
      if (addresses.length < 12) return { kind: 'invalid' };
      return { kind: 'header', length, address: addresses.subarray(0, 4).join('.') };
    case 0x21:
      if (addresses.length < 36) return { kind: 'invalid' };
      return { kind: 'header', length, address: ipv6(addresses) };
    default:
      return { kind: 'header', length };
  }
}

/** In its short form (RFC 5952). */
function ipv6(bytes: Buffer): string {
  const groups = Array.from({ length: 8 }, (_, at) => bytes.readUInt16BE(at * 2).toString(16));
  return new URL(`http://[${groups.join(':')}]`).hostname.slice(1, -1);
}
