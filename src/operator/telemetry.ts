import type { GapReason } from '../core/index.ts';
import { BYES, ERRORS } from '../protocol/index.ts';
import type { GatewayEvent } from '../gateway/index.ts';
import type { EventsPage, GapTotals, Percentiles, Points, SeriesView, Totals } from './api.ts';
import type { Counts } from './census.ts';
import { viewOfEvent } from './event-view.ts';
import { Histogram } from './histogram.ts';
import { RecentEvents, type EventFilter } from './recent-events.ts';
import { TimeSeries } from './time-series.ts';

/** Events that are remembered. */
const RECENT_EVENTS = 2000;

/** What a count of reasons is called that is not one of the gateway's own: a game may close with any word. */
const OTHER = 'other';

/** How a try to come in ended; `opened` is a new session, all others are reconnections. */
export const OUTCOMES = ['opened', 'resumed', 'takeover', 'refused', 'postponed'] as const;
type Outcome = (typeof OUTCOMES)[number];

export type Range = 'hour' | 'day';

/** What happened in one step of time, and how things stood at its end. */
interface Bucket {
  readonly outcomes: Record<Outcome, number>;
  readonly resumeMs: Histogram;
  gaps: number;
  counts?: Counts;
}

const makeBucket = (): Bucket => ({
  outcomes: { opened: 0, resumed: 0, takeover: 0, refused: 0, postponed: 0 },
  resumeMs: new Histogram(),
  gaps: 0,
});

/**
 * Counts what a gateway tells and remembers its last events, in memory that does not grow: totals since the start,
 * an hour in steps of 10 s, a day in steps of 5 min. Pure: whoever calls gives the time, in ms since 1970.
 */
export class Telemetry {
  readonly #recent = new RecentEvents(RECENT_EVENTS);
  readonly #series: Readonly<Record<Range, TimeSeries<Bucket>>> = {
    hour: new TimeSeries({ stepMs: 10_000, length: 360, make: makeBucket }),
    day: new TimeSeries({ stepMs: 300_000, length: 288, make: makeBucket }),
  };
  readonly #outcomes: Record<Outcome, number> = makeBucket().outcomes;
  readonly #reasons = {
    refused: new Map<string, number>(),
    postponed: new Map<string, number>(),
    revoked: new Map<string, number>(),
    detached: new Map<string, number>(),
    closed: new Map<string, number>(),
  };
  readonly #gaps = new Map<GapReason, GapTotals>();
  #failed = 0;

  record(event: GatewayEvent, now: number): void {
    this.#recent.add(viewOfEvent(event, this.#recent.nextId, now));
    switch (event.kind) {
      case 'opened':
        return this.#count('opened', now);
      case 'resumed':
        this.#count(event.takeover ? 'takeover' : 'resumed', now);
        for (const bucket of this.#buckets(now)) bucket.resumeMs.record(event.tookMs);
        return;
      case 'refused':
      case 'postponed':
        this.#count(event.kind, now);
        return add(this.#reasons[event.kind], event.reason);
      case 'revoked':
      case 'detached':
        return add(this.#reasons[event.kind], event.reason);
      case 'closed':
        return add(this.#reasons.closed, CLOSE_REASONS.has(event.reason) ? event.reason : OTHER);
      case 'gap':
        for (const bucket of this.#buckets(now)) bucket.gaps += 1;
        return this.#countGap(event);
      case 'failed':
        this.#failed += 1;
    }
  }

  /** How all sessions stand now. */
  sample(counts: Counts, now: number): void {
    for (const bucket of this.#buckets(now)) bucket.counts = counts;
  }

  get totals(): Totals {
    const { opened, resumed, takeover } = this.#outcomes;
    const { refused, postponed, revoked, detached, closed } = this.#reasons;
    return {
      opened,
      resumed,
      takeover,
      refused: Object.fromEntries(refused),
      postponed: Object.fromEntries(postponed),
      revoked: Object.fromEntries(revoked),
      detached: Object.fromEntries(detached),
      closed: Object.fromEntries(closed),
      gaps: Object.fromEntries(this.#gaps),
      failed: this.#failed,
    };
  }

  /** How long resumes of the last hour took, in ms. */
  resumeMs(now: number): Percentiles {
    const whole = new Histogram();
    for (const bucket of this.#series.hour.buckets(now)) if (bucket) whole.add(bucket.resumeMs);
    return percentilesOf(whole);
  }

  events(filter: EventFilter): EventsPage {
    return this.#recent.select(filter);
  }

  series(range: Range, now: number): SeriesView {
    const series = this.#series[range];
    const buckets = series.buckets(now);
    const points = (of: (bucket: Bucket) => number | undefined): Points =>
      buckets.map((bucket) => (bucket && of(bucket)) ?? null);
    const count = (of: (bucket: Bucket) => number): Points =>
      buckets.map((bucket) => (bucket ? of(bucket) : 0));
    const resumeMs = (part: number): Points => points(({ resumeMs: of }) => rounded(of.percentile(part)));
    return {
      from: new Date(series.from(now)).toISOString(),
      step_ms: series.stepMs,
      opened: count(({ outcomes }) => outcomes.opened),
      resumed: count(({ outcomes }) => outcomes.resumed),
      takeover: count(({ outcomes }) => outcomes.takeover),
      refused: count(({ outcomes }) => outcomes.refused),
      postponed: count(({ outcomes }) => outcomes.postponed),
      gaps: count(({ gaps }) => gaps),
      resume_ms: { p50: resumeMs(0.5), p95: resumeMs(0.95), p99: resumeMs(0.99) },
      sessions: points(({ counts }) => counts && counts.playing + counts.disconnected),
      away: points(({ counts }) => counts?.disconnected),
      queued: points(({ counts }) => counts?.queued),
      backlog_bytes: {
        total: points(({ counts }) => counts?.backlogBytes.sum),
        p95: points(({ counts }) => counts && rounded(counts.backlogBytes.percentile(0.95) ?? 0)),
        largest: points(({ counts }) => counts?.backlogBytes.largest),
      },
    };
  }

  #buckets(now: number): readonly Bucket[] {
    return [this.#series.hour.at(now), this.#series.day.at(now)];
  }

  #count(outcome: Outcome, now: number): void {
    this.#outcomes[outcome] += 1;
    for (const bucket of this.#buckets(now)) bucket.outcomes[outcome] += 1;
  }

  #countGap({ reason, entries = 0, bytes = 0 }: Extract<GatewayEvent, { kind: 'gap' }>): void {
    const before = this.#gaps.get(reason) ?? { count: 0, entries: 0, bytes: 0 };
    this.#gaps.set(reason, {
      count: before.count + 1,
      entries: before.entries + entries,
      bytes: before.bytes + bytes,
    });
  }
}

/** What the gateway itself closes sessions for. */
const CLOSE_REASONS: ReadonlySet<string> = new Set([
  ...Object.keys(BYES),
  ...Object.keys(ERRORS),
  'never_playing',
  'disconnected',
]);

export function percentilesOf(histogram: Histogram): Percentiles {
  const { count, largest } = histogram;
  if (count === 0) return { count, largest };
  return {
    count,
    p50: rounded(histogram.percentile(0.5) ?? 0),
    p95: rounded(histogram.percentile(0.95) ?? 0),
    p99: rounded(histogram.percentile(0.99) ?? 0),
    largest,
  };
}

function rounded(value: number): number;
function rounded(value: number | undefined): number | undefined;
function rounded(value: number | undefined): number | undefined {
  return value === undefined ? undefined : Math.round(value * 10) / 10;
}

function add(counts: Map<string, number>, name: string): void {
  counts.set(name, (counts.get(name) ?? 0) + 1);
}
