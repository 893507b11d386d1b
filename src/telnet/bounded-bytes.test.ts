import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { BoundedBytes } from './bounded-bytes.ts';

test('what is appended is taken in one piece', () => {
  fc.assert(
    fc.property(fc.array(fc.uint8Array({ maxLength: 20 })), (pieces) => {
      const collected = new BoundedBytes(10_000);
      for (const piece of pieces) expect(collected.append(piece)).toBe('kept');
      expect([...collected.take()!]).toEqual(pieces.flatMap((piece) => [...piece]));
      expect(collected.length).toBe(0);
    }),
  );
});

test('the limit itself may be reached', () => {
  const collected = new BoundedBytes(2);
  expect(collected.append(Uint8Array.of(1, 2))).toBe('kept');
  expect(collected.append(new Uint8Array(0))).toBe('kept');
});

test('crossing the limit is told once and loses all, until the next is begun', () => {
  const collected = new BoundedBytes(2);
  collected.append(Uint8Array.of(1));
  expect(collected.append(Uint8Array.of(2, 3))).toBe('crossed');
  expect(collected.append(Uint8Array.of(4))).toBe('dropped');
  expect(collected.take()).toBeUndefined();
  expect(collected.append(Uint8Array.of(5))).toBe('kept');
  expect(collected.take()).toEqual(Uint8Array.of(5));
});

test('what was taken is not written to again', () => {
  const collected = new BoundedBytes(8);
  collected.append(Uint8Array.of(1, 2));
  const taken = collected.take();
  collected.append(Uint8Array.of(3, 4));
  expect(taken).toEqual(Uint8Array.of(1, 2));
});
