import { object, oneOf, wholeNumber, type Field } from '../validate.ts';

/**
 * The client has, and has persisted, all output through `offset`, of the epoch last named on this connection.
 * Cumulative; sent at least every half window, during the replay too.
 */
export interface AckFrame {
  readonly type: 'ack';
  readonly offset: number;
}

export const ackFrame: Field<AckFrame> = object<AckFrame>({ type: oneOf('ack'), offset: wholeNumber });
