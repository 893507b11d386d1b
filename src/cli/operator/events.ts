import { bytes, duration } from '../../operator/quantity.ts';
import type { EventsPage, EventView } from '../../operator/api.ts';
import type { OperatorCommand } from './command.ts';
import { plain, table } from './text.ts';

export const events: OperatorCommand = {
  name: 'events',
  summary: 'What happened lately, the newest last.',
  usage: ['events [--kind KIND] [--reason REASON] [--session SESSION] [--limit NUMBER] [--json]'],
  flags: {
    kind: {
      placeholder: 'kind',
      doc: 'Only these: opened, resumed, detached, refused, postponed, revoked, gap, closed, failed.',
    },
    reason: { placeholder: 'reason', doc: 'Only those with this reason.' },
    session: { placeholder: 'session', doc: 'Only those of this session.' },
    limit: { placeholder: 'number', doc: 'How many, at most 200. [default: 50]' },
  },
  run: async ({ flags }, api) => {
    const { kind, reason, session, limit } = flags;
    const page = await api.get<EventsPage>('/v1/events', { kind, reason, session, limit });
    if (page.events.length === 0) return { text: 'No event.', json: page };
    const text = table(page.events.toReversed(), [
      { title: 'AT', text: ({ at }) => at },
      { title: 'EVENT', text: (event) => (event.takeover ? 'takeover' : event.kind) },
      { title: 'SESSION', text: ({ session: id = '-' }) => id },
      { title: 'DETAILS', text: detailsOf },
    ]);
    return { text, json: page };
  },
};

function detailsOf(event: EventView): string {
  const parts = [
    event.reason,
    event.transport,
    event.away_ms === undefined || event.takeover ? undefined : `away ${duration(event.away_ms)}`,
    event.took_ms === undefined ? undefined : `in ${event.took_ms} ms`,
    event.entries === undefined ? undefined : `${event.entries} entries`,
    event.bytes === undefined ? undefined : bytes(event.bytes),
    event.token === undefined ? undefined : `token ${event.token}`,
    event.where,
    event.error,
  ];
  return plain(parts.filter((part) => part !== undefined).join(', '));
}
