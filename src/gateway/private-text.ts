import { encodeBase64, decodeBase64, type Cryptography, type SealKey } from '../core/index.ts';

/**
 * Seals what must be in no log and no store in the clear, such as a typed password, under a key that only this
 * process has: whoever reads the store, or restarts the gateway, cannot read it.
 */
export class PrivateText {
  readonly #crypto: Cryptography;
  readonly #secret: Uint8Array;

  constructor(crypto: Cryptography) {
    this.#crypto = crypto;
    this.#secret = crypto.randomBytes(32);
  }

  seal(sessionId: string, text: string): string {
    return encodeBase64(this.#crypto.seal(new TextEncoder().encode(text), this.#key(sessionId)));
  }

  /** `undefined` where another process sealed it. */
  open(sessionId: string, sealed: string): string | undefined {
    const bytes = decodeBase64(sealed);
    const plain = bytes && this.#crypto.open(bytes, this.#key(sessionId));
    return plain && new TextDecoder().decode(plain);
  }

  #key(sessionId: string): SealKey {
    return { secret: this.#secret, salt: new Uint8Array(), info: 'holdfast private', associated: sessionId };
  }
}
