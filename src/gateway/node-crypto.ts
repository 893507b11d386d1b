import { createCipheriv, createDecipheriv, createHash, hkdfSync, randomBytes } from 'node:crypto';
import type { Cryptography, SealKey } from '../core/index.ts';

const ALGORITHM = 'aes-256-gcm';
const NONCE_LENGTH = 12;
const TAG_LENGTH = 16;

/** The core's cryptography, by Node's. A seal is the nonce, the tag and the ciphertext. */
export const nodeCrypto: Cryptography = {
  randomBytes: (length) => randomBytes(length),

  sha256: (bytes) => createHash('sha256').update(bytes).digest(),

  seal(plain, key) {
    const nonce = randomBytes(NONCE_LENGTH);
    const cipher = createCipheriv(ALGORITHM, derive(key), nonce).setAAD(Buffer.from(key.associated));
    const sealed = Buffer.concat([cipher.update(plain), cipher.final()]);
    return Buffer.concat([nonce, cipher.getAuthTag(), sealed]);
  },

  open(sealed, key) {
    if (sealed.length < NONCE_LENGTH + TAG_LENGTH) return undefined;
    const nonce = sealed.subarray(0, NONCE_LENGTH);
    const tag = sealed.subarray(NONCE_LENGTH, NONCE_LENGTH + TAG_LENGTH);
    const decipher = createDecipheriv(ALGORITHM, derive(key), nonce, { authTagLength: TAG_LENGTH })
      .setAAD(Buffer.from(key.associated))
      .setAuthTag(tag);
    try {
      return Buffer.concat([decipher.update(sealed.subarray(NONCE_LENGTH + TAG_LENGTH)), decipher.final()]);
    } catch {
      return undefined;
    }
  },
};

function derive({ secret, salt, info }: SealKey): Buffer {
  return Buffer.from(hkdfSync('sha256', secret, salt, info, 32));
}
