import type { ClientInfo, Session } from '../../core/index.ts';
import { ApiError } from '../api-error.ts';
import type { SessionDetail, SessionsPage } from '../api.ts';
import { choice, whole, words, type Parameter } from '../parameter.ts';
import { route, type OperatorDesk, type Route } from '../route.ts';
import { isCursor, searchSessions, SESSION_SORTS } from '../session-search.ts';
import { detailOf } from '../session-view.ts';

const cursor: Parameter<string> = {
  expected: 'the next of the page before',
  read: (text) => (text.length <= 1024 && isCursor(text) ? text : undefined),
};

export const sessions: Route = route({
  method: 'GET',
  path: '/v1/sessions',
  parameters: {
    q: words(100),
    state: choice('connecting', 'authenticating', 'playing', 'disconnected'),
    world_state: choice('up', 'login', 'down'),
    transport: words(32),
    sort: choice(...SESSION_SORTS),
    order: choice('ascending', 'descending'),
    after: cursor,
    limit: whole(1, 200),
  },
  answer: (desk, _parts, values): Promise<SessionsPage> => {
    const query = { sort: 'created_at', order: 'descending', limit: 50, ...values } as const;
    return inTurn(desk, () =>
      searchSessions(desk.gateway.sessions.list(), query, (session) => clientOf(desk, session)),
    );
  },
});

export const session: Route = route({
  method: 'GET',
  path: '/v1/sessions/{session}',
  parameters: {},
  answer: async (desk, parts): Promise<SessionDetail> => {
    const found = await findSession(desk, parts['session'] ?? '');
    const connection = attachedConnection(desk, found);
    return detailOf(found, clientOf(desk, found), connection?.since);
  },
});

export const disconnect: Route = route({
  method: 'POST',
  path: '/v1/sessions/{session}/disconnect',
  parameters: {},
  answer: async (desk, parts): Promise<object> => {
    const { id } = await findSession(desk, parts['session'] ?? '');
    if (!desk.gateway.connections.disconnect(id)) throw new ApiError('not_connected');
    return { disconnected: id };
  },
});

export const close: Route = route({
  method: 'POST',
  path: '/v1/sessions/{session}/close',
  parameters: {},
  answer: async (desk, parts): Promise<object> => {
    const id = parts['session'] ?? '';
    if (!(await desk.gateway.sessions.close(id))) throw new ApiError('no_such_session');
    return { closed: id };
  },
});

export async function findSession({ gateway }: OperatorDesk, id: string): Promise<Session> {
  const found = await gateway.sessions.find(id);
  if (found === undefined) throw new ApiError('no_such_session');
  return found;
}

/** Looks at all sessions, when those who asked before have done so. */
export async function inTurn<T>({ turns }: OperatorDesk, work: () => Promise<T>): Promise<T> {
  const result = turns.take(work);
  if (result === undefined) throw new ApiError('busy');
  return await result;
}

function attachedConnection(
  { gateway }: OperatorDesk,
  { id, presence }: Session,
): { readonly client: ClientInfo; readonly since: number } | undefined {
  return presence.attached ? gateway.connections.find(id) : undefined;
}

function clientOf(desk: OperatorDesk, found: Session): ClientInfo | undefined {
  return attachedConnection(desk, found)?.client ?? desk.clients.find(found.id);
}
