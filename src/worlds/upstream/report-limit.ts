import type { Clock } from '../../core/index.ts';

/** What was reported is not reported again for so long, in ms. */
const REPORT_PAUSE_MS = 600_000;
/** In that time so many different things are reported: how a game names its messages is its own affair. */
const REPORTS = 16;

/** Says what is worth a report: what a game does wrong it does for each of its players, and again and again. */
export class ReportLimit {
  readonly #clock: Clock;
  readonly #reported = new Set<string>();
  #since = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Whether this is to be reported now; then it counts as reported. */
  allows(report: string): boolean {
    const now = this.#clock.now();
    if (now - this.#since >= REPORT_PAUSE_MS) {
      this.#reported.clear();
      this.#since = now;
    }
    if (this.#reported.has(report) || this.#reported.size >= REPORTS) return false;
    this.#reported.add(report);
    return true;
  }
}
