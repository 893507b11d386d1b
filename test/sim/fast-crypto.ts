import type { Cryptography, SealKey } from '../../src/core/index.ts';
import type { Random } from './random.ts';

const TAG_LENGTH = 8;

/**
 * Cryptography for a simulation: its randomness is the seed's, its hash is quick and hides nothing. What the rules
 * need of it holds: other bytes have another hash, and a seal opens only under all that it was made under.
 */
export function fastCrypto(random: Random): Cryptography {
  return {
    randomBytes(length) {
      const bytes = new Uint8Array(length);
      for (let i = 0; i < length; i += 1) bytes[i] = random.next() >>> 24;
      return bytes;
    },

    sha256(bytes) {
      return expand(digest(bytes, 1), digest(bytes, 2), 32);
    },

    seal(plain, key) {
      const [one, other] = keyDigests(key);
      const stream = expand(one, other, plain.length);
      const sealed = new Uint8Array(TAG_LENGTH + plain.length);
      sealed.set(expand(digest(plain, one), other, TAG_LENGTH));
      for (let i = 0; i < plain.length; i += 1) sealed[TAG_LENGTH + i] = (plain[i] ?? 0) ^ (stream[i] ?? 0);
      return sealed;
    },

    open(sealed, key) {
      const [one, other] = keyDigests(key);
      const plain = sealed.slice(TAG_LENGTH);
      const stream = expand(one, other, plain.length);
      for (let i = 0; i < plain.length; i += 1) plain[i] = (plain[i] ?? 0) ^ (stream[i] ?? 0);
      const tag = expand(digest(plain, one), other, TAG_LENGTH);
      return tag.every((byte, i) => byte === sealed[i]) ? plain : undefined;
    },
  };
}

function keyDigests({ secret, salt, info, associated }: SealKey): [number, number] {
  const named = new TextEncoder().encode(`${info}|${associated}|`);
  const one = digest(secret, digest(salt, digest(named, 3)));
  return [one, digest(secret, one ^ 0x5bd1e995)];
}

/** 32 bits of the bytes (FNV-1a, stirred). */
function digest(bytes: Uint8Array, seed: number): number {
  let hash = 0x811c9dc5 ^ Math.imul(seed, 0x9e3779b1);
  for (const byte of bytes) hash = Math.imul(hash ^ byte, 0x01000193);
  return stir(hash);
}

function stir(value: number): number {
  let hash = value;
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}

/** As many bytes as are wanted, from 64 bits. */
function expand(one: number, other: number, length: number): Uint8Array {
  const bytes = new Uint8Array(length);
  for (let i = 0; i < length; i += 4) {
    const word = stir(i % 8 === 0 ? one + Math.imul(i, 0x9e3779b1) : other ^ Math.imul(i, 0x85ebca6b));
    for (let j = 0; j < 4; j += 1) bytes[i + j] = word >>> (8 * j);
  }
  return bytes;
}
