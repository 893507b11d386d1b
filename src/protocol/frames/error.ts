import { label, object, oneOf, optional, text, wholeNumber, type Field } from '../validate.ts';

/**
 * What a client does after an error: `resume` with the same token now, try it `later`, discard it and start `fresh`
 * when the player asks, or `never` try again.
 */
export const RETRIES = ['resume', 'later', 'fresh', 'never'] as const;
export type Retry = (typeof RETRIES)[number];

/** Something failed. Always followed by the close, whose code says the same as `retry`. */
export interface ErrorFrame {
  readonly type: 'error';
  /** A code of the `ERRORS` table. A newer gateway may have others: `retry` tells what to do. */
  readonly code: string;
  /** For people, in English. */
  readonly message: string;
  readonly retry: Retry;
  /** With `later`: not before. */
  readonly retry_after_ms?: number;
}

export const errorFrame: Field<ErrorFrame> = object<ErrorFrame>({
  type: oneOf('error'),
  code: label(64),
  message: text,
  retry: oneOf(...RETRIES),
  retry_after_ms: optional(wholeNumber),
});
