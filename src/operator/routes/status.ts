import type { Status, WorldHealth } from '../api.ts';
import { Histogram } from '../histogram.ts';
import { route, type OperatorDesk, type Route } from '../route.ts';
import { percentilesOf } from '../telemetry.ts';

const NO_WORLDS: ReadonlyMap<string, { up: number; login: number; down: number }> = new Map();

export const status: Route = route({
  method: 'GET',
  path: '/v1/status',
  parameters: {},
  answer: async (desk): Promise<Status> => {
    await desk.monitor.refresh();
    const { gateway, monitor, telemetry, clock } = desk;
    const now = clock.now();
    const { counts, at } = monitor.latest ?? {};
    const worlds = worldsOf(desk);
    const isDown = worlds.some(({ up, login, down }) => down > 0 && up + login === 0);
    return {
      version: desk.version,
      phase: gateway.phase,
      healthy: monitor.store.status !== 'failing' && !isDown,
      now: new Date(now).toISOString(),
      started_at: new Date(desk.startedAt).toISOString(),
      connections: gateway.connections.count,
      ...(at === undefined ? {} : { counted_at: new Date(at).toISOString() }),
      sessions: {
        connecting: counts?.connecting ?? 0,
        authenticating: counts?.authenticating ?? 0,
        playing: counts?.playing ?? 0,
        disconnected: counts?.disconnected ?? 0,
      },
      queued: counts?.queued ?? 0,
      backlog_entries: counts?.backlogEntries ?? 0,
      backlog_bytes: percentilesOf(counts?.backlogBytes ?? new Histogram()),
      resume_ms: telemetry.resumeMs(now),
      totals: telemetry.totals,
      store: monitor.store,
      worlds,
      process: { memory_bytes: process.memoryUsage.rss(), busy: Math.round(monitor.busy * 1000) / 1000 },
    };
  },
});

/** Those that run here, and those whose sessions are only kept. */
function worldsOf({ gateway, monitor }: OperatorDesk): readonly WorldHealth[] {
  const counted = monitor.latest?.counts.worlds ?? NO_WORLDS;
  return gateway.worlds.map(({ name, delivery, lease, running }) => {
    const { up = 0, login = 0, down = 0 } = counted.get(name) ?? {};
    return { world: name, delivery, lease, running, up, login, down };
  });
}
