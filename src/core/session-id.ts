import type { Cryptography } from './crypto.ts';

const UUID_V4 = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

/** True for a UUID version 4 in lower case (RFC 9562). */
export function isSessionId(text: string): boolean {
  return UUID_V4.test(text);
}

/** A new session's id: random, never a counter, so that no restored backup can issue one twice. */
export function randomSessionId(crypto: Cryptography): string {
  const bytes = crypto.randomBytes(16).slice();
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x40;
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80;
  return format(bytes);
}

/** The 16 bytes of a session id. */
export function sessionIdBytes(id: string): Uint8Array {
  const digits = id.replaceAll('-', '');
  return Uint8Array.from({ length: 16 }, (_, i) => Number.parseInt(digits.slice(2 * i, 2 * i + 2), 16));
}

/** The session id of 16 bytes, or `undefined` where they are no UUID version 4. */
export function sessionIdFromBytes(bytes: Uint8Array): string | undefined {
  const id = bytes.length === 16 ? format(bytes) : '';
  return isSessionId(id) ? id : undefined;
}

function format(bytes: Uint8Array): string {
  const digits = Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
  return [
    digits.slice(0, 8),
    digits.slice(8, 12),
    digits.slice(12, 16),
    digits.slice(16, 20),
    digits.slice(20),
  ].join('-');
}
