import { isIPv4, isIPv6 } from 'node:net';

/** The PROXY protocol (haproxy.org, proxy-protocol.txt, section 2): how a game is told the player's address, if at all. */
export type ProxyProtocol = 'off' | 'v1' | 'v2';

export interface ProxyPeer {
  readonly address: string;
  readonly port: number;
}

const V2_SIGNATURE = Uint8Array.of(0x0d, 0x0a, 0x0d, 0x0a, 0x00, 0x0d, 0x0a, 0x51, 0x55, 0x49, 0x54, 0x0a);
const V2_LOCAL = 0x20;
const V2_PROXY = 0x21;
const V2_TCP4 = 0x11;
const V2_TCP6 = 0x21;

/**
 * The bytes that come before everything else on a connection to the game. A player's port is not known here: it is 0.
 * Without an address, or one that is no IP address, the header says that there is nothing to say (UNKNOWN, LOCAL).
 */
export function proxyHeader(
  version: Exclude<ProxyProtocol, 'off'>,
  player: string | undefined,
  game: ProxyPeer | undefined,
): Uint8Array {
  const pair = player === undefined || game === undefined ? undefined : sameFamily(player, game.address);
  if (version === 'v1') {
    if (pair === undefined || game === undefined) return ascii('PROXY UNKNOWN\r\n');
    return ascii(`PROXY ${pair.is4 ? 'TCP4' : 'TCP6'} ${pair.from} ${pair.to} 0 ${game.port}\r\n`);
  }
  if (pair === undefined || game === undefined) return Uint8Array.of(...V2_SIGNATURE, V2_LOCAL, 0, 0, 0);
  const addresses = [...octets(pair.from), ...octets(pair.to), 0, 0, game.port >> 8, game.port & 0xff];
  const family = pair.is4 ? V2_TCP4 : V2_TCP6;
  return Uint8Array.of(...V2_SIGNATURE, V2_PROXY, family, 0, addresses.length, ...addresses);
}

/** An address as people write it: Node names an IPv4 client of an IPv6 port `::ffff:192.0.2.1`. */
export function plainAddress(address: string): string {
  return /^::ffff:(?=\d+\.\d+\.\d+\.\d+$)/i.test(address) ? address.slice('::ffff:'.length) : address;
}

/** One header has two addresses of one kind. */
function sameFamily(player: string, game: string): { is4: boolean; from: string; to: string } | undefined {
  const [from, to] = [plainAddress(player), plainAddress(game)];
  if (isIPv4(from) && isIPv4(to)) return { is4: true, from, to };
  const [from6, to6] = [from, to].map((address) => (isIPv4(address) ? `::ffff:${address}` : address));
  // A zone (`fe80::1%eth0`) means nothing to anybody else.
  const isRoutable = [from6, to6].every((address = '') => isIPv6(address) && !address.includes('%'));
  return isRoutable && from6 !== undefined && to6 !== undefined
    ? { is4: false, from: from6, to: to6 }
    : undefined;
}

/** The bytes of an address that is known to be one. */
function octets(address: string): number[] {
  if (isIPv4(address)) return address.split('.').map(Number);
  const [head = '', tail] = address.split('::', 2);
  const before = groups(head);
  const after = groups(tail ?? '');
  const missing = tail === undefined ? 0 : 16 - before.length - after.length;
  return [...before, ...Array.from({ length: missing }, () => 0), ...after];
}

/** Of `2001:db8`, or `ffff:192.0.2.1`. */
function groups(text: string): number[] {
  if (text === '') return [];
  return text.split(':').flatMap((group) => {
    if (group.includes('.')) return group.split('.').map(Number);
    const value = Number.parseInt(group, 16);
    return [value >> 8, value & 0xff];
  });
}

function ascii(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}
