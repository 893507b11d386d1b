import { createHash } from 'node:crypto';
import type { Cryptography } from '../../src/core/index.ts';

/**
 * Cryptography whose randomness comes from a seed. Its seal hides nothing, but opens only under what it was made
 * under.
 */
export function seededCrypto(seed: number): Cryptography {
  let drawn = 0;
  return {
    randomBytes(length) {
      const blocks: Uint8Array[] = [];
      for (let got = 0; got < length; got += 32) {
        drawn += 1;
        blocks.push(sha256(`${seed}:${drawn}`));
      }
      return Uint8Array.from(Buffer.concat(blocks).subarray(0, length));
    },
    sha256,
    seal: (plain, key) => Buffer.concat([sha256(JSON.stringify(key)), plain]),
    open(sealed, key) {
      const isKey = Buffer.compare(sealed.subarray(0, 32), sha256(JSON.stringify(key))) === 0;
      return isKey ? sealed.subarray(32) : undefined;
    },
  };
}

function sha256(bytes: Uint8Array | string): Uint8Array {
  return createHash('sha256').update(bytes).digest();
}
