import { object, oneOf, type Field } from '../validate.ts';

/** Asks for a token to carry to another device. Answered by a `token` frame with `link`. */
export interface LinkFrame {
  readonly type: 'link';
}

export const linkFrame: Field<LinkFrame> = object<LinkFrame>({ type: oneOf('link') });
