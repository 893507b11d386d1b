export interface TimeSeriesOptions<Bucket> {
  /** The length of one bucket, in ms. */
  readonly stepMs: number;
  /** How many buckets are kept; the oldest is forgotten. */
  readonly length: number;
  readonly make: () => Bucket;
}

/** One bucket for each step of time in which something happened, the newest so many. Time is given by the caller. */
export class TimeSeries<Bucket> {
  readonly stepMs: number;
  readonly length: number;
  readonly #make: () => Bucket;
  readonly #slots: ({ readonly step: number; readonly bucket: Bucket } | undefined)[];

  constructor({ stepMs, length, make }: TimeSeriesOptions<Bucket>) {
    this.stepMs = stepMs;
    this.length = length;
    this.#make = make;
    this.#slots = Array.from({ length });
  }

  /** The bucket of this moment, to be counted in. */
  at(now: number): Bucket {
    const step = Math.floor(now / this.stepMs);
    const known = this.#slots[step % this.length];
    if (known?.step === step) return known.bucket;
    const bucket = this.#make();
    this.#slots[step % this.length] = { step, bucket };
    return bucket;
  }

  /** When the oldest of `buckets` begins, in ms since 1970. */
  from(now: number): number {
    return (Math.floor(now / this.stepMs) - this.length + 1) * this.stepMs;
  }

  /** Oldest first, the last is that of this moment; `undefined` where nothing happened. */
  buckets(now: number): readonly (Bucket | undefined)[] {
    const first = Math.floor(now / this.stepMs) - this.length + 1;
    return Array.from({ length: this.length }, (_, n) => {
      const step = first + n;
      const slot = step < 0 ? undefined : this.#slots[step % this.length];
      return slot?.step === step ? slot.bucket : undefined;
    });
  }
}
