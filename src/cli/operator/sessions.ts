import { bytes, duration } from '../../operator/quantity.ts';
import type { SessionDetail, SessionRow, SessionsPage } from '../../operator/api.ts';
import type { Arguments } from './arguments.ts';
import { type ApiClient, CommandError } from './client.ts';
import type { OperatorCommand, Result } from './command.ts';
import { findSession } from './find-session.ts';
import { age, facts, plain, table } from './text.ts';

export const sessions: OperatorCommand = {
  name: 'sessions',
  summary: 'List and look into sessions, end a connection or a session.',
  usage: [
    'sessions [--search TEXT] [--state STATE] [--sort COLUMN] [--limit NUMBER] [--json]',
    'sessions show SESSION [--json]',
    'sessions disconnect SESSION',
    'sessions close SESSION',
  ],
  takesWords: true,
  flags: {
    search: { placeholder: 'text', doc: 'Part of an id, an account, an address or a client.' },
    state: { placeholder: 'state', doc: 'playing, disconnected, connecting or authenticating.' },
    sort: { placeholder: 'column', doc: 'created_at, since, account, queued or backlog_bytes.' },
    limit: { placeholder: 'number', doc: 'How many to list, at most 200. [default: 50]' },
  },
  run: (args, api) => {
    const [action, meant, ...surplus] = args.words;
    if (action === undefined) return list(args, api);
    const act = Object.hasOwn(ACTIONS, action) ? ACTIONS[action] : undefined;
    if (act === undefined || meant === undefined || surplus.length > 0) {
      return Promise.reject(
        new CommandError('expected show, disconnect or close, and a session; see holdfast help sessions'),
      );
    }
    return act(api, meant);
  },
};

const ACTIONS: Readonly<Record<string, (api: ApiClient, meant: string) => Promise<Result>>> = {
  show: async (api, meant) => {
    const found = await api.get<SessionDetail>(`/v1/sessions/${await findSession(api, meant)}`);
    return { text: detailText(found), json: found };
  },
  disconnect: async (api, meant) => {
    const id = await findSession(api, meant);
    const answer = await api.post(`/v1/sessions/${id}/disconnect`);
    return { text: `The connection of ${id} was ended; its player may come back at once.`, json: answer };
  },
  close: async (api, meant) => {
    const id = await findSession(api, meant);
    const answer = await api.post(`/v1/sessions/${id}/close`);
    return { text: `Session ${id} was closed for good.`, json: answer };
  },
};

async function list({ flags }: Arguments, api: ApiClient): Promise<Result> {
  const page = await api.get<SessionsPage>('/v1/sessions', {
    q: flags['search'],
    state: flags['state'],
    sort: flags['sort'],
    limit: flags['limit'],
    order: flags['sort'] === 'account' ? 'ascending' : undefined,
  });
  if (page.sessions.length === 0) return { text: 'No session.', json: page };
  const more = page.matched - page.sessions.length;
  const lines = [
    table(page.sessions, [
      { title: 'SESSION', text: ({ session }) => session },
      { title: 'ACCOUNT', text: ({ account = '-' }) => plain(account) },
      { title: 'STATE', text: stateText },
      { title: 'CLIENT', text: clientText },
      { title: 'WORLD', text: ({ world_state: state }) => state },
      { title: 'QUEUED', text: ({ queued }) => String(queued), align: 'right' },
      { title: 'UNREAD', text: ({ backlog_bytes: unread }) => bytes(unread), align: 'right' },
    ]),
    ...(more > 0 ? [`… and ${more} more`] : []),
  ];
  return { text: lines.join('\n'), json: page };
}

function stateText({ state, since }: SessionRow): string {
  return `${state === 'disconnected' ? 'away' : state} ${age(since)}`;
}

function clientText({ client }: SessionRow): string {
  if (client === undefined) return '-';
  return plain(
    [client.transport, client.address, client.name].filter((part) => part !== undefined).join(' '),
  );
}

function detailText(found: SessionDetail): string {
  const { client, commands, output } = found;
  const about = facts([
    ['Session', found.session],
    ['Account', found.account === undefined ? undefined : plain(found.account)],
    ['State', stateText(found)],
    ['Ends in', found.ends_at === undefined ? undefined : duration(Date.parse(found.ends_at) - Date.now())],
    ['Created', found.created_at],
    ['Client', client === undefined ? undefined : clientText(found)],
    ['Terminal', client?.terminal === undefined ? undefined : plain(client.terminal)],
    ['World', `${plain(found.world)}, ${found.world_state}`],
    [
      'Commands',
      `${commands.accepted} accepted, ${commands.taken} taken, ${found.queued} waiting (${commands.held} held)`,
    ],
    [
      'Output',
      `${output.end} written, ${output.acknowledged} read; unread: ${found.backlog_entries} entries, ${bytes(found.backlog_bytes)}`,
    ],
    ['Attachments', String(found.attachments)],
    ['Kept for', duration(found.resume_window_ms)],
  ]);
  if (found.devices.length === 0) return `${about}\n\nNo tokens.`;
  const devices = table(found.devices, [
    { title: 'TOKEN', text: ({ token }) => token },
    { title: 'NUMBER', text: ({ generation }) => String(generation), align: 'right' },
    { title: 'USED', text: ({ used_at: at }) => `${age(at)} ago` },
    { title: 'STATE', text: (device) => device.revoked ?? (device.current ? 'current' : 'good') },
  ]);
  return `${about}\n\n${devices}`;
}
