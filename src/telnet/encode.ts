import { DO, DONT, IAC, SB, SE, WILL, WONT } from './codes.ts';
import type { Negotiation, Verb } from './codes.ts';

const VERB_CODES: Readonly<Record<Verb, number>> = { will: WILL, wont: WONT, do: DO, dont: DONT };

/**
 * Doubles every 0xFF, as text on the wire must be (RFC 854). Without one, which is nearly always, the same array comes
 * back uncopied.
 */
export function escapeIac(bytes: Uint8Array): Uint8Array {
  const first = bytes.indexOf(IAC);
  if (first === -1) return bytes;
  const escaped = new Uint8Array(bytes.length + count(bytes, first));
  escaped.set(bytes.subarray(0, first));
  let to = first;
  for (let from = first; from < bytes.length; from += 1) {
    const byte = bytes[from]!;
    escaped[to++] = byte;
    if (byte === IAC) escaped[to++] = IAC;
  }
  return escaped;
}

/** `IAC command`: GA, EOR, NOP, AYT … */
export function encodeCommand(command: number): Uint8Array {
  return Uint8Array.of(IAC, command);
}

/** `IAC WILL/WONT/DO/DONT option` (RFC 854). */
export function encodeNegotiation({ verb, option }: Negotiation): Uint8Array {
  return Uint8Array.of(IAC, VERB_CODES[verb], option);
}

/** `IAC SB option payload IAC SE` with the payload escaped (RFC 855). */
export function encodeSubnegotiation(option: number, payload: Uint8Array): Uint8Array {
  const escaped = escapeIac(payload);
  const bytes = new Uint8Array(escaped.length + 5);
  bytes.set([IAC, SB, option]);
  bytes.set(escaped, 3);
  bytes.set([IAC, SE], escaped.length + 3);
  return bytes;
}

function count(bytes: Uint8Array, first: number): number {
  let found = 0;
  for (let at = first; at !== -1; at = bytes.indexOf(IAC, at + 1)) found += 1;
  return found;
}
