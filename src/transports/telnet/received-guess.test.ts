import { expect, it } from 'vitest';
import { ReceivedGuess } from './received-guess.ts';

it('counts as received what left three seconds before a byte came', () => {
  const guess = new ReceivedGuess();
  guess.flushed(5, 1000);
  expect(guess.heard(3999)).toBeUndefined();
  expect(guess.heard(4000)).toBe(5);
});

it('counts nothing twice', () => {
  const guess = new ReceivedGuess();
  guess.flushed(5, 1000);
  guess.heard(4000);
  expect(guess.heard(9000)).toBeUndefined();
});

it('does not count what left later, however long the silence was before', () => {
  const guess = new ReceivedGuess();
  guess.flushed(5, 1000);
  guess.flushed(6, 9000);
  expect(guess.heard(10_000)).toBe(5);
  expect(guess.heard(12_000)).toBe(6);
});

it('keeps the last of what left in one moment', () => {
  const guess = new ReceivedGuess();
  guess.flushed(5, 1000);
  guess.flushed(6, 1000);
  expect(guess.heard(4000)).toBe(6);
});

it('waits for the last of what left within a quarter of a second', () => {
  const guess = new ReceivedGuess();
  guess.flushed(5, 1001);
  guess.flushed(6, 1249);
  guess.flushed(7, 1251);
  expect(guess.heard(4249)).toBeUndefined();
  expect(guess.heard(4250)).toBe(6);
  expect(guess.heard(4500)).toBe(7);
});

it('errs on the safe side where the client is silent for very long', () => {
  const guess = new ReceivedGuess();
  for (let offset = 1; offset <= 5000; offset += 1) guess.flushed(offset, offset * 250);
  const received = guess.heard(2_000_000) ?? 0;
  expect(received).toBeGreaterThan(0);
  expect(received).toBeLessThan(5000);
  guess.flushed(5001, 2_000_250);
  expect(guess.heard(2_003_250)).toBe(5001);
});
