import { crc32 } from 'node:zlib';
import type { CommandEntry, OutputEntry, Session } from '../../core/index.ts';

export interface Range {
  readonly gt: string;
  readonly lt: string;
}

type KeyPart = string | number;

/** In hexadecimal digits. */
const CHECKSUM_BYTES = 8;

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
  encode(key: string, value: T): Buffer {
    const json = JSON.stringify(value);
    const row = Buffer.allocUnsafe(CHECKSUM_BYTES + Buffer.byteLength(json));
    row.write(json, CHECKSUM_BYTES);
    row.write(checksum(key, row), 0);
    return row;
  }

  /** What was encoded, or `undefined` where the row is not as it was written. */
  decode(key: string, row: Buffer): T | undefined {
    if (row.toString('latin1', 0, CHECKSUM_BYTES) !== checksum(key, row)) return undefined;
    const value: T = JSON.parse(row.toString('utf8', CHECKSUM_BYTES));
    return value;
  }
}

function keyPart(part: KeyPart): string {
  return typeof part === 'string' ? part : String(Math.ceil(part)).padStart(16, '0');
}

function checksum(key: string, row: Buffer): string {
  return crc32(row.subarray(CHECKSUM_BYTES), crc32(key)).toString(16).padStart(CHECKSUM_BYTES, '0');
}

/** Which part of the traffic the rows of a session tell, too: through this frame of that process. */
export interface PlayedThrough {
  readonly boot: number;
  readonly number: number;
}

/** By session id. */
export const SESSIONS: Table<{ readonly session: Session; readonly played: PlayedThrough }> = new Table(
  'session',
);
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
/** The store's own numbers. */
export const STORE: Table<number> = new Table('store');
