import { describe, expect, it } from 'vitest';
import { BYES, createError, ERRORS, isByeReason, shouldReconnect } from './errors.ts';

describe('the error table', () => {
  it.each(Object.entries(ERRORS))('closes %s with a code that says the same as its retry', (_, row) => {
    expect(shouldReconnect(row.closeCode)).toBe(row.retry === 'resume' || row.retry === 'later');
  });

  it.each(Object.entries(BYES))(
    'closes with bye %s with a code that says the same as its resume',
    (_, row) => {
      expect(shouldReconnect(row.closeCode)).toBe(row.resume);
    },
  );

  it('gives each code and reason its own close code', () => {
    const codes = [...Object.values(ERRORS), ...Object.values(BYES)].map(({ closeCode }) => closeCode);
    expect(new Set(codes).size).toBe(codes.length);
  });

  it.each(Object.entries(ERRORS))('keeps the close code of %s in the hundred of its retry', (_, row) => {
    if (row.closeCode < 4000) return;
    const hundreds = { resume: 41, later: 42, fresh: 46, never: 47 };
    expect(Math.floor(row.closeCode / 100)).toBe(hundreds[row.retry]);
  });

  it('does not take an inherited property for a reason', () => {
    expect(isByeReason('taken_over')).toBe(true);
    expect(isByeReason('constructor')).toBe(false);
  });
});

describe('an error frame', () => {
  it('is made from the table', () => {
    expect(createError('token_refused')).toEqual({
      type: 'error',
      code: 'token_refused',
      message: 'This token is not valid.',
      retry: 'fresh',
    });
  });

  it('tells when to come again, and what was wrong, where that is known', () => {
    expect(createError('rate_limited', { retryAfterMs: 1500.2 })).toMatchObject({ retry_after_ms: 1501 });
    expect(createError('bad_frame', { detail: 'type must be text' }).message).toContain(
      '(type must be text)',
    );
  });
});

describe('a close code', () => {
  it('from 4000 to 4499 means reconnect, from 4500 to 4999 does not', () => {
    expect([4000, 4499].map(shouldReconnect)).toEqual([true, true]);
    expect([4500, 4999].map(shouldReconnect)).toEqual([false, false]);
  });

  it('of the WebSocket itself means reconnect, unless it blames the client', () => {
    expect([1002, 1003, 1007, 1008, 1009].some(shouldReconnect)).toBe(false);
    expect([1000, 1001, 1005, 1006, 1010, 1011, 1012, 1013, 1014, 1015].every(shouldReconnect)).toBe(true);
  });
});
