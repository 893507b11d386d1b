/** The gateway's limits on what a client sends; the rest of a frame is bounded by `frame_bytes` alone. */
export interface ClientFrameLimits {
  /** UTF-8 bytes of one command's text. */
  readonly command_bytes: number;
  /** Commands that may wait for the world, so also the numbers that a `replay` can name. */
  readonly queue_commands: number;
}

/** What is wrong with a value. It names the field, never the value: that may be a token or a password. */
export class Problem {
  readonly #path: string;
  readonly #expected: string;

  constructor(expected: string, path = '') {
    this.#expected = expected;
    this.#path = path;
  }

  /** The same problem, seen from one step further out. */
  within(step: string): Problem {
    return new Problem(this.#expected, step + this.#path);
  }

  get message(): string {
    return `${this.#path} must be ${this.#expected}`;
  }
}

/** Reads one value of parsed JSON. It never throws, and calls itself only as deep as the wire's own types go. */
export interface Field<T, Optional extends boolean = false> {
  /** What the value must be: the end of the sentence "ack.offset must be …". */
  readonly expected: string;
  readonly optional: Optional;
  read(value: unknown, limits: ClientFrameLimits): T | Problem;
}

/** A field for each property of `T`; one that `T` may lack must be `optional`, and no other may. */
export type Fields<T> = {
  readonly [Name in keyof T]-?: Pick<T, Name> extends Required<Pick<T, Name>>
    ? Field<T[Name]>
    : Field<T[Name], true>;
};

/** The frames of one direction by their `type`. */
export type FrameTable<Frame extends { readonly type: string }> = {
  readonly [Type in Frame['type']]: Field<Extract<Frame, { readonly type: Type }>>;
};

/** A value that is taken as it is when `accepts` says so. */
export function field<T>(
  expected: string,
  accepts: (value: unknown, limits: ClientFrameLimits) => value is T,
): Field<T> {
  return {
    expected,
    optional: false,
    read: (value, limits) => (accepts(value, limits) ? value : new Problem(expected)),
  };
}

/** Absent means absent: `null` is a value. */
export function optional<T>(required: Field<T>): Field<T, true> {
  return { ...required, optional: true };
}

/** An object, made anew with the fields that we know; whatever else the sender put into it is left behind. */
export function object<T extends object>(fields: Fields<T>): Field<T> {
  const entries = Object.entries<Field<unknown, boolean>>(fields);
  const described = entries.map(
    ([name, { optional: may, expected }]) => `${name}${may ? '?' : ''}: ${expected}`,
  );
  return {
    expected: `{ ${described.join(', ')} }`,
    optional: false,
    read(value, limits) {
      if (!isObject(value)) return new Problem('an object');
      const known: Record<string, unknown> = {};
      for (const [name, property] of entries) {
        const own = Object.hasOwn(value, name) ? value[name] : undefined;
        if (own === undefined && property.optional) continue;
        const result = property.read(own, limits);
        if (result instanceof Problem) return result.within(`.${name}`);
        known[name] = result;
      }
      // Each field of `T` was read above: the one place where the compiler has to take our word.
      // oxlint-disable-next-line typescript/no-unsafe-type-assertion
      return known as T;
    },
  };
}

/** An array; `limit` names the gateway's limit on its length. */
export function listOf<T>(item: Field<T>, limit?: keyof ClientFrameLimits): Field<readonly T[]> {
  const expected = `a list${limit ? ` of at most ${limit}` : ''}: [${item.expected}]`;
  return {
    expected,
    optional: false,
    read(value, limits) {
      if (!Array.isArray(value) || (limit && value.length > limits[limit])) {
        return new Problem(expected);
      }
      const items: T[] = [];
      for (const [index, each] of value.entries()) {
        const result = item.read(each, limits);
        if (result instanceof Problem) return result.within(`[${index}]`);
        items.push(result);
      }
      return items;
    },
  };
}

export function either<A, B>(one: Field<A>, other: Field<B>): Field<A | B> {
  const expected = `${one.expected} or ${other.expected}`;
  return {
    expected,
    optional: false,
    read(value, limits) {
      for (const choice of [one, other]) {
        const result = choice.read(value, limits);
        if (!(result instanceof Problem)) return result;
      }
      return new Problem(expected);
    },
  };
}

export function oneOf<T extends string | boolean>(...values: readonly T[]): Field<T> {
  const expected = values.map((value) => JSON.stringify(value)).join(' | ');
  return field(expected, (value): value is T => (values as readonly unknown[]).includes(value));
}

/** An offset, an amount, a duration: what JSON can say without rounding. */
export const wholeNumber: Field<number> = integer(0, Number.MAX_SAFE_INTEGER);

/** The number of a command or of an entry (they begin at 1), or a limit. */
export const positive: Field<number> = integer(1, Number.MAX_SAFE_INTEGER);

export function integer(minimum: number, maximum: number): Field<number> {
  const end = maximum === Number.MAX_SAFE_INTEGER ? '2^53-1' : maximum;
  return field(
    `a whole number from ${minimum} to ${end}`,
    (value): value is number =>
      Number.isSafeInteger(value) && minimum <= Number(value) && Number(value) <= maximum,
  );
}

export const flag: Field<boolean> = field('true or false', (value) => typeof value === 'boolean');

/** Any text at all. */
export const text: Field<string> = field('text', isString);

// Control characters (category Cc) and lone surrogates (Cs: under the `u` flag a pair is one character of neither).
const unprintable = /[\p{Cc}\p{Cs}]/u;

/** A short text that can stand in a log line. */
export function label(maximum: number): Field<string> {
  return field(
    `printable text of at most ${maximum} characters`,
    (value): value is string => isString(value) && value.length <= maximum && !unprintable.test(value),
  );
}

const utcTime = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z$/;

/** ISO 8601 UTC, with or without a fraction of a second. */
export const time: Field<string> = field(
  'a time like 2026-12-18T20:00:00.000Z',
  (value): value is string => isString(value) && utcTime.test(value) && !Number.isNaN(Date.parse(value)),
);

export function isString(value: unknown): value is string {
  return typeof value === 'string';
}

/** A JSON object: neither `null` nor an array. */
export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
