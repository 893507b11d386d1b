import { expect, test } from 'vitest';
import { Q_METHOD } from './q-method.ts';
import type { QInput, QState } from './q-method.ts';

// RFC 1143, section 7, word for word, with `him` and `himq` as one state.
const rfc1143: [QState, QInput, QState, ('positive' | 'negative')?][] = [
  ['no', 'positive', 'yes', 'positive'],
  ['yes', 'positive', 'yes'],
  ['want-no', 'positive', 'no'],
  ['want-no-opposite', 'positive', 'yes'],
  ['want-yes', 'positive', 'yes'],
  ['want-yes-opposite', 'positive', 'want-no', 'negative'],

  ['no', 'negative', 'no'],
  ['yes', 'negative', 'no', 'negative'],
  ['want-no', 'negative', 'no'],
  ['want-no-opposite', 'negative', 'want-yes', 'positive'],
  ['want-yes', 'negative', 'no'],
  ['want-yes-opposite', 'negative', 'no'],

  ['no', 'enable', 'want-yes', 'positive'],
  ['yes', 'enable', 'yes'],
  ['want-no', 'enable', 'want-no-opposite'],
  ['want-no-opposite', 'enable', 'want-no-opposite'],
  ['want-yes', 'enable', 'want-yes'],
  ['want-yes-opposite', 'enable', 'want-yes'],

  ['no', 'disable', 'no'],
  ['yes', 'disable', 'want-no', 'negative'],
  ['want-no', 'disable', 'want-no'],
  ['want-no-opposite', 'disable', 'want-no'],
  ['want-yes', 'disable', 'want-yes-opposite'],
  ['want-yes-opposite', 'disable', 'want-yes-opposite'],
];

test.each(rfc1143)('%s and %s make %s', (state, input, next, send) => {
  expect(Q_METHOD[state][input]).toEqual(send ? { state: next, send } : { state: next });
});

test('the table above is whole', () => {
  expect(rfc1143).toHaveLength(Object.values(Q_METHOD).flatMap((row) => Object.keys(row)).length);
});

test('no word of the peer is answered for ever: answering leads to where the same word is not answered', () => {
  for (const row of Object.values(Q_METHOD)) {
    for (const input of ['positive', 'negative'] as const) {
      const step = row[input];
      if (step.send) expect(Q_METHOD[step.state][input].send).toBeUndefined();
    }
  }
});
