import {
  encodeBase64,
  decodeBase64,
  type Cryptography,
  type NewCommand,
  type SealKey,
} from '../core/index.ts';

/** What a player sends to the world: a line, or a GMCP message. */
export type Input = Extract<NewCommand, { kind: 'text' | 'gmcp' }>;

/** As it is judged whether it is private: a message as GMCP writes it, its package and then its data. */
export function textOf(input: Input): string {
  if (input.kind === 'text') return input.text;
  return input.data === undefined ? input.package : `${input.package} ${JSON.stringify(input.data)}`;
}

/**
 * Seals what must be in no log and no store in the clear, such as a typed password, under a key that only this
 * process has: whoever reads the store, or restarts the gateway, cannot read it.
 */
export class PrivateInput {
  readonly #crypto: Cryptography;
  readonly #secret: Uint8Array;

  constructor(crypto: Cryptography) {
    this.#crypto = crypto;
    this.#secret = crypto.randomBytes(32);
  }

  seal(sessionId: string, input: Input): string {
    const plain = new TextEncoder().encode(JSON.stringify(input));
    return encodeBase64(this.#crypto.seal(plain, this.#key(sessionId)));
  }

  /** `undefined` where another process sealed it. */
  open(sessionId: string, sealed: string): Input | undefined {
    const bytes = decodeBase64(sealed);
    const plain = bytes && this.#crypto.open(bytes, this.#key(sessionId));
    return plain && JSON.parse(new TextDecoder().decode(plain));
  }

  #key(sessionId: string): SealKey {
    return { secret: this.#secret, salt: new Uint8Array(), info: 'holdfast private', associated: sessionId };
  }
}
