import { label, object, oneOf, optional, text, time, type Field, type Fields } from '../validate.ts';

/** A token as the gateway speaks of it. */
export interface TokenNotice {
  /** Names the token without being it: the first 16 hex digits of its stored hash. */
  readonly id: string;
  /** Advisory: a client always tries. */
  readonly expires_at: string;
  /** The token itself, if it is new; else this is a later expiry of the one that the client has. */
  readonly value?: string;
}

/** A token that the client did not have before. It answers with `stored` as soon as it has stored it. */
export interface NewToken extends TokenNotice {
  readonly value: string;
}

/** A new token of this client's, a later expiry of the one that it has, or (`link`) one for another device. */
export interface TokenFrame extends TokenNotice {
  readonly type: 'token';
  readonly link?: true;
}

const noticeFields: Fields<TokenNotice> = { id: label(64), expires_at: time, value: optional(text) };

export const tokenNotice: Field<TokenNotice> = object<TokenNotice>(noticeFields);

export const newToken: Field<NewToken> = object<NewToken>({ ...noticeFields, value: text });

export const tokenFrame: Field<TokenFrame> = object<TokenFrame>({
  type: oneOf('token'),
  ...noticeFields,
  link: optional(oneOf(true)),
});
