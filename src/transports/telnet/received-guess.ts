/** What was flushed so long before the last byte from the client counts as received, in ms. */
const RECEIVED_AFTER_MS = 3000;

/** At most so many marks: a coarser guess is on the safe side, for what is unsure is sent again. */
const MARK_LIMIT = 1024;

/**
 * Guesses what a client without acknowledgements has: a byte from it shows that it was alive, and what had been on
 * its way for three seconds by then has very likely arrived. A guess: `docs/guarantees.md` says what it is worth.
 */
export class ReceivedGuess {
  #marks: { readonly offset: number; readonly at: number }[] = [];

  /** Everything through `offset` left for the client. */
  flushed(offset: number, now: number): void {
    const last = this.#marks.at(-1);
    if (last && last.at === now) this.#marks.pop();
    if (this.#marks.length < MARK_LIMIT) this.#marks.push({ offset, at: now });
  }

  /** A byte came from the client: what it now counts as having, if that is more than before. */
  heard(now: number): number | undefined {
    const old = this.#marks.filter(({ at }) => at <= now - RECEIVED_AFTER_MS);
    this.#marks.splice(0, old.length);
    return old.at(-1)?.offset;
  }
}
