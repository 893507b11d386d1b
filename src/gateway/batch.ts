/** What has something to do, of one kind. */
export interface Due {
  act(): void;
}

/**
 * Lets all who have something to do act one behind the other, in order, when what goes on now is done (as a microtask). Done
 * at once, it would be a long way through everything for each of them: so its parts stay in the processor's caches from one
 * to the next.
 */
export class Batch {
  #due: Due[] = [];
  readonly #run = (): void => {
    const due = this.#due;
    this.#due = [];
    let begun = 0;
    try {
      for (const one of due) {
        begun += 1;
        one.act();
      }
    } finally {
      // Where one throws, the others act all the same.
      for (const one of due.slice(begun)) this.add(one);
    }
  };

  add(due: Due): void {
    if (this.#due.length === 0) queueMicrotask(this.#run);
    this.#due.push(due);
  }
}
