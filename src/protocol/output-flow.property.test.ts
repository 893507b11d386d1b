import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { epochOf, NO_OUTPUT, type OutputEntry, type OutputHead } from '../core/index.ts';
import { OutputFlow, throughOf } from './output-flow.ts';

const SEED = Number(process.env['HOLDFAST_TEST_SEED'] ?? 1);
const WINDOW = { entries: 4, bytes: 20 };

type Step =
  | { readonly kind: 'write'; readonly bytes: number; readonly newEpoch: boolean }
  | { readonly kind: 'reveal' }
  | { readonly kind: 'evict'; readonly entries: number }
  | { readonly kind: 'answer' }
  | { readonly kind: 'acknowledge'; readonly entries: number };

const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({ kind: fc.constant('write'), bytes: fc.nat(30), newEpoch: fc.boolean() }),
  },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('reveal') }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('evict'), entries: fc.nat(5) }) },
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('answer') }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('acknowledge'), entries: fc.nat(5) }) },
);

/** A log that is read by a client through an `OutputFlow`, with answers that may come late. */
class Reading {
  readonly #flow = new OutputFlow({
    after: 0,
    lost: false,
    epoch: undefined,
    delivered: 0,
    missed: 0,
    window: WINDOW,
  });
  #log: OutputEntry[] = [];
  #head: OutputHead = NO_OUTPUT;
  #asked: { readonly after: number; readonly limit: typeof WINDOW; readonly visibleEnd: number } | undefined;
  /** What the client took. */
  #through = 0;
  #epoch: string | undefined;
  readonly #gone = new Set<number>();
  readonly #unacknowledged: { readonly offset: number; readonly bytes: number }[] = [];

  do(next: Step): void {
    switch (next.kind) {
      case 'write': {
        const offset = this.#head.end + 1;
        const isNew = next.newEpoch || offset === 1;
        const epochs = isNew
          ? [...this.#head.epochs, { epoch: `${offset}`, first: offset }]
          : this.#head.epochs;
        this.#head = { ...this.#head, end: offset, epochs };
        this.#log.push({ offset, at: 0, kind: 'text', text: 'x'.repeat(next.bytes) });
        return;
      }
      case 'reveal':
        this.#flow.reveal(this.#head.end);
        return this.#read();
      case 'evict':
        for (const { offset } of this.#log.splice(0, next.entries)) this.#gone.add(offset);
        return;
      case 'answer':
        return this.#answer();
      case 'acknowledge':
        return this.#acknowledge(next.entries);
    }
  }

  /** The client acknowledges until everything is read: in how many rounds, if not for ever. */
  finish(): void {
    this.#flow.reveal(this.#head.end);
    for (let round = 0; this.#through < this.#head.end; round += 1) {
      expect(round, 'rounds').toBeLessThan(this.#head.end * 4 + 10);
      this.#read();
      this.#answer();
      this.#acknowledge(Infinity);
    }
  }

  #read(): void {
    const request = this.#flow.nextRead();
    if (request === undefined) return;
    expect(this.#asked, 'one read at a time').toBeUndefined();
    // The store looks at this moment; its answer may be on its way for long.
    this.#asked = { ...request, visibleEnd: this.#head.end };
  }

  #answer(): void {
    const asked = this.#asked;
    if (asked === undefined) return;
    this.#asked = undefined;
    const entries = this.#log
      .filter(({ offset }) => offset > asked.after && offset <= asked.visibleEnd)
      .slice(0, Math.max(1, asked.limit.entries));
    const before = this.#flow.cursor;
    for (const frame of this.#flow.page({ entries, visibleEnd: asked.visibleEnd }, this.#head)) {
      const from = frame.type === 'gap' ? frame.from : frame.offset;
      const through = throughOf(frame);
      expect(from, 'in order, without a hole').toBe(this.#through + 1);
      this.#through = through;
      if (frame.epoch !== undefined) this.#epoch = frame.epoch;
      expect(this.#epoch, 'the epoch of the position').toBe(epochOf(through, this.#head));
      if (frame.type === 'gap') {
        for (let offset = from; offset <= through; offset += 1) expect(this.#gone).toContain(offset);
      } else if (frame.type === 'output') {
        this.#unacknowledged.push({ offset: through, bytes: frame.text.length });
      }
    }
    expect(this.#flow.cursor).toBe(this.#through);
    this.#expectWindow();
    // A page that moves nothing must not be asked for again before something happens.
    if (this.#flow.cursor === before && entries.length > 0) expect(this.#flow.nextRead()).toBeUndefined();
    else this.#read();
  }

  #acknowledge(entries: number): void {
    const last = this.#unacknowledged.splice(0, entries).at(-1);
    if (last === undefined) return;
    expect(this.#flow.acknowledge(last.offset)).toBe('new');
    expect(this.#flow.acknowledge(last.offset)).toBe('known');
    this.#read();
  }

  #expectWindow(): void {
    const bytes = this.#unacknowledged.reduce((sum, entry) => sum + entry.bytes, 0);
    expect(this.#unacknowledged.length).toBeLessThanOrEqual(WINDOW.entries);
    if (this.#unacknowledged.length > 1) expect(bytes).toBeLessThanOrEqual(WINDOW.bytes);
  }
}

it(`shows or tells every entry once, in order, within the window (HOLDFAST_TEST_SEED=${SEED})`, () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 80, size: 'max' }), (steps) => {
      const reading = new Reading();
      for (const next of steps) reading.do(next);
      reading.finish();
    }),
    { seed: SEED, numRuns: 500 },
  );
});
