import { describe, expect, test } from 'vitest';
import { newSession, NO_OUTPUT } from '../core/index.ts';
import type { GatewayEvent } from '../gateway/index.ts';
import { Census } from './census.ts';
import { Telemetry } from './telemetry.ts';

const START = Date.UTC(2026, 10, 1);
const sessionId = '00000000-0000-4000-8000-000000000000';
const resumed = (tookMs: number, takeover = false): GatewayEvent => {
  return { kind: 'resumed', sessionId, transport: 'websocket', takeover, awayMs: 5, held: 0, tookMs };
};

describe('telemetry', () => {
  test('counts how tries to come in ended, in steps of time and in all', () => {
    const telemetry = new Telemetry();
    telemetry.record({ kind: 'opened', sessionId, transport: 'telnet' }, START);
    telemetry.record(resumed(4), START + 10_000);
    telemetry.record(resumed(4, true), START + 10_000);
    telemetry.record({ kind: 'refused', reason: 'reused', sessionId }, START + 20_000);
    telemetry.record({ kind: 'postponed', reason: 'draining', transport: 'telnet' }, START + 20_000);
    const series = telemetry.series('hour', START + 29_999);
    expect(series).toMatchObject({
      step_ms: 10_000,
      from: new Date(START + 20_000 - 3_590_000).toISOString(),
    });
    expect(series.opened.slice(-3)).toEqual([1, 0, 0]);
    expect(series.resumed.slice(-3)).toEqual([0, 1, 0]);
    expect(series.takeover.slice(-3)).toEqual([0, 1, 0]);
    expect(series.refused.slice(-3)).toEqual([0, 0, 1]);
    expect(series.postponed.slice(-3)).toEqual([0, 0, 1]);
    expect(telemetry.series('day', START + 29_999).resumed.at(-1)).toBe(1);
    expect(telemetry.totals).toMatchObject({
      opened: 1,
      resumed: 1,
      takeover: 1,
      refused: { reused: 1 },
      postponed: { draining: 1 },
    });
  });

  test('knows how long resumes took', () => {
    const telemetry = new Telemetry();
    for (let ms = 1; ms <= 100; ms += 1) telemetry.record(resumed(ms), START);
    const { count, p50 = 0, p99 = 0, largest } = telemetry.resumeMs(START);
    expect({ count, largest }).toEqual({ count: 100, largest: 100 });
    expect(p50).toBeGreaterThan(40);
    expect(p50).toBeLessThan(60);
    expect(p99).toBeGreaterThan(90);
    expect(telemetry.series('hour', START).resume_ms.p50.at(-1)).toBe(p50);
    expect(telemetry.series('hour', START + 10_000).resume_ms.p50.at(-1)).toBeNull();
    expect(telemetry.resumeMs(START + 3_600_000)).toEqual({ count: 0, largest: 0 });
  });

  test('counts gaps by their reason, with the entries and bytes that are gone', () => {
    const telemetry = new Telemetry();
    telemetry.record({ kind: 'gap', sessionId, reason: 'bound', entries: 3, bytes: 300 }, START);
    telemetry.record({ kind: 'gap', sessionId, reason: 'bound', entries: 1, bytes: 50 }, START);
    telemetry.record({ kind: 'gap', sessionId, reason: 'crash' }, START);
    expect(telemetry.totals.gaps).toEqual({
      bound: { count: 2, entries: 4, bytes: 350 },
      crash: { count: 1, entries: 0, bytes: 0 },
    });
    expect(telemetry.series('hour', START).gaps.at(-1)).toBe(3);
  });

  test('keeps how sessions stood', async () => {
    const telemetry = new Telemetry();
    const session = newSession(sessionId, 'world', 1000, START, false);
    const away = { ...session, stage: 'playing', output: { ...NO_OUTPUT, bytes: 5000, entries: 7 } } as const;
    telemetry.sample(await Census.of(each([away])), START);
    const series = telemetry.series('hour', START);
    expect([series.sessions.at(-1), series.away.at(-1), series.backlog_bytes.largest.at(-1)]).toEqual([
      1, 1, 5000,
    ]);
    expect(series.sessions.at(-2)).toBeNull();
  });

  test('does not grow with the words that games and clients use', () => {
    const telemetry = new Telemetry();
    for (let n = 0; n < 5000; n += 1)
      telemetry.record({ kind: 'closed', sessionId, reason: `word ${n}` }, START);
    telemetry.record({ kind: 'closed', sessionId, reason: 'quit' }, START);
    expect(telemetry.totals.closed).toEqual({ other: 5000, quit: 1 });
    expect(telemetry.events({ limit: 10_000 }).events).toHaveLength(2000);
  });

  test('shows an error by its message only, cut', () => {
    const telemetry = new Telemetry();
    telemetry.record({ kind: 'failed', where: 'commit', error: new Error('x'.repeat(1000)) }, START);
    const [event] = telemetry.events({ limit: 1 }).events;
    expect(event).toEqual({
      id: 1,
      at: '2026-11-01T00:00:00.000Z',
      kind: 'failed',
      where: 'commit',
      error: 'x'.repeat(200),
    });
  });
});

async function* each<T>(items: readonly T[]): AsyncIterable<T> {
  yield* items;
}
