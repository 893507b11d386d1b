import type { Clock } from '../../src/core/index.ts';

interface Moment {
  readonly at: number;
  readonly order: number;
  run: (() => void) | undefined;
}

/** Simulated time: what happens, happens in order of its time, and of its making where the times are equal. */
export class Timeline {
  #now = 0;
  #made = 0;
  #events = 0;
  /** A binary heap, the next moment first. */
  readonly #heap: Moment[] = [];

  /** In ms since the simulation began. */
  get now(): number {
    return this.#now;
  }

  /** How much happened so far. */
  get events(): number {
    return this.#events;
  }

  /** More happened in this moment than its one thing. */
  count(events: number): void {
    this.#events += events;
  }

  /** Runs once in `ms` (whole ones), unless the returned function is called before. */
  after(ms: number, run: () => void): () => void {
    const moment: Moment = { at: this.#now + Math.max(0, Math.ceil(ms)), order: this.#made, run };
    this.#made += 1;
    this.#rise(moment);
    return () => {
      moment.run = undefined;
    };
  }

  /** Lets time pass to the next moment, and runs it; false when nothing will ever happen again. */
  step(): boolean {
    for (;;) {
      const moment = this.#heap[0];
      if (moment === undefined) return false;
      this.#sink();
      if (moment.run === undefined) continue;
      this.#now = moment.at;
      this.#events += 1;
      moment.run();
      return true;
    }
  }

  #rise(moment: Moment): void {
    const heap = this.#heap;
    let index = heap.length;
    while (index > 0) {
      const parent = (index - 1) >> 1;
      const above = heap[parent];
      if (above === undefined || isBefore(above, moment)) break;
      heap[index] = above;
      index = parent;
    }
    heap[index] = moment;
  }

  /** Takes the first out. */
  #sink(): void {
    const heap = this.#heap;
    const last = heap.pop();
    if (last === undefined || heap.length === 0) return;
    let index = 0;
    for (;;) {
      let child = 2 * index + 1;
      const left = heap[child];
      if (left === undefined) break;
      const right = heap[child + 1];
      if (right !== undefined && isBefore(right, left)) child += 1;
      const below = heap[child];
      if (below === undefined || isBefore(last, below)) break;
      heap[index] = below;
      index = child;
    }
    heap[index] = last;
  }
}

function isBefore(one: Moment, other: Moment): boolean {
  return one.at < other.at || (one.at === other.at && one.order < other.order);
}

/** The clock of one process: its timers die with it, and its wall clock may be wrong. */
export class ProcessClock implements Clock {
  readonly #timeline: Timeline;
  readonly #wallMs: number;
  #isStopped = false;

  /** `wallMs` is what the wall clock said when the simulation began, in ms since 1970. */
  constructor(timeline: Timeline, wallMs: number) {
    this.#timeline = timeline;
    this.#wallMs = wallMs;
  }

  now(): number {
    return this.#wallMs + this.#timeline.now;
  }

  after(ms: number, run: () => void): () => void {
    return this.#timeline.after(ms, () => {
      if (!this.#isStopped) run();
    });
  }

  /** The process is dead: nothing that it planned happens. */
  stop(): void {
    this.#isStopped = true;
  }
}
