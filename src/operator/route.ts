import type { Awaitable, Clock } from '../core/index.ts';
import type { Gateway } from '../gateway/index.ts';
import { ApiError } from './api-error.ts';
import type { LastClients } from './last-clients.ts';
import type { Monitor } from './monitor.ts';
import type { ParametersOf, ValuesOf } from './parameter.ts';
import type { Telemetry } from './telemetry.ts';
import type { Turns } from './turns.ts';

/** What the routes answer from. */
export interface OperatorDesk {
  readonly version: string;
  readonly startedAt: number;
  readonly gateway: Gateway;
  readonly clock: Clock;
  readonly telemetry: Telemetry;
  readonly monitor: Monitor;
  readonly clients: LastClients;
  /** Whoever looks at all sessions waits for their turn. */
  readonly turns: Turns;
}

/** The parts of the path that have names. */
export type PathParts = Readonly<Record<string, string>>;

/** One path of the API with one method. */
export interface Route {
  readonly method: 'GET' | 'POST';
  /** `{name}` stands for one part of it. */
  readonly path: string;
  readonly parameters: ParametersOf;
  /** Rejects with an `ApiError` where it cannot be done. */
  answer(desk: OperatorDesk, parts: PathParts, query: URLSearchParams): Awaitable<object>;
}

/** A route whose parameters are read, and named where they are wrong, before it is asked. */
export function route<const P extends ParametersOf>(definition: {
  readonly method: Route['method'];
  readonly path: string;
  readonly parameters: P;
  readonly answer: (desk: OperatorDesk, parts: PathParts, values: ValuesOf<P>) => Awaitable<object>;
}): Route {
  const { parameters, answer } = definition;
  return {
    ...definition,
    answer: (desk, parts, query) => answer(desk, parts, readQuery(parameters, query)),
  };
}

function readQuery<P extends ParametersOf>(parameters: P, query: URLSearchParams): ValuesOf<P> {
  const values: Record<string, unknown> = {};
  for (const [name, text] of query) {
    const parameter = Object.hasOwn(parameters, name) ? parameters[name] : undefined;
    if (parameter === undefined) {
      const known = Object.keys(parameters).join(', ');
      throw new ApiError('bad_request', known === '' ? 'it takes no parameters' : `it takes ${known}`);
    }
    const value = Object.hasOwn(values, name) ? undefined : parameter.read(text);
    if (value === undefined) throw new ApiError('bad_request', `${name}: expected ${parameter.expected}`);
    values[name] = value;
  }
  // Each value came from the reader of its name; only the loop over names cannot show it.
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion
  return values as ValuesOf<P>;
}

/** The names and texts of a path's parts where it is one of this route, else `undefined`. */
export function matchPath(pattern: string, path: string): PathParts | undefined {
  const wanted = pattern.split('/');
  const found = path.split('/');
  if (wanted.length !== found.length) return undefined;
  const parts: Record<string, string> = {};
  for (const [at, part] of wanted.entries()) {
    const text = found[at] ?? '';
    const name = /^\{(\w+)\}$/.exec(part)?.[1];
    if (name === undefined) {
      if (text !== part) return undefined;
    } else {
      const decoded = decodedPart(text);
      if (decoded === undefined) return undefined;
      parts[name] = decoded;
    }
  }
  return parts;
}

function decodedPart(text: string): string | undefined {
  try {
    const decoded = decodeURIComponent(text);
    return decoded === '' ? undefined : decoded;
  } catch {
    return undefined;
  }
}
