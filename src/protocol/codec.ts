import { CLIENT_FRAMES, type ClientFrame } from './frames/client-frame.ts';
import { SERVER_FRAMES, type ServerFrame } from './frames/server-frame.ts';
import { isObject, isString, Problem, type ClientFrameLimits, type FrameTable } from './validate.ts';

export type { ClientFrameLimits } from './validate.ts';

/** `problem` says what was expected, for a person, and repeats nothing of what was received. */
export type DecodedClientFrame = { readonly frame: ClientFrame } | { readonly problem: string };

/** `unknown` is the type of a frame that came from a newer gateway and may be ignored. */
export type DecodedServerFrame =
  { readonly frame: ServerFrame } | { readonly unknown: string } | { readonly problem: string };

/**
 * The gateway's side: reads one text frame. Never throws; a problem ends the connection (`bad_frame`). The frame is
 * made anew and has only the fields of its type. That it is at most `frame_bytes` long is the transport's to see to,
 * before it has read it all.
 */
export function decodeClientFrame(text: string, limits: ClientFrameLimits): DecodedClientFrame {
  const value = parseObject(text);
  if (value instanceof Problem) return { problem: value.message };
  const type = ownType(value);
  if (!isTypeOf(CLIENT_FRAMES, type)) {
    return { problem: `type must be one of ${Object.keys(CLIENT_FRAMES).join(', ')}` };
  }
  return decoded(type, CLIENT_FRAMES[type].read(value, limits));
}

/**
 * The client's side: reads one text frame. Never throws. A frame of an unknown type is `unknown`, unless it has an
 * `offset`: an entry of the output that we cannot take would be acknowledged with the next and be lost.
 */
export function decodeServerFrame(text: string): DecodedServerFrame {
  const value = parseObject(text);
  if (value instanceof Problem) return { problem: value.message };
  const type = ownType(value);
  if (isTypeOf(SERVER_FRAMES, type)) return decoded(type, SERVER_FRAMES[type].read(value, UNLIMITED));
  if (!isString(type)) return { problem: 'type must be text' };
  if (Object.hasOwn(value, 'offset')) return { problem: 'a frame with an offset must be of a known type' };
  return { unknown: type };
}

/** The text frame for a client. */
export function encodeServerFrame(frame: ServerFrame): string {
  return JSON.stringify(frame);
}

/** The text frame for a gateway. */
export function encodeClientFrame(frame: ClientFrame): string {
  return JSON.stringify(frame);
}

// A gateway's frames are bounded by the client's WebSocket: no field of theirs has a limit of the gateway's.
const UNLIMITED: ClientFrameLimits = { command_bytes: Infinity, queue_commands: Infinity };

function parseObject(text: string): Record<string, unknown> | Problem {
  try {
    const value: unknown = JSON.parse(text);
    return isObject(value) ? value : new Problem('a JSON object', 'a frame');
  } catch {
    // The engine's own message would quote the text.
    return new Problem('JSON', 'a frame');
  }
}

function ownType(frame: Record<string, unknown>): unknown {
  return Object.hasOwn(frame, 'type') ? frame['type'] : undefined;
}

function isTypeOf<Frame extends { readonly type: string }>(
  table: FrameTable<Frame>,
  type: unknown,
): type is Frame['type'] {
  return isString(type) && Object.hasOwn(table, type);
}

function decoded<Frame>(type: string, result: Frame | Problem): { frame: Frame } | { problem: string } {
  return result instanceof Problem ? { problem: result.within(type).message } : { frame: result };
}
