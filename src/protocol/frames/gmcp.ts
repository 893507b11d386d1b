import type { Json } from '../../core/json.ts';
import { isGmcpData, isGmcpPackage, MAXIMUM_DATA_DEPTH } from '../gmcp-message.ts';
import { field, isString, object, oneOf, optional, positive, text, type Field } from '../validate.ts';
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

const packageName: Field<string> = field(
  '1 to 128 characters of A-Za-z0-9._-',
  (value): value is string => isString(value) && isGmcpPackage(value),
);

const boundedData: Field<Json> = field(
  `JSON at most ${MAXIMUM_DATA_DEPTH} deep, without a key __proto__`,
  (value): value is Json => isGmcpData(value),
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
