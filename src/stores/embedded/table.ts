import { crc32 } from 'node:zlib';
import type { CommandEntry, OutputEntry, Session } from '../../core/index.ts';
import type { Folded, Traffic } from './traffic.ts';

export interface Range {
  readonly gt: string;
  readonly lt: string;
}

type KeyPart = string | number;

/** Rows of one kind, under keys that begin with its name. Each is JSON behind a checksum. */
export class Table<T> {
  readonly #name: string;

  constructor(name: string) {
    this.#name = name;
  }

  /** Numbers stand in keys so that their order is the keys'. */
  key(...parts: readonly KeyPart[]): string {
    return [this.#name, ...parts.map(keyPart)].join('/');
  }

  /** All rows whose keys begin with these parts. */
  range(...parts: readonly KeyPart[]): Range {
    const prefix = this.key(...parts);
    return { gt: `${prefix}/`, lt: `${prefix}/~` };
  }

  /** LevelDB does not look at its own checksums when it reads: the row has one, of its key and its JSON. */
  encode(key: string, value: T): string {
    const json = JSON.stringify(value);
    return checksum(key, json) + json;
  }

  /** What was encoded, or `undefined` where the row is not as it was written. */
  decode(key: string, row: string): T | undefined {
    const json = row.slice(8);
    if (!row.startsWith(checksum(key, json))) return undefined;
    const value: T = JSON.parse(json);
    return value;
  }
}

function keyPart(part: KeyPart): string {
  return typeof part === 'string' ? part : String(Math.ceil(part)).padStart(16, '0');
}

function checksum(key: string, json: string): string {
  return crc32(json, crc32(key)).toString(16).padStart(8, '0');
}

/** By session id. */
export const SESSIONS: Table<Session> = new Table('session');
/** By session id and number. */
export const COMMANDS: Table<CommandEntry> = new Table('command');
/** By session id and offset. */
export const OUTPUT: Table<OutputEntry> = new Table('output');
/** Session ids, by hash. */
export const HASHES: Table<string> = new Table('hash');
/** By world, account and session id. */
export const ACCOUNTS: Table<true> = new Table('account');
/** By when the clock of a session runs out, and its id; a clock that stands still is at 0. */
export const CLOCKS: Table<true> = new Table('clock');
/** By number, in order: what was played, by many sessions, since their own rows were written. */
export const TRAFFIC: Table<readonly (Traffic | Folded)[]> = new Table('traffic');
/** The store's own numbers. */
export const STORE: Table<number> = new Table('store');
