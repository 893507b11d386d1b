import type { Points, SeriesView } from '../../src/operator/api.ts';
import { bytes, duration } from '../../src/operator/quantity.ts';
import { Chart } from './chart.ts';
import { element } from './dom.ts';
import type { Desk, View } from './view.ts';

/** So many steps make one bar. */
const STEPS_PER_BAR = { hour: 6, day: 3 } as const;

/** How players came back over time, how long it took, and how much waits for those who are away. */
export class ReconnectionsView implements View {
  readonly #outcomes = new Chart({
    title: 'By outcome',
    about: 'Reconnections over time, by how they ended.',
    isStacked: true,
    isSummed: true,
    format: whole,
    lines: [
      { name: 'resumed', ink: 'ink-good', kind: 'bars' },
      { name: 'taken over', ink: 'ink-accent', kind: 'bars' },
      { name: 'postponed', ink: 'ink-warn', kind: 'bars' },
      { name: 'refused', ink: 'ink-bad', kind: 'bars' },
    ],
  });
  readonly #latency = new Chart({
    title: 'Resume latency',
    about: 'How long resumes took over time.',
    format: (ms) => duration(ms),
    lines: [
      { name: 'median', ink: 'ink-good', kind: 'line' },
      { name: '95 %', ink: 'ink-warn', kind: 'line' },
      { name: '99 %', ink: 'ink-bad', kind: 'line' },
    ],
  });
  readonly #sessions = new Chart({
    title: 'Sessions',
    about: 'Sessions that are kept, and how many of them are away.',
    format: whole,
    lines: [
      { name: 'all', ink: 'ink-accent', kind: 'area' },
      { name: 'away', ink: 'ink-warn', kind: 'area' },
    ],
  });
  readonly #backlog = new Chart({
    title: 'Unread output',
    about: 'Output that waits for players, of all sessions and of the one that has most.',
    format: bytes,
    lines: [
      { name: 'all sessions', ink: 'ink-accent', kind: 'area' },
      { name: 'largest', ink: 'ink-warn', kind: 'line' },
    ],
  });
  #desk: Desk | undefined;

  constructor() {
    const charts = [this.#outcomes, this.#latency, this.#sessions, this.#backlog];
    element('charts', HTMLElement).append(...charts.map(({ figure }) => figure));
    for (const radio of document.querySelectorAll('input[name="range"]')) {
      radio.addEventListener('change', () => this.#desk?.refresh());
    }
    const recolour = (): void => {
      for (const chart of charts) chart.recolour();
    };
    matchMedia('(prefers-color-scheme: dark)').addEventListener('change', recolour);
    new MutationObserver(recolour).observe(document.documentElement, { attributeFilter: ['data-theme'] });
  }

  open(desk: Desk): void {
    this.#desk = desk;
  }

  async update(desk: Desk): Promise<void> {
    const isDay = document.querySelector('input[name="range"][value="day"]:checked') !== null;
    const range = isDay ? 'day' : 'hour';
    const series = await desk.api.get<SeriesView>('/v1/series', { range });
    const from = Date.parse(series.from) / 1000;
    const step = series.step_ms / 1000;
    const times = series.resumed.map((_, at) => from + at * step);
    const per = STEPS_PER_BAR[range];
    const bars = times.filter((_, at) => at % per === 0);
    const sums = (points: Points): number[] =>
      bars.map((_, bar) => sum(points.slice(bar * per, (bar + 1) * per)));
    this.#outcomes.show(bars, [
      sums(series.resumed),
      sums(series.takeover),
      sums(series.postponed),
      sums(series.refused),
    ]);
    this.#latency.show(times, [series.resume_ms.p50, series.resume_ms.p95, series.resume_ms.p99]);
    this.#sessions.show(times, [series.sessions, series.away]);
    this.#backlog.show(times, [series.backlog_bytes.total, series.backlog_bytes.largest]);
  }
}

function sum(points: Points): number {
  return points.reduce<number>((total, value) => total + (value ?? 0), 0);
}

function whole(value: number): string {
  return Number.isInteger(value) ? String(value) : '';
}
