import { tokenId } from '../../core/index.ts';
import { ApiError } from '../api-error.ts';
import { route, type OperatorDesk, type Route } from '../route.ts';
import { findSession, inTurn } from './sessions.ts';

export const revokeSession: Route = route({
  method: 'POST',
  path: '/v1/sessions/{session}/revoke',
  parameters: {},
  answer: async (desk, parts): Promise<object> => {
    const { id } = await findSession(desk, parts['session'] ?? '');
    return { session: id, revoked: await desk.gateway.sessions.revoke(id) };
  },
});

export const revokeDevice: Route = route({
  method: 'POST',
  path: '/v1/sessions/{session}/devices/{device}/revoke',
  parameters: {},
  answer: async (desk, parts): Promise<object> => {
    const { id } = await findSession(desk, parts['session'] ?? '');
    return { session: id, revoked: await revokeOne(desk, id, parts['device'] ?? '') };
  },
});

export const revokeToken: Route = route({
  method: 'POST',
  path: '/v1/tokens/{token}/revoke',
  parameters: {},
  answer: async (desk, parts): Promise<object> => {
    const token = parts['token'] ?? '';
    const id = await inTurn(desk, () => ownerOf(desk, token));
    if (id === undefined) throw new ApiError('no_such_token');
    return { session: id, revoked: await revokeOne(desk, id, token) };
  },
});

export const revokeAccount: Route = route({
  method: 'POST',
  path: '/v1/accounts/{account}/revoke',
  parameters: {},
  answer: async ({ gateway }, parts): Promise<object> => {
    const ids = await gateway.sessions.revokeAccount(parts['account'] ?? '');
    if (ids.length === 0) throw new ApiError('no_such_account');
    return { sessions: ids };
  },
});

async function revokeOne({ gateway }: OperatorDesk, id: string, device: string): Promise<number> {
  const revoked = await gateway.sessions.revoke(id, device);
  if (revoked === 0) throw new ApiError('no_such_token');
  return revoked;
}

/** The session that has, or had, a token with this id. An id cannot be looked up: it is only a part of the hash. */
async function ownerOf({ gateway }: OperatorDesk, token: string): Promise<string | undefined> {
  for await (const { id, chains } of gateway.sessions.list()) {
    if (chains.some(({ hashes }) => hashes.some((hash) => tokenId(hash) === token))) return id;
  }
  return undefined;
}
