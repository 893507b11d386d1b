import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { Batch } from './batch.ts';

const microtasks: (() => void)[] = [];

beforeEach(() => {
  vi.stubGlobal('queueMicrotask', (microtask: () => void) => microtasks.push(microtask));
});
afterEach(() => {
  vi.unstubAllGlobals();
});

function runMicrotask(): void {
  microtasks.shift()?.();
}

it('lets all act in order, and later, in one microtask', () => {
  const batch = new Batch();
  const acted: number[] = [];
  for (const number of [1, 2, 3]) batch.add({ act: () => acted.push(number) });
  expect(acted).toEqual([]);
  expect(microtasks).toHaveLength(1);
  runMicrotask();
  expect(acted).toEqual([1, 2, 3]);
  expect(microtasks).toHaveLength(0);
});

it('has a turn for those who come while others act', () => {
  const batch = new Batch();
  const acted: number[] = [];
  const later = { act: () => acted.push(2) };
  batch.add({ act: () => batch.add(later) });
  runMicrotask();
  expect(acted).toEqual([]);
  runMicrotask();
  expect(acted).toEqual([2]);
});

it('lets the others act too where one throws', () => {
  const batch = new Batch();
  const acted: number[] = [];
  batch.add({
    act: () => {
      throw new Error('a bug');
    },
  });
  for (const number of [2, 3]) batch.add({ act: () => acted.push(number) });
  expect(runMicrotask).toThrow('a bug');
  runMicrotask();
  expect(acted).toEqual([2, 3]);
});
