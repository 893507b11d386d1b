/**
 * The state of one option on one side (RFC 1143). `want-…` means that our request is unanswered; `…-opposite` that we have
 * changed our mind meanwhile and shall ask for the opposite once the answer is here.
 */
export type QState = 'no' | 'yes' | 'want-no' | 'want-no-opposite' | 'want-yes' | 'want-yes-opposite';

/** What happens to it: the peer's WILL or DO, the peer's WONT or DONT, our own wish to have it on or off. */
export type QInput = 'positive' | 'negative' | 'enable' | 'disable';

/** The state that follows, and the word that goes out with it, if any. */
export interface QStep {
  readonly state: QState;
  readonly send?: 'positive' | 'negative';
}

/**
 * RFC 1143, section 7, as a table. Every arrow that sends leads to another state, and none that answers the peer leads back
 * to where the same word would be answered again: that is why two such peers cannot loop.
 *
 * `no` with `positive` is the arrow of a peer that is agreed with; refusing it changes nothing and is the negotiator's affair.
 */
export const Q_METHOD: Readonly<Record<QState, Readonly<Record<QInput, QStep>>>> = {
  no: {
    positive: { state: 'yes', send: 'positive' },
    negative: { state: 'no' },
    enable: { state: 'want-yes', send: 'positive' },
    disable: { state: 'no' },
  },
  yes: {
    positive: { state: 'yes' },
    negative: { state: 'no', send: 'negative' },
    enable: { state: 'yes' },
    disable: { state: 'want-no', send: 'negative' },
  },
  'want-no': {
    positive: { state: 'no' }, // An error of the peer: DONT answered by WILL.
    negative: { state: 'no' },
    enable: { state: 'want-no-opposite' },
    disable: { state: 'want-no' },
  },
  'want-no-opposite': {
    positive: { state: 'yes' }, // The same error, but what we want by now.
    negative: { state: 'want-yes', send: 'positive' },
    enable: { state: 'want-no-opposite' },
    disable: { state: 'want-no' },
  },
  'want-yes': {
    positive: { state: 'yes' },
    negative: { state: 'no' },
    enable: { state: 'want-yes' },
    disable: { state: 'want-yes-opposite' },
  },
  'want-yes-opposite': {
    positive: { state: 'want-no', send: 'negative' },
    negative: { state: 'no' },
    enable: { state: 'want-yes' },
    disable: { state: 'want-yes-opposite' },
  },
};
