import { CommandError } from './client.ts';
import type { OperatorCommand } from './command.ts';
import { findSession } from './find-session.ts';

export const tokens: OperatorCommand = {
  name: 'tokens',
  summary: 'End tokens, of one device, one session or one account.',
  usage: ['tokens revoke TOKEN', 'tokens revoke --session SESSION', 'tokens revoke --account ACCOUNT'],
  takesWords: true,
  flags: {
    session: { placeholder: 'session', doc: 'All tokens of this session.' },
    account: { placeholder: 'account', doc: 'All tokens of all sessions of this account.' },
  },
  run: async ({ words: [action, token, ...surplus], flags: { session, account } }, api) => {
    const targets = [token, session, account].filter((target) => target !== undefined);
    if (action !== 'revoke' || targets.length !== 1 || surplus.length > 0) {
      throw new CommandError(
        "expected revoke, and a token's id, --session or --account; see holdfast help tokens",
      );
    }
    if (account !== undefined) {
      const answer = await api.post<{ readonly sessions: readonly string[] }>(
        `/v1/accounts/${encodeURIComponent(account)}/revoke`,
      );
      const count = answer.sessions.length;
      return {
        text: `All tokens of ${count === 1 ? '1 session' : `${count} sessions`} were revoked.`,
        json: answer,
      };
    }
    const path =
      session === undefined
        ? `/v1/tokens/${encodeURIComponent(token ?? '')}/revoke`
        : `/v1/sessions/${await findSession(api, session)}/revoke`;
    const answer = await api.post<{ readonly session: string; readonly revoked: number }>(path);
    const devices = answer.revoked === 1 ? '1 device' : `${answer.revoked} devices`;
    return { text: `The tokens of ${devices} of session ${answer.session} were revoked.`, json: answer };
  },
};
