import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { atTurnEnd } from './turn-end.ts';

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setImmediate'] });
});
afterEach(() => {
  vi.useRealTimers();
});

it('calls all that asked for it, in order, when the turn ends', () => {
  const called: number[] = [];
  for (const number of [1, 2, 3]) atTurnEnd(() => called.push(number));
  expect(called).toEqual([]);
  vi.runAllTimers();
  expect(called).toEqual([1, 2, 3]);
});

it('calls the others too where one throws', () => {
  const called: number[] = [];
  atTurnEnd(() => called.push(1));
  atTurnEnd(() => {
    throw new Error('a bug');
  });
  atTurnEnd(() => called.push(3));
  expect(() => vi.runAllTimers()).toThrow('a bug');
  vi.runAllTimers();
  expect(called).toEqual([1, 3]);
});
