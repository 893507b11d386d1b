import { describe, expect, test } from 'vitest';
import { RecentEvents, type EventFilter } from './recent-events.ts';

function recent(capacity: number, ...kinds: readonly string[]): RecentEvents {
  const events = new RecentEvents(capacity);
  for (const kind of kinds) events.add({ id: events.nextId, at: '2026-11-01T00:00:00.000Z', kind });
  return events;
}

const ids = (events: RecentEvents, filter: Partial<EventFilter> = {}): number[] =>
  events.select({ limit: 100, ...filter }).events.map(({ id }) => id);

describe('recent events', () => {
  test('come newest first, and the oldest are forgotten', () => {
    const events = recent(3, 'a', 'b', 'c', 'd');
    expect(ids(events)).toEqual([4, 3, 2]);
  });

  test('are filtered by every field that is given', () => {
    const events = recent(10);
    const at = '2026-11-01T00:00:00.000Z';
    events.add({ id: 1, at, kind: 'refused', reason: 'reused', session: 's', transport: 'telnet' });
    events.add({ id: 2, at, kind: 'refused', reason: 'unknown', transport: 'telnet' });
    events.add({ id: 3, at, kind: 'closed', reason: 'quit', session: 's' });
    expect(ids(events, { kind: 'refused' })).toEqual([2, 1]);
    expect(ids(events, { session: 's' })).toEqual([3, 1]);
    expect(ids(events, { session: 's', reason: 'reused' })).toEqual([1]);
    expect(ids(events, { transport: 'websocket' })).toEqual([]);
  });

  test('come in pages', () => {
    const events = recent(10, 'a', 'b', 'a', 'b', 'a');
    const first = events.select({ kind: 'a', limit: 2 });
    expect(first.events.map(({ id }) => id)).toEqual([5, 3]);
    expect(events.select({ kind: 'a', limit: 2, before: first.next ?? 0 })).toMatchObject({
      events: [{ id: 1 }],
    });
    expect(ids(events, { after: 3 })).toEqual([5, 4]);
    expect(events.select({ limit: 5 })).not.toHaveProperty('next');
  });
});
