import { describe, expect, it } from 'vitest';
import { DEFAULT_LIMITS } from './limits.ts';
import {
  acknowledge,
  appendOutput,
  currentEpoch,
  draftOutput,
  epochOf,
  evict,
  isKept,
  isOver,
  locate,
  NO_OUTPUT,
  outputBytes,
  type OutputBody,
  type OutputEntry,
  type OutputHead,
} from './output-log.ts';

const LIMITS = { ...DEFAULT_LIMITS, backlogEntries: 4, backlogBytes: 20 };
const DROPPED: OutputBody = { kind: 'dropped', seq: 1, reason: 'failed' };

/** A log with its entries, kept within its bounds. */
class Log {
  head: OutputHead = NO_OUTPUT;
  kept: readonly OutputEntry[] = [];

  write(...bodies: (string | OutputBody)[]): this {
    const head = draftOutput(this.head);
    this.kept = [...this.kept, ...appendOutput(head, bodies.map(bodyOf), 0, LIMITS)];
    return this.#trim(evict(head, this.kept, LIMITS));
  }

  acknowledge(offset: number): this {
    return this.#trim(acknowledge(this.head, this.kept, offset));
  }

  get offsets(): number[] {
    return this.kept.map(({ offset }) => offset);
  }

  #trim(head: OutputHead): this {
    this.head = head;
    this.kept = this.kept.filter((entry) => isKept(entry, head));
    expect(head.entries).toBe(this.kept.length);
    expect(head.bytes).toBe(this.kept.reduce((sum, entry) => sum + outputBytes(entry), 0));
    return this;
  }
}

describe('the output log', () => {
  it('numbers entries from 1 and counts their bytes', () => {
    const log = new Log().write('ab', 'ü', { kind: 'gmcp', package: 'A.b', data: { c: 1 } });
    expect(log.offsets).toEqual([1, 2, 3]);
    expect(log.head).toMatchObject({ end: 3, bytes: 2 + 2 + 3 + 7, entries: 3 });
  });

  it('forgets what is acknowledged, once, and never more than there is', () => {
    const log = new Log().write('a', 'b', 'c').acknowledge(2);
    expect(log.offsets).toEqual([3]);
    expect(log.acknowledge(1).offsets).toEqual([3]);
    expect(log.acknowledge(99).head).toMatchObject({ acked: 3, bytes: 0, entries: 0 });
  });

  it('drops the oldest text beyond its entries or its bytes', () => {
    expect(new Log().write('a', 'b', 'c', 'd', 'e', 'f').offsets).toEqual([3, 4, 5, 6]);
    expect(new Log().write('123456789', '123456789', '123').offsets).toEqual([2, 3]);
  });

  it('keeps fates of commands while there is text to drop', () => {
    const log = new Log().write(DROPPED, 'a', DROPPED, 'b', 'c', 'd');
    expect(log.offsets).toEqual([1, 3, 5, 6]);
  });

  it('drops the oldest fates when nothing else is left', () => {
    const log = new Log().write('a', DROPPED, DROPPED, DROPPED, DROPPED, DROPPED, DROPPED);
    expect(log.offsets).toEqual([4, 5, 6, 7]);
    // Later ones still outlive text.
    expect(log.write('b').offsets).toEqual([4, 5, 6, 7]);
    expect(log.acknowledge(6).write('c', 'd', 'e', 'f').offsets).toEqual([7, 10, 11, 12]);
  });

  it('keeps the newest echo for ever, and only that', () => {
    const log = new Log().write({ kind: 'echo', on: false }, 'a', 'b', 'c', 'd', 'e');
    expect(log.offsets).toEqual([1, 4, 5, 6]);
    expect(log.write({ kind: 'echo', on: true }, 'f').offsets).toEqual([5, 6, 7, 8]);
    expect(log.write('g', 'h', 'i', 'j').offsets).toEqual([7, 10, 11, 12]);
  });

  it('puts a gap in the place of an entry larger than everything', () => {
    const log = new Log().write('a', 'x'.repeat(21), 'b');
    expect(log.offsets).toEqual([1, 2, 3]);
    expect(log.kept[1]).toMatchObject({ kind: 'gap', reason: 'oversize', bytes: 21 });
  });

  it('is over its bounds only beyond them', () => {
    expect(isOver({ ...NO_OUTPUT, bytes: 20, entries: 4 }, LIMITS)).toBe(false);
    expect(isOver({ ...NO_OUTPUT, bytes: 21 }, LIMITS)).toBe(true);
    expect(isOver({ ...NO_OUTPUT, entries: 5 }, LIMITS)).toBe(true);
  });
});

describe('a position', () => {
  const epochs = [
    { epoch: 'first', first: 1 },
    { epoch: 'second', first: 11 },
  ];
  const head = { ...NO_OUTPUT, end: 20, acked: 5, epochs };

  it.each([
    ['without an offset is the acknowledged one', {}, { after: 5, lost: false }],
    ['of nothing begins at the beginning', { offset: 0 }, { after: 0, lost: false }],
    ['of nothing needs no epoch', { epoch: 'unknown', offset: 0 }, { after: 0, lost: false }],
    ['in the newest epoch goes on there', { epoch: 'second', offset: 15 }, { after: 15, lost: false }],
    ['in an older epoch goes on there', { epoch: 'first', offset: 7 }, { after: 7, lost: false }],
    ['beyond an epoch goes on at its end', { epoch: 'first', offset: 14 }, { after: 10, lost: false }],
    ['beyond the end goes on at the end', { epoch: 'second', offset: 99 }, { after: 20, lost: false }],
    ['of another history is lost', { epoch: 'unknown', offset: 7 }, { after: 0, lost: true }],
    ['without an epoch is lost', { offset: 7 }, { after: 0, lost: true }],
  ])('%s', (_, position, expected) => {
    expect(locate(position, head)).toEqual(expected);
  });

  it('is in the epoch that its offset was written in', () => {
    expect([1, 10, 11, 20].map((offset) => epochOf(offset, head))).toEqual([
      'first',
      'first',
      'second',
      'second',
    ]);
    expect(epochOf(1, { ...head, epochs: epochs.slice(1) })).toBeUndefined();
    expect(currentEpoch(head)).toBe('second');
    expect(currentEpoch(NO_OUTPUT)).toBeUndefined();
  });
});

function bodyOf(body: string | OutputBody): OutputBody {
  return typeof body === 'string' ? { kind: 'text', text: body } : body;
}
