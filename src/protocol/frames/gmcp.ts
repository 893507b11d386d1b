import type { Json } from '../../core/json.ts';
import {
  field,
  isObject,
  isString,
  object,
  oneOf,
  optional,
  positive,
  text,
  type Field,
} from '../validate.ts';
import { position, type Positioned } from './position.ts';

/** An out-of-band message to the world. It is accepted, held and dropped like a command. */
export interface ClientGmcpFrame {
  readonly type: 'gmcp';
  /** Its number among the commands. */
  readonly seq: number;
  /** 1 to 128 characters of `A-Za-z0-9._-`. */
  readonly package: string;
  /** Nested at most 64 deep and without a key `__proto__`; its size is bounded by `frame_bytes`. */
  readonly data?: Json;
}

/** An out-of-band message from the world. Without `offset` it is the last value of a state package. */
export interface ServerGmcpFrame extends Partial<Positioned> {
  readonly type: 'gmcp';
  /** As the game spells it. */
  readonly package: string;
  readonly data?: Json;
}

/** `JSON.parse` reads any depth, `JSON.stringify` throws at some: what passes here can be stored and sent on. */
export const MAXIMUM_DATA_DEPTH = 64;

const packageName: Field<string> = field(
  '1 to 128 characters of A-Za-z0-9._-',
  (value): value is string => isString(value) && /^[\w.-]{1,128}$/.test(value),
);

const boundedData: Field<Json> = field(
  `JSON at most ${MAXIMUM_DATA_DEPTH} deep, without a key __proto__`,
  (value): value is Json => isBounded(value, MAXIMUM_DATA_DEPTH),
);

// The client believes its gateway: a frame of the output that it refused would come again at every resume.
const data: Field<Json> = field('JSON', (value): value is Json => value !== undefined);

export const clientGmcpFrame: Field<ClientGmcpFrame> = object<ClientGmcpFrame>({
  type: oneOf('gmcp'),
  seq: positive,
  package: packageName,
  data: optional(boundedData),
});

export const serverGmcpFrame: Field<ServerGmcpFrame> = object<ServerGmcpFrame>({
  type: oneOf('gmcp'),
  offset: optional(position.offset),
  epoch: position.epoch,
  package: text,
  data: optional(data),
});

function isBounded(value: unknown, depth: number): boolean {
  if (Array.isArray(value)) return depth > 0 && value.every((item) => isBounded(item, depth - 1));
  if (!isObject(value)) return value !== undefined;
  if (depth === 0 || Object.hasOwn(value, '__proto__')) return false;
  return Object.values(value).every((item) => isBounded(item, depth - 1));
}
