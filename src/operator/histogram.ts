/** Six bounds in each power of ten: a percentile is right within a third of itself. */
const STEPS = [1, 1.5, 2, 3, 5, 7];
const POWERS = 9;
const BOUNDS: readonly number[] = [
  0,
  ...Array.from({ length: POWERS }, (_, power) => STEPS.map((step) => step * 10 ** power)).flat(),
];

/** How often which sizes of something came, from 0 to 10⁹ of any unit, in memory that does not grow with their number. */
export class Histogram {
  readonly #counts: number[] = Array.from({ length: BOUNDS.length }, () => 0);
  #count = 0;
  #sum = 0;
  #largest = 0;

  get count(): number {
    return this.#count;
  }

  get sum(): number {
    return this.#sum;
  }

  get largest(): number {
    return this.#largest;
  }

  /** What is negative counts as 0, what is larger than every bound as the largest. */
  record(value: number): void {
    const index = BOUNDS.findLastIndex((bound) => value >= bound);
    const at = Math.max(index, 0);
    this.#counts[at] = (this.#counts[at] ?? 0) + 1;
    this.#count += 1;
    this.#sum += value;
    this.#largest = Math.max(this.#largest, value);
  }

  add(other: Histogram): void {
    for (const [at, count] of other.#counts.entries()) this.#counts[at] = (this.#counts[at] ?? 0) + count;
    this.#count += other.#count;
    this.#sum += other.#sum;
    this.#largest = Math.max(this.#largest, other.#largest);
  }

  /**
   * The value that `part` (0 to 1) of all values do not exceed, interpolated within its bucket; `undefined` while
   * there are none.
   */
  percentile(part: number): number | undefined {
    if (this.#count === 0) return undefined;
    const rank = Math.max(1, Math.ceil(part * this.#count));
    let before = 0;
    for (const [at, count] of this.#counts.entries()) {
      if (before + count >= rank) {
        const low = BOUNDS[at] ?? 0;
        const high = Math.min(BOUNDS[at + 1] ?? this.#largest, this.#largest);
        return low + (Math.max(high, low) - low) * ((rank - before) / count);
      }
      before += count;
    }
    return this.#largest;
  }
}
