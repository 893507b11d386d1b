import { either, label, object, oneOf, optional, wholeNumber, type Field } from '../validate.ts';

/** At most 64 characters, or a whole number. */
export type PingId = string | number;

/** Answered by `pong` at once; the only frame that may come between `hello` and its answer. */
export interface PingFrame {
  readonly type: 'ping';
  readonly id?: PingId;
}

/** The answer to the `ping` with this `id`. */
export interface PongFrame {
  readonly type: 'pong';
  readonly id?: PingId;
}

const pingId: Field<PingId> = either(label(64), wholeNumber);

export const pingFrame: Field<PingFrame> = object<PingFrame>({ type: oneOf('ping'), id: optional(pingId) });

export const pongFrame: Field<PongFrame> = object<PongFrame>({ type: oneOf('pong'), id: optional(pingId) });
