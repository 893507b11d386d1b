import { BlockList, isIPv4, isIPv6 } from 'node:net';

/** Proxies that are believed about whom they speak for: addresses, and networks (`10.0.0.0/8`, `fd00::/8`). */
export class ProxyList {
  readonly #list = new BlockList();

  /** Throws where an entry is neither. */
  constructor(entries: readonly string[]) {
    for (const entry of entries) {
      const [address = '', prefix] = entry.split('/');
      const family = familyOf(address);
      if (family === undefined) throw new RangeError(`not an address or a network: ${entry}`);
      if (prefix === undefined) this.#list.addAddress(address, family);
      else this.#list.addSubnet(address, Number(prefix), family);
    }
  }

  has(address: string | undefined): boolean {
    const family = familyOf(address ?? '');
    return address !== undefined && family !== undefined && this.#list.check(address, family);
  }

  /**
   * For whom a peer spoke, by `X-Forwarded-For`: each proxy adds whom it heard, so it is read from the end, and the first that
   * is no proxy itself is the player. What comes before may be anybody's invention.
   */
  forwarded(peer: string | undefined, header: string | undefined): string | undefined {
    let address = peer;
    for (const item of (header ?? '').split(',').toReversed()) {
      const named = plainAddress(item.trim());
      if (!this.has(address) || familyOf(named ?? '') === undefined) break;
      address = named;
    }
    return address;
  }
}

/** Without what marks an IPv4 address on a socket of IPv6. */
export function plainAddress(address: string | undefined): string | undefined {
  return address?.replace(/^::ffff:(?=\d+\.)/i, '');
}

function familyOf(address: string): 'ipv4' | 'ipv6' | undefined {
  if (isIPv4(address)) return 'ipv4';
  return isIPv6(address) ? 'ipv6' : undefined;
}
