import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { deliverLater, deliverNow, LARGE_BYTES } from './turn-reads.ts';

let heard: string[];

beforeEach(() => {
  heard = [];
  vi.useFakeTimers({ toFake: ['setImmediate'] });
});
afterEach(() => {
  vi.runAllTimers();
  vi.useRealTimers();
});

function arrives(text: string, listener = hear): void {
  deliverLater(Buffer.from(text), listener);
}

function hear(chunk: Uint8Array): void {
  heard.push(Buffer.from(chunk).toString());
}

it('delivers what came in a turn when all was read, in order', () => {
  for (const text of ['1', '2', '3']) arrives(text);
  expect(heard).toEqual([]);
  vi.runAllTimers();
  expect(heard).toEqual(['1', '2', '3']);
  arrives('4');
  vi.runAllTimers();
  expect(heard).toEqual(['1', '2', '3', '4']);
});

it('delivers what is large at once, and before it what came before it', () => {
  const large = 'x'.repeat(LARGE_BYTES);
  arrives('1');
  arrives(large);
  expect(heard).toEqual(['1', large]);
});

it('keeps no more than a megabyte, and as much again', () => {
  const text = 'x'.repeat(LARGE_BYTES / 2);
  for (let round = 1; round <= 2; round += 1) {
    for (let bytes = text.length; bytes < 1_048_576; bytes += text.length) arrives(text);
    expect(heard).toHaveLength((round - 1) * 32);
    arrives(text);
    expect(heard).toHaveLength(round * 32);
  }
});

it('delivers the others too where one listener throws', () => {
  arrives('1', () => {
    throw new Error('a bug');
  });
  arrives('2');
  expect(() => vi.runAllTimers()).toThrow('a bug');
  vi.runAllTimers();
  expect(heard).toEqual(['2']);
});

it('keeps the order where a listener asks for all there is', () => {
  arrives('1', (chunk) => {
    hear(chunk);
    deliverNow();
    heard.push('done');
  });
  arrives('2');
  vi.runAllTimers();
  expect(heard).toEqual(['1', '2', 'done']);
});
