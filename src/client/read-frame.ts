import type { ServerFrame } from '../protocol/index.ts';

/**
 * What a frame must have, by an example of each value: text, a number, true or false, a list, an object with at least
 * these fields. `limits` are spelled out, because the client counts with them.
 */
type Shape<T> = {
  readonly [
    Name in keyof T as T extends Record<Name, T[Name]> ? Exclude<Name, 'type'> : never
  ]: T[Name] extends string | number | boolean
    ? T[Name] extends string
      ? ''
      : T[Name] extends number
        ? 0
        : true
    : T[Name] extends readonly unknown[]
      ? readonly []
      : Shape<T[Name]>;
};

const situation = { state: '', world: '' } as const;
const token = { id: '', expires_at: '' } as const;
const limits = {
  frame_bytes: 0,
  command_bytes: 0,
  queue_commands: 0,
  window_bytes: 0,
  window_entries: 0,
  ping_ms: 0,
} as const;

const SHAPES: { readonly [T in ServerFrame['type']]: Shape<Extract<ServerFrame, { readonly type: T }>> } = {
  welcome: { session: '', echo: true, ...situation, limits },
  resumed: {
    session: '',
    echo: true,
    ...situation,
    token: { ...token, value: '' },
    limits,
    accepted: 0,
    own: 0,
    output: { from: 0, to: 0 },
    held: [],
    away_ms: 0,
  },
  output: { offset: 0, text: '' },
  echo: { offset: 0, on: true },
  gmcp: { package: '' },
  dropped: { offset: 0, seq: 0, reason: '' },
  gap: { from: 0, reason: '' },
  caught_up: { offset: 0 },
  accepted: { seq: 0 },
  token,
  state: situation,
  pong: {},
  error: { code: '', message: '', retry: '' },
  bye: { reason: '', resume: true },
};

/**
 * Reads a gateway's text frame, as far as a client must know it. `ignored` is of a type that a newer gateway has and
 * that may be passed over; `garbled` is no frame at all, or an entry of the output of an unknown type: whoever took
 * it for nothing would acknowledge it with the next, and lose it.
 *
 * It asks less than `decodeServerFrame`, and is a tenth of its size: a client believes its gateway.
 */
export function readFrame(text: unknown): ServerFrame | 'ignored' | 'garbled' {
  const frame = parse(text);
  const type = frame?.['type'];
  if (frame === undefined || typeof type !== 'string') return 'garbled';
  if (isKnown(type)) return fits(frame, SHAPES[type]) ? asFrame(frame) : 'garbled';
  return 'offset' in frame ? 'garbled' : 'ignored';
}

function parse(text: unknown): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(String(text));
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function fits(value: unknown, example: unknown): boolean {
  if (Array.isArray(example)) return Array.isArray(value);
  if (!isObject(example)) return typeof value === typeof example;
  return isObject(value) && Object.entries(example).every(([name, part]) => fits(value[name], part));
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isKnown(type: string): type is ServerFrame['type'] {
  return Object.hasOwn(SHAPES, type);
}

function asFrame(frame: object): ServerFrame {
  // Its type and its shape were looked at: what more there is to know only the gateway's tests can say.
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion
  return frame as ServerFrame;
}
