import type { Timeline } from './timeline.ts';

/** Which of the promises broke, and how. */
export interface Violation {
  /** A short name, the same each time that this promise breaks. */
  readonly promise: string;
  readonly detail: string;
  readonly at: number;
}

/** What a run tells: its violations always, all that happened only where somebody reads it. */
export class Story {
  readonly lines: string[] = [];
  readonly violations: Violation[] = [];
  readonly #timeline: Timeline;
  readonly #isTold: boolean;

  constructor(timeline: Timeline, isTold: boolean) {
    this.#timeline = timeline;
    this.#isTold = isTold;
  }

  /** `line` is made only where it is told. */
  tell(line: () => string): void {
    if (this.#isTold) this.lines.push(`${time(this.#timeline.now)}  ${line()}`);
  }

  /** A promise is broken. Called from within the gateway too, so it throws nothing. */
  broken(promise: string, detail: string): void {
    this.violations.push({ promise, detail, at: this.#timeline.now });
    this.tell(() => `*** ${promise}: ${detail}`);
  }

  expect(holds: boolean, promise: string, detail: () => string): void {
    if (!holds) this.broken(promise, detail());
  }
}

function time(ms: number): string {
  return `${(ms / 1000).toFixed(3)} s`.padStart(12);
}
