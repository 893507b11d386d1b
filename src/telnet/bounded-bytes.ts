const EMPTY: Uint8Array = new Uint8Array(0);

/** What became of bytes given to {@link BoundedBytes.append}: `crossed` comes once, `dropped` from then on. */
export type AppendOutcome = 'kept' | 'crossed' | 'dropped';

/**
 * Collects bytes up to a limit. What would cross the limit loses the whole collection, and everything more is dropped until
 * `take` begins a new one: a part of a message is never taken for the message.
 *
 * Memory follows what was received, never what was announced, and is given up at `take`.
 */
export class BoundedBytes {
  readonly limit: number;
  #bytes: Uint8Array = EMPTY;
  #length = 0;
  #isOver = false;

  constructor(limitBytes: number) {
    this.limit = limitBytes;
  }

  get length(): number {
    return this.#length;
  }

  /** True while nothing was collected, nor lost. */
  get isNew(): boolean {
    return this.#length === 0 && !this.#isOver;
  }

  append(bytes: Uint8Array): AppendOutcome {
    if (this.#isOver) return 'dropped';
    const length = this.#length + bytes.length;
    if (length > this.limit) {
      this.take();
      this.#isOver = true;
      return 'crossed';
    }
    if (length > this.#bytes.length) this.#grow(length);
    this.#bytes.set(bytes, this.#length);
    this.#length = length;
    return 'kept';
  }

  /** Shortens the collection to its first `length` bytes. */
  truncate(length: number): void {
    this.#length = Math.min(this.#length, length);
  }

  /** A view of what is collected, good until the next change. */
  view(): Uint8Array {
    return this.#bytes.subarray(0, this.#length);
  }

  /** Hands over what was collected, for the caller to keep, and begins anew. `undefined` when the limit was crossed. */
  take(): Uint8Array | undefined {
    const taken = this.#isOver ? undefined : this.view();
    this.#bytes = EMPTY;
    this.#length = 0;
    this.#isOver = false;
    return taken;
  }

  #grow(length: number): void {
    // The first piece is most often the whole: it gets exactly its size. Later ones double, so that many small pieces stay linear.
    const capacity =
      this.#length === 0 ? length : Math.min(this.limit, Math.max(length, this.#bytes.length * 2));
    const grown = new Uint8Array(capacity);
    grown.set(this.view());
    this.#bytes = grown;
  }
}
