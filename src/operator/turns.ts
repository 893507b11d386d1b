/** Lets one after the other do what costs much, and no more than so many wait. */
export class Turns {
  readonly #limit: number;
  #waiting = 0;
  #last: Promise<unknown> = Promise.resolve();

  constructor(limit: number) {
    this.#limit = limit;
  }

  /** `undefined`, and nothing was done, where too many wait already. */
  take<T>(work: () => Promise<T>): Promise<T> | undefined {
    if (this.#waiting >= this.#limit) return undefined;
    this.#waiting += 1;
    const result = this.#last.then(work, work).finally(() => {
      this.#waiting -= 1;
    });
    this.#last = result.catch(() => undefined);
    return result;
  }
}
