/** What was flushed so long before the last byte from the client counts as received, in ms. */
const RECEIVED_AFTER_MS = 3000;

/** What left within so long of each other has one mark, of the last: a coarser guess is on the safe side. In ms. */
const MARK_MS = 250;

/** At most so many marks: what leaves after them counts once the client was heard. */
const MARK_LIMIT = 1024;

/**
 * Guesses what a client without acknowledgements has: a byte from it shows that it was alive, and what had been on
 * its way for three seconds by then has very likely arrived. A guess: `docs/guarantees.md` says what it is worth.
 */
export class ReceivedGuess {
  #marks: { offset: number; readonly at: number }[] = [];

  /** Everything through `offset` left for the client. */
  flushed(offset: number, now: number): void {
    const at = Math.ceil(now / MARK_MS) * MARK_MS;
    const last = this.#marks.at(-1);
    if (last?.at === at) last.offset = offset;
    else if (this.#marks.length < MARK_LIMIT) this.#marks.push({ offset, at });
  }

  /** A byte came from the client: what it now counts as having, if that is more than before. */
  heard(now: number): number | undefined {
    let offset: number | undefined;
    while (this.#marks[0] && this.#marks[0].at <= now - RECEIVED_AFTER_MS)
      offset = this.#marks.shift()?.offset;
    return offset;
  }
}
