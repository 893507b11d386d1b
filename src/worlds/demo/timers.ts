import type { Clock } from '../../core/index.ts';

/** Timers of one owner, which end with it. */
export class Timers {
  readonly #clock: Clock;
  readonly #running = new Set<() => void>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  after(ms: number, run: () => void): () => void {
    const stop = (): void => {
      cancel();
      this.#running.delete(stop);
    };
    const cancel = this.#clock.after(ms, () => {
      this.#running.delete(stop);
      run();
    });
    this.#running.add(stop);
    return stop;
  }

  /** Never resolves where the timers are stopped before. */
  pause(ms: number): Promise<void> {
    return new Promise((resolve) => {
      this.after(ms, resolve);
    });
  }

  stop(): void {
    for (const stop of this.#running) stop();
  }
}
