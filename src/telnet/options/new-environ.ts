import { utf8 } from '../utf8.ts';

const IS = 0;
const SEND = 1;
const INFO = 2;

const VAR = 0;
const VALUE = 1;
const ESC = 2;
const USERVAR = 3;

const VARIABLE_LIMIT = 64;
const NAME_LIMIT_BYTES = 64;
const VALUE_LIMIT_BYTES = 1024;

/** `var`: a well-known variable (RFC 1572: USER, ACCT … ; MNES: CLIENT_NAME, IPADDRESS …); `uservar`: anybody's own. */
export type EnvironType = 'var' | 'uservar';

/** A variable. Without `value` it is undefined at the sender's; an empty one is defined and empty. */
export interface EnvironVariable {
  readonly type: EnvironType;
  readonly name: string;
  readonly value?: string;
}

/** What is asked for: one variable, or without `name` all of a type. */
export interface EnvironRequest {
  readonly type: EnvironType;
  readonly name?: string;
}

/** A message of NEW-ENVIRON (RFC 1572), which MNES uses too. */
export type EnvironMessage =
  /** Tell these; an empty list asks for everything. */
  | { readonly kind: 'send'; readonly requests: readonly EnvironRequest[] }
  /** The answer to `send`. */
  | { readonly kind: 'is'; readonly variables: readonly EnvironVariable[] }
  /** These have changed. */
  | { readonly kind: 'info'; readonly variables: readonly EnvironVariable[] };

/** The payload of a message. */
export function encodeEnviron(message: EnvironMessage): Uint8Array {
  if (message.kind === 'send') return Uint8Array.from([SEND, ...message.requests.flatMap(encodeItem)]);
  return Uint8Array.from([message.kind === 'is' ? IS : INFO, ...message.variables.flatMap(encodeItem)]);
}

/**
 * Reads a NEW-ENVIRON payload; `undefined` when it is no message. Of the variables the first 64 count; one whose name is
 * longer than 64 bytes or whose value is longer than 1024 is left out, never cut.
 */
export function decodeEnviron(payload: Uint8Array): EnvironMessage | undefined {
  const items = readItems(payload);
  switch (payload[0]) {
    case SEND:
      return {
        kind: 'send',
        requests: items.map(({ type, name }) => (name === '' ? { type } : { type, name })),
      };
    case IS:
      return { kind: 'is', variables: items.filter(({ name }) => name !== '') };
    case INFO:
      return { kind: 'info', variables: items.filter(({ name }) => name !== '') };
    default:
      return undefined;
  }
}

function encodeItem(item: EnvironRequest | EnvironVariable): number[] {
  const bytes = [item.type === 'var' ? VAR : USERVAR, ...escape(item.name ?? '')];
  return 'value' in item && item.value !== undefined ? [...bytes, VALUE, ...escape(item.value)] : bytes;
}

function escape(text: string): number[] {
  return [...utf8.encode(text)].flatMap((byte) => (byte <= USERVAR ? [ESC, byte] : [byte]));
}

/** Reads `VAR name VALUE value …` behind the first byte. What stands before the first VAR or USERVAR is skipped. */
function readItems(payload: Uint8Array): EnvironVariable[] {
  const items: EnvironVariable[] = [];
  let at = 1;
  while (at < payload.length && items.length < VARIABLE_LIMIT) {
    const type = payload[at]!;
    if (type !== VAR && type !== USERVAR) {
      at += 1;
      continue;
    }
    const name = readText(payload, at + 1);
    const value = payload[name.end] === VALUE ? readText(payload, name.end + 1) : undefined;
    at = value?.end ?? name.end;
    if (name.bytes.length > NAME_LIMIT_BYTES || (value?.bytes.length ?? 0) > VALUE_LIMIT_BYTES) continue;
    items.push({
      type: type === VAR ? 'var' : 'uservar',
      name: utf8.decode(Uint8Array.from(name.bytes)),
      ...(value && { value: utf8.decode(Uint8Array.from(value.bytes)) }),
    });
  }
  return items;
}

/** Reads up to the next unescaped mark. ESC takes the byte behind it as it is. */
function readText(payload: Uint8Array, from: number): { bytes: number[]; end: number } {
  const bytes: number[] = [];
  let at = from;
  while (at < payload.length) {
    let byte = payload[at]!;
    if (byte === VAR || byte === VALUE || byte === USERVAR) break;
    if (byte === ESC) {
      at += 1;
      if (at === payload.length) break;
      byte = payload[at]!;
    }
    bytes.push(byte);
    at += 1;
  }
  return { bytes, end: at };
}
