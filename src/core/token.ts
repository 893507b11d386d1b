import { asciiBytes, asciiText } from './ascii.ts';
import { decodeBase64, encodeBase64, encodeBase64Url } from './base64.ts';
import type { Cryptography } from './crypto.ts';
import { sessionIdBytes, sessionIdFromBytes, isSessionId } from './session-id.ts';

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';
const SECRET_LENGTH = 32;
const SECRET = /^[A-Za-z0-9]{32}$/;
const TIME = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d{1,9})?Z$/;
const COMPACT = /^h1[A-Za-z0-9_-]{22}[A-Za-z0-9]{32}$/;
const COMPACT_MARK = 'h1';

/** No text longer than this is read as a token, in characters. */
export const TOKEN_LENGTH_LIMIT = 1024;

/**
 * The secret that a client shows to get its session back. It has two forms of text: Base64 of a JSON object,
 * and a compact one (56 characters of `A-Za-z0-9_-`, without an expiry) for people and plain lines.
 *
 * The secret is a private field: logging, inspecting or serializing a token shows its session only.
 */
export class ReconnectionToken {
  readonly sessionId: string;
  /** When the token ends as far as its issuer knew, in ms since 1970. Advisory: the session's clock decides. */
  readonly expiresAt: number | undefined;
  readonly #secret: string;

  constructor(sessionId: string, secret: string, expiresAt?: number) {
    this.sessionId = sessionId;
    this.#secret = secret;
    this.expiresAt = expiresAt;
  }

  /** A token with a new secret for this session. */
  static generate(sessionId: string, crypto: Cryptography, expiresAt?: number): ReconnectionToken {
    return new ReconnectionToken(sessionId, randomSecret(crypto), expiresAt);
  }

  /** Reads either form. Whatever is not a token's exact form gives `undefined`; nothing throws. */
  static decode(text: string): ReconnectionToken | undefined {
    if (text.length > TOKEN_LENGTH_LIMIT) return undefined;
    return COMPACT.test(text) ? decodeCompact(text) : decodeJson(text);
  }

  /** Base64 of the JSON object; a token read from the compact form has no expiry to put into it. */
  encode(): string {
    const expires_at = this.expiresAt === undefined ? undefined : new Date(this.expiresAt).toISOString();
    const json = JSON.stringify({ session_id: this.sessionId, secret: this.#secret, expires_at });
    return encodeBase64(asciiBytes(json));
  }

  /** The compact form: a version mark, the session id and the secret. */
  encodeCompact(): string {
    return COMPACT_MARK + encodeBase64Url(sessionIdBytes(this.sessionId)) + this.#secret;
  }

  /** True once `expiresAt` has passed; a token without one never says so. */
  isExpired(now: number): boolean {
    return this.expiresAt !== undefined && now >= this.expiresAt;
  }

  /** The same token with another (advisory) expiry. */
  withExpiry(expiresAt: number): ReconnectionToken {
    return new ReconnectionToken(this.sessionId, this.#secret, expiresAt);
  }

  /** The only form in which a store sees a token: SHA-256(session id ‖ secret), in hexadecimal. */
  hash(crypto: Cryptography): string {
    return hex(crypto.sha256(asciiBytes(this.sessionId + this.#secret)));
  }

  /** Seals the successor of this token, so that only who shows this token can read it (see `unseal`). */
  seal(successor: ReconnectionToken, place: ChainPlace, crypto: Cryptography): string {
    return encodeBase64(crypto.seal(asciiBytes(successor.#secret), this.#sealKey(place)));
  }

  /** Opens what `seal` made; `undefined` when it was made under another token or for another place. */
  unseal(sealed: string, place: ChainPlace, crypto: Cryptography): ReconnectionToken | undefined {
    const bytes = decodeBase64(sealed);
    const plain = bytes && crypto.open(bytes, this.#sealKey(place));
    const secret = plain && asciiText(plain);
    return secret === undefined ? undefined : new ReconnectionToken(this.sessionId, secret);
  }

  #sealKey(place: ChainPlace): Parameters<Cryptography['seal']>[1] {
    return {
      secret: asciiBytes(this.#secret),
      salt: asciiBytes(this.sessionId),
      info: 'holdfast.v1 successor',
      associated: `${place.chain}:${place.generation}`,
    };
  }

  toJSON(): { session_id: string } {
    return { session_id: this.sessionId };
  }

  toString(): string {
    return `ReconnectionToken(${this.sessionId})`;
  }
}

/** Where in a session's chains a token stands: associated data of its seal. */
export interface ChainPlace {
  readonly chain: string;
  readonly generation: number;
}

/** Names a token where it must be named: the first 16 hexadecimal digits of its stored hash. */
export function tokenId(hash: string): string {
  return hash.slice(0, 16);
}

/** A random name for a chain or an epoch, 16 hexadecimal digits. */
export function randomName(crypto: Cryptography): string {
  return hex(crypto.randomBytes(8));
}

function decodeCompact(text: string): ReconnectionToken | undefined {
  const id = decodeBase64(text.slice(2, 24));
  const sessionId = id && sessionIdFromBytes(id);
  return sessionId === undefined ? undefined : new ReconnectionToken(sessionId, text.slice(24));
}

function decodeJson(text: string): ReconnectionToken | undefined {
  const bytes = decodeBase64(text);
  const json = bytes && asciiText(bytes);
  const value = json === undefined ? undefined : parseObject(json);
  const { session_id: sessionId, secret, expires_at: expires } = value ?? {};
  if (typeof sessionId !== 'string' || !isSessionId(sessionId.toLowerCase())) return undefined;
  if (typeof secret !== 'string' || !SECRET.test(secret)) return undefined;
  if (expires === undefined) return new ReconnectionToken(sessionId.toLowerCase(), secret);
  const expiresAt = typeof expires === 'string' && TIME.test(expires) ? Date.parse(expires) : Number.NaN;
  if (Number.isNaN(expiresAt)) return undefined;
  return new ReconnectionToken(sessionId.toLowerCase(), secret, expiresAt);
}

function parseObject(json: string): Record<string, unknown> | undefined {
  // Most that is no token is no object either; to find that out by an exception takes longer than all else.
  if (!json.trimStart().startsWith('{')) return undefined;
  try {
    const value: unknown = JSON.parse(json);
    return typeof value === 'object' && value !== null ? { ...value } : undefined;
  } catch {
    return undefined;
  }
}

function randomSecret(crypto: Cryptography): string {
  let secret = '';
  while (secret.length < SECRET_LENGTH) {
    for (const byte of crypto.randomBytes(SECRET_LENGTH)) {
      // 248 is the largest multiple of 62 in a byte: what lies above would make some letters likelier.
      if (byte < 248 && secret.length < SECRET_LENGTH) secret += ALPHABET.charAt(byte % 62);
    }
  }
  return secret;
}

function hex(bytes: Uint8Array): string {
  let text = '';
  for (const byte of bytes) text += byte.toString(16).padStart(2, '0');
  return text;
}
