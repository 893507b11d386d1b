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
const opening = {
  session: '',
  echo: true,
  ...situation,
  limits: {
    frame_bytes: 0,
    command_bytes: 0,
    queue_commands: 0,
    window_bytes: 0,
    window_entries: 0,
    ping_ms: 0,
  },
} as const;

const SHAPES: { readonly [T in ServerFrame['type']]: Shape<Extract<ServerFrame, { readonly type: T }>> } = {
  welcome: opening,
  resumed: {
    ...opening,
    token: { ...token, value: '' },
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

/** What cannot be read ends the conversation, as an error of the gateway's would. */
const GARBLED: ServerFrame = {
  type: 'error',
  code: 'garbled',
  message: 'client too old',
  retry: 'never',
};

/**
 * Reads a gateway's text frame, as far as a client must know it. `undefined`: of a type that a newer gateway has, and
 * that may be passed over. An error of the code `garbled`: no frame at all, or an entry of the output of an unknown
 * type; whoever took it for nothing would acknowledge it with the next, and lose it.
 *
 * It asks less than `decodeServerFrame`, and is a quarter of its size: a client believes its gateway.
 */
export function readFrame(text: unknown): ServerFrame | undefined {
  try {
    const frame: unknown = JSON.parse(String(text));
    if (!fits(frame, { type: '' })) return GARBLED;
    if (!Object.hasOwn(SHAPES, frame.type)) return 'offset' in frame ? GARBLED : undefined;
    // Its type and its shape are looked at: what more there is to know only the gateway's own tests can say.
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion
    return fits(frame, SHAPES[frame.type as ServerFrame['type']]) ? (frame as ServerFrame) : GARBLED;
  } catch {
    return GARBLED;
  }
}

/** Whether a value has at least what the example has, of the same types all the way down. */
function fits<T>(value: unknown, example: T): value is T {
  if (typeof value !== typeof example || value === null) return false;
  // Of a text, a number, true or false no part is asked for.
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion
  const parts = value as Record<string, unknown>;
  return (
    Array.isArray(value) === Array.isArray(example) &&
    Object.entries(example ?? {}).every(([name, part]) => fits(parts[name], part))
  );
}
