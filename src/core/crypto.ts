/**
 * The cryptography that the core needs, given to it so that it stays pure. The gateway brings Node's; the
 * simulation brings one whose randomness comes from a seed.
 */
export interface Cryptography {
  /** Bytes from the operating system's random source. */
  randomBytes(length: number): Uint8Array;
  sha256(bytes: Uint8Array): Uint8Array;
  /** AES-256-GCM under HKDF-SHA256(secret, salt, info); the nonce and the tag are part of the result. */
  seal(plain: Uint8Array, key: SealKey): Uint8Array;
  /** The plain bytes, or `undefined` when the key, the associated data or the bytes are not the sealed ones. */
  open(sealed: Uint8Array, key: SealKey): Uint8Array | undefined;
}

/** What a seal is made under (RFC 5869, RFC 5116). */
export interface SealKey {
  readonly secret: Uint8Array;
  readonly salt: Uint8Array;
  readonly info: string;
  readonly associated: string;
}
