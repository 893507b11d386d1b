import type { Json } from '../../core/index.ts';
import { utf8 } from '../utf8.ts';

const VAR = 1;
const VAL = 2;
const TABLE_OPEN = 3;
const TABLE_CLOSE = 4;
const ARRAY_OPEN = 5;
const ARRAY_CLOSE = 6;

/** How deep arrays and tables may stand in each other. */
const DEPTH_LIMIT = 32;
const NAME_PATTERN = /^[\w.-]{1,64}$/;
/** The mapping below is case sensitive, as MSDP is. */
const PACKAGE_PREFIX = 'MSDP.';

/** MSDP knows text, lists and tables: numbers are text. */
export type MsdpValue = string | readonly MsdpValue[] | { readonly [key: string]: MsdpValue };

/** A variable with its value, or a client's command (`REPORT`, `SEND`, `LIST` …) with what it is about. */
export interface MsdpVariable {
  /** 1 to 64 characters of `A-Za-z0-9._-`; by custom in capitals. */
  readonly name: string;
  readonly value: MsdpValue;
}

/**
 * The payload of one MSDP message (option 69), as described at https://tintin.mudhalla.net/protocols/msdp/. Numbers become
 * their text, true and false `1` and `0`, null the empty text. The bytes 0 to 6 and 255, which MSDP cannot carry, are left
 * out.
 */
export function encodeMsdp(name: string, value: Json): Uint8Array {
  return Uint8Array.from([VAR, ...textBytes(name), VAL, ...valueBytes(value)]);
}

/**
 * Reads an MSDP payload: all its variables, in their order. One whose name is not as in `MsdpVariable` is left out. `undefined`
 * when it is no MSDP, was cut short, or is nested over 32 deep: of such a message nothing is believed.
 */
export function decodeMsdp(payload: Uint8Array): readonly MsdpVariable[] | undefined {
  const reader = new MsdpReader(payload);
  const variables: MsdpVariable[] = [];
  while (!reader.isAtEnd) {
    const variable = reader.variable(DEPTH_LIMIT);
    if (variable === undefined) return undefined;
    if (NAME_PATTERN.test(variable.name)) variables.push(variable);
  }
  return variables;
}

/**
 * Inside a session a variable is the out-of-band message `MSDP.NAME`, in both directions, with the value as its data:
 * each variable is a state of its own, so that the last value of each can be shown again. (The package `MSDP`, without a
 * name, is a game's own "MSDP over GMCP" and has nothing to do with this.)
 */
export function packageOfMsdp(name: string): string {
  return PACKAGE_PREFIX + name;
}

/** The variable that a package stands for, if it stands for one. */
export function msdpOfPackage(packageName: string): string | undefined {
  const name = packageName.startsWith(PACKAGE_PREFIX) ? packageName.slice(PACKAGE_PREFIX.length) : '';
  return NAME_PATTERN.test(name) ? name : undefined;
}

function valueBytes(value: Json): number[] {
  if (Array.isArray(value)) {
    return [ARRAY_OPEN, ...value.flatMap((item: Json) => [VAL, ...valueBytes(item)]), ARRAY_CLOSE];
  }
  if (typeof value === 'object' && value !== null) {
    const entries = Object.entries(value).flatMap(([key, item]: [string, Json]) => [
      VAR,
      ...textBytes(key),
      VAL,
      ...valueBytes(item),
    ]);
    return [TABLE_OPEN, ...entries, TABLE_CLOSE];
  }
  return typeof value === 'boolean' ? textBytes(value ? '1' : '0') : textBytes(String(value ?? ''));
}

function textBytes(text: string): number[] {
  return [...utf8.encode(text)].filter((byte) => byte > ARRAY_CLOSE);
}

/** Each method consumes what it reads; `undefined` says that something else stands there. */
class MsdpReader {
  readonly #payload: Uint8Array;
  #at = 0;

  constructor(payload: Uint8Array) {
    this.#payload = payload;
  }

  get isAtEnd(): boolean {
    return this.#at >= this.#payload.length;
  }

  variable(depth: number): MsdpVariable | undefined {
    if (!this.#take(VAR)) return undefined;
    const name = this.#text();
    const values = this.#values(depth);
    if (values === undefined) return undefined;
    // Some send a list as several values of one variable.
    const [value = '', ...more] = values;
    return { name, value: more.length === 0 ? value : values };
  }

  #values(depth: number): MsdpValue[] | undefined {
    const values: MsdpValue[] = [];
    while (this.#take(VAL)) {
      const value = this.#value(depth);
      if (value === undefined) return undefined;
      values.push(value);
    }
    return values;
  }

  #value(depth: number): MsdpValue | undefined {
    if (depth === 0) return undefined;
    if (this.#take(ARRAY_OPEN)) {
      const items = this.#values(depth - 1);
      return items && this.#take(ARRAY_CLOSE) ? items : undefined;
    }
    if (this.#take(TABLE_OPEN)) return this.#table(depth - 1);
    return this.#text();
  }

  #table(depth: number): MsdpValue | undefined {
    const entries: [string, MsdpValue][] = [];
    while (!this.#take(TABLE_CLOSE)) {
      const entry = this.variable(depth);
      if (entry === undefined) return undefined;
      entries.push([entry.name, entry.value]);
    }
    return Object.fromEntries(entries);
  }

  #take(mark: number): boolean {
    if (this.#payload[this.#at] !== mark) return false;
    this.#at += 1;
    return true;
  }

  /** Everything up to the next mark. */
  #text(): string {
    const from = this.#at;
    while (!this.isAtEnd && !isMark(this.#payload[this.#at]!)) this.#at += 1;
    return utf8.decode(this.#payload.subarray(from, this.#at));
  }
}

function isMark(byte: number): boolean {
  return byte >= VAR && byte <= ARRAY_CLOSE;
}
