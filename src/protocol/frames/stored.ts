import { label, object, oneOf, type Field } from '../validate.ts';

/**
 * The client has stored that token durably, which confirms it. The first frame after `resumed`, within 10 s: before
 * it nothing is carried out and no acknowledgement counts. For another id it changes nothing.
 */
export interface StoredFrame {
  readonly type: 'stored';
  /** The token's `id`, never its value. */
  readonly id: string;
}

export const storedFrame: Field<StoredFrame> = object<StoredFrame>({ type: oneOf('stored'), id: label(64) });
