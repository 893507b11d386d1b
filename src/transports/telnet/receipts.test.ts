import { beforeEach, describe, expect, it } from 'vitest';
import { ManualClock } from '../../../test/support/manual-clock.ts';
import { Receipts } from './receipts.ts';

let clock: ManualClock;
let receipts: Receipts;
/** Marks that are out. */
let marks: (() => void)[];
let received: number[];
let silences: number;

beforeEach(() => {
  clock = new ManualClock();
  marks = [];
  received = [];
  silences = 0;
  receipts = new Receipts({
    clock,
    mark: (passed) => {
      marks.push(passed);
      return true;
    },
    received: (offset) => received.push(offset),
    silent: () => {
      silences += 1;
    },
  });
});

function answer(): void {
  receipts.heard();
  marks.shift()?.();
}

/** What a client does that answers marks, until it is known to. */
function provesReliable(): void {
  receipts.wrote(1);
  answer();
  clock.advance(500);
  receipts.wrote(2);
  answer();
  clock.advance(500);
  received = [];
}

describe('a client that answers marks', () => {
  it('has what was written before the mark, and not what was written behind it', () => {
    receipts.wrote(3);
    receipts.wrote(4);
    answer();
    expect(received).toEqual([3]);
  });

  it('has one mark out at a time, and another at most every half second, behind the last output', () => {
    receipts.wrote(3);
    receipts.wrote(4);
    expect(marks).toHaveLength(1);
    answer();
    receipts.wrote(5);
    clock.advance(499);
    expect(marks).toEqual([]);
    clock.advance(1);
    expect(marks).toHaveLength(1);
    answer();
    expect(received).toEqual([3, 5]);
  });

  it('is not asked where there is nothing new', () => {
    receipts.wrote(3);
    answer();
    clock.advance(10_000);
    receipts.wrote(3);
    expect(marks).toEqual([]);
  });

  it('is believed, and not guessed about', () => {
    provesReliable();
    receipts.wrote(3);
    receipts.flushed(3);
    clock.advance(10_000);
    receipts.heard();
    expect(received).toEqual([]);
    answer();
    expect(received).toEqual([3]);
  });

  it('and stops to answer is guessed about again', () => {
    provesReliable();
    receipts.wrote(3);
    receipts.flushed(3);
    clock.advance(20_000);
    receipts.wrote(4);
    receipts.flushed(4);
    clock.advance(10_001);
    receipts.heard();
    expect(received).toEqual([4]);
  });
});

describe('a client that does not', () => {
  it('is asked once, and guessed about', () => {
    for (const offset of [1, 2, 3]) {
      receipts.wrote(offset);
      receipts.flushed(offset);
      clock.advance(2000);
    }
    expect(marks).toHaveLength(1);
    receipts.heard();
    expect(received).toEqual([2]);
  });

  it('but refuses once is guessed about too', () => {
    receipts.wrote(1);
    answer();
    clock.advance(500);
    receipts.wrote(2);
    receipts.flushed(2);
    clock.advance(3000);
    receipts.heard();
    expect(received).toEqual([1, 2]);
  });

  it('is never told to have less than before', () => {
    receipts.wrote(1);
    receipts.wrote(2);
    receipts.flushed(2);
    clock.advance(3000);
    answer();
    expect(received).toEqual([2]);
  });
});

it('nothing is asked where no mark can be set, until it can', () => {
  let isFull = true;
  receipts = new Receipts({
    clock,
    mark: (passed) => {
      if (!isFull) marks.push(passed);
      return !isFull;
    },
    received: (offset) => received.push(offset),
    silent: () => undefined,
  });
  receipts.wrote(1);
  isFull = false;
  receipts.wrote(2);
  answer();
  expect(received).toEqual([2]);
});

it('after the end nothing is told, whatever comes', () => {
  receipts.wrote(1);
  receipts.flushed(1);
  receipts.end();
  clock.advance(5000);
  answer();
  receipts.wrote(2);
  expect(received).toEqual([]);
  expect(marks).toEqual([]);
});

describe('a client that is asked for a sign of life', () => {
  it('is asked by a mark, without any output, and is there if it answers', () => {
    provesReliable();
    for (let minute = 0; minute < 5; minute += 1) {
      expect(receipts.ask()).toBe(true);
      expect(marks).toHaveLength(1);
      answer();
      clock.advance(60_000);
    }
    expect(silences).toBe(0);
    // Nothing is received anew by it.
    expect(received).toEqual([]);
  });

  it('is gone if nothing was heard of it for a minute', () => {
    provesReliable();
    expect(receipts.ask()).toBe(true);
    clock.advance(59_499);
    expect(silences).toBe(0);
    clock.advance(1);
    expect(silences).toBe(1);
  });

  it('is given half a minute to answer, however long it said nothing before, and is told of once', () => {
    provesReliable();
    clock.advance(300_000);
    expect(receipts.ask()).toBe(true);
    clock.advance(29_999);
    expect(receipts.ask()).toBe(true);
    expect(silences).toBe(0);
    clock.advance(1);
    expect(silences).toBe(1);
    expect(marks).toHaveLength(1);
    clock.advance(300_000);
    expect(silences).toBe(1);
  });

  it('is asked by the mark that is out behind its output, if one is', () => {
    provesReliable();
    receipts.wrote(3);
    clock.advance(20_000);
    expect(receipts.ask()).toBe(true);
    expect(marks).toHaveLength(1);
    clock.advance(39_500);
    expect(silences).toBe(1);
  });

  it('is there if anything is heard of it, and is not known to answer any more', () => {
    provesReliable();
    expect(receipts.ask()).toBe(true);
    clock.advance(59_000);
    receipts.heard();
    clock.advance(300_000);
    expect(receipts.ask()).toBe(false);
    clock.advance(300_000);
    expect(silences).toBe(0);
  });

  it('is not missed where it is not known to answer', () => {
    expect(receipts.ask()).toBe(false);
    expect(marks).toHaveLength(1);
    clock.advance(300_000);
    answer();
    clock.advance(500);
    // One answer may be the only one.
    expect(receipts.ask()).toBe(false);
    clock.advance(300_000);
    expect(receipts.ask()).toBe(false);
    expect(marks).toHaveLength(1);
    expect(silences).toBe(0);
  });

  it('is not missed once it has left', () => {
    provesReliable();
    receipts.ask();
    receipts.end();
    clock.advance(300_000);
    expect(receipts.ask()).toBe(false);
    expect(silences).toBe(0);
  });
});
