import { label, optional, positive, type Fields } from '../validate.ts';

/** Where a frame stands in the session's output. */
export interface Positioned {
  /** The entry's number. Whoever has taken the frame has everything through it. */
  readonly offset: number;
  /** The epoch of `offset`, named where it is another than the one last named on this connection. */
  readonly epoch?: string;
}

export const position: Fields<Positioned> = { offset: positive, epoch: optional(label(64)) };
