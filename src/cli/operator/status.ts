import { bytes, duration } from '../../operator/quantity.ts';
import type { Status } from '../../operator/api.ts';
import { EXIT } from './client.ts';
import type { OperatorCommand } from './command.ts';
import { age, facts, plain } from './text.ts';

export const status: OperatorCommand = {
  name: 'status',
  summary: 'How the gateway is. Exit code 3 when it is not healthy.',
  usage: ['status [--json]'],
  flags: {},
  run: async (_args, api) => {
    const found = await api.get<Status>('/v1/status');
    return { text: textOf(found), json: found, exitCode: found.healthy ? EXIT.done : EXIT.unhealthy };
  },
};

function textOf(found: Status): string {
  const { sessions, totals, store, resume_ms: resumeMs, backlog_bytes: backlog } = found;
  const health = found.healthy ? 'healthy' : 'NOT HEALTHY';
  return [
    `Holdfast ${found.version}: ${found.phase}, ${health}, up ${age(found.started_at)}`,
    '',
    facts([
      ['Connections', String(found.connections)],
      [
        'Sessions',
        `${sessions.playing} playing, ${sessions.disconnected} away, ${sessions.connecting + sessions.authenticating} coming in`,
      ],
      ['Commands waiting', String(found.queued)],
      ['Unread output', `largest ${bytes(backlog.largest)}, ${found.backlog_entries} entries in all`],
      [
        'Resumes, last hour',
        resumeMs.count === 0
          ? 'none'
          : `${resumeMs.count}, in ${duration(resumeMs.p50 ?? 0)} (median), ${duration(resumeMs.p99 ?? 0)} (p99)`,
      ],
      [
        'Since the start',
        `${totals.opened} opened, ${totals.resumed} resumed, ${totals.takeover} taken over, ${sum(totals.refused)} refused, ${sum(totals.postponed)} postponed`,
      ],
      [
        'Store',
        store.error === undefined
          ? `${store.status}${store.read_ms === undefined ? '' : `, reads in ${store.read_ms} ms`}`
          : `${store.status}: ${plain(store.error)}`,
      ],
      ...found.worlds.map(
        ({ world, up, login, down }) =>
          [`World ${plain(world)}`, `${up} up, ${login} at login, ${down} down`] as const,
      ),
    ]),
  ].join('\n');
}

function sum(counts: Readonly<Record<string, number>>): number {
  return Object.values(counts).reduce((a, b) => a + b, 0);
}
