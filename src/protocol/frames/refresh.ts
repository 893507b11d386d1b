import { object, oneOf, type Field } from '../validate.ts';

/** Extends the client's token. Answered by a `token` frame without `value`. */
export interface RefreshFrame {
  readonly type: 'refresh';
}

export const refreshFrame: Field<RefreshFrame> = object<RefreshFrame>({ type: oneOf('refresh') });
