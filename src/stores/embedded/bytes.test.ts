import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { ByteReader, ByteWriter } from './bytes.ts';

const COUNTS = fc.oneof(fc.nat(), fc.maxSafeNat(), fc.constantFrom(0, 127, 128, 2 ** 31, 2 ** 53 - 1));
/** Also half of a character. */
const TEXTS = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 200 }),
  fc.string({ unit: 'grapheme-ascii', maxLength: 200 }),
  fc.constantFrom('\ud800', 'é'.repeat(64), `${'x'.repeat(70)}\udc00`),
);

/** A value, and how it is written and read. */
interface Item {
  readonly value: unknown;
  write(bytes: ByteWriter): void;
  read(bytes: ByteReader): unknown;
}

const ITEMS: fc.Arbitrary<Item> = fc.oneof(
  COUNTS.map((value) => ({
    value,
    write: (bytes: ByteWriter) => bytes.count(value),
    read: (bytes: ByteReader) => bytes.count(),
  })),
  fc.option(fc.nat(), { nil: undefined }).map((value) => ({
    value,
    write: (bytes: ByteWriter) => bytes.optional(value),
    read: (bytes: ByteReader) => bytes.optional(),
  })),
  fc.double().map((value) => ({
    value,
    write: (bytes: ByteWriter) => bytes.number(value),
    read: (bytes: ByteReader) => bytes.number(),
  })),
  TEXTS.map((value) => ({
    value,
    write: (bytes: ByteWriter) => bytes.text(value),
    read: (bytes: ByteReader) => bytes.text(),
  })),
);

it('reads what was written, in its order', () => {
  fc.assert(
    fc.property(fc.array(ITEMS, { maxLength: 30 }), (items) => {
      const writer = new ByteWriter();
      writer.restart(5);
      for (const item of items) item.write(writer);
      const reader = new ByteReader(writer.bytes.subarray(5));
      expect(items.map((item) => item.read(reader))).toEqual(items.map(({ value }) => value));
      expect(reader.isAtEnd).toBe(true);
    }),
  );
});

it('grows with what is written', () => {
  const writer = new ByteWriter();
  const text = 'x'.repeat(50);
  for (let count = 0; count < 5000; count += 1) writer.text(text);
  const reader = new ByteReader(Buffer.from(writer.bytes));
  for (let count = 0; count < 5000; count += 1) expect(reader.text()).toBe(text);
  expect(reader.isAtEnd).toBe(true);
});

it('says where there is no more', () => {
  const writer = new ByteWriter();
  writer.text('a text');
  const cut = new ByteReader(writer.bytes.subarray(0, 4));
  expect(() => cut.text()).toThrow(RangeError);
  expect(() => new ByteReader(Buffer.alloc(0)).count()).toThrow(RangeError);
  expect(() => new ByteReader(Buffer.alloc(7)).number()).toThrow(RangeError);
});

it.each([-1, -99, 0.5, Number.NaN, Infinity, 2 ** 53])('writes no count that is none: %d', (value) => {
  const writer = new ByteWriter();
  expect(() => writer.count(value)).toThrow(RangeError);
  expect(writer.length).toBe(0);
});
