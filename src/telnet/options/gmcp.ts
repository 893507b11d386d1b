import { utf8 } from '../utf8.ts';

/** The deepest nesting that is read: `JSON.parse` takes any, but what walks the value later would overflow its stack. */
const DEPTH_LIMIT = 64;
const NAME_PATTERN = /^[\w.-]{1,128}$/;

export interface GmcpMessage {
  readonly kind: 'message';
  /** As the sender wrote it. Compare names with `isSamePackage`. */
  readonly package: string;
  /** The data as JSON text, just as it came, for handing on: numbers and order stay as they were. */
  readonly json?: string;
  /** The same, read. Absent as `json` is: a package may come without data. */
  readonly data?: unknown;
}

/** What could not be read, and why. */
export interface InvalidGmcp {
  readonly kind: 'invalid';
  readonly reason: 'name' | 'json' | 'depth' | 'oversize';
  /** Absent where the name is what is wrong. */
  readonly package?: string;
}

export interface GmcpLimits {
  /** The longest payload that is read. Default 16 384. */
  readonly payloadLimitBytes?: number;
}

/** The payload of a message: the package's name and, if there is any, its data as JSON text. */
export function encodeGmcp(packageName: string, json?: string): Uint8Array {
  return utf8.encode(json === undefined ? packageName : `${packageName} ${json}`);
}

/**
 * Reads a GMCP payload: `Package.Name json` in UTF-8. Anything a peer may send gives a value: a message, or `invalid` with the
 * reason.
 */
export function decodeGmcp(payload: Uint8Array, limits: GmcpLimits = {}): GmcpMessage | InvalidGmcp {
  if (payload.length > (limits.payloadLimitBytes ?? 16_384)) return { kind: 'invalid', reason: 'oversize' };
  const text = utf8.decode(payload).trim();
  const end = text.search(/[\s[{"]/); // Some servers leave the space out.
  const name = end === -1 ? text : text.slice(0, end);
  if (!NAME_PATTERN.test(name)) return { kind: 'invalid', reason: 'name' };
  const json = text.slice(name.length).trim();
  if (json === '') return { kind: 'message', package: name };
  if (nesting(json) > DEPTH_LIMIT) return { kind: 'invalid', reason: 'depth', package: name };
  try {
    return { kind: 'message', package: name, json, data: JSON.parse(json) };
  } catch {
    return { kind: 'invalid', reason: 'json', package: name };
  }
}

/** Package names are the same without regard to case. */
export function isSamePackage(one: string, other: string): boolean {
  return one.toLowerCase() === other.toLowerCase();
}

/** How deep arrays and objects stand in each other, brackets inside strings not counted. */
function nesting(json: string): number {
  let depth = 0;
  let deepest = 0;
  let isInString = false;
  for (let at = 0; at < json.length; at += 1) {
    const character = json[at];
    if (character === '\\') at += 1;
    else if (character === '"') isInString = !isInString;
    else if (isInString) continue;
    else if (character === '[' || character === '{') deepest = Math.max(deepest, (depth += 1));
    else if (character === ']' || character === '}') depth -= 1;
  }
  return deepest;
}
