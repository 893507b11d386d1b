import type { SessionsPage } from '../../operator/api.ts';
import { type ApiClient, CommandError, EXIT } from './client.ts';

const WHOLE_ID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/** The id of the session that is meant by an id, the beginning of one, or an account. Never a guess: one, or none. */
export async function findSession(api: ApiClient, meant: string): Promise<string> {
  if (WHOLE_ID.test(meant)) return meant.toLowerCase();
  const page = await api.get<SessionsPage>('/v1/sessions', { q: meant, limit: '200' });
  const { sessions, next, truncated } = page;
  // Another that is meant as well may be among those that are not on this page.
  if (next !== undefined || truncated) {
    throw new CommandError(
      `too many sessions are like ${JSON.stringify(meant)} to know which is meant: give the whole id`,
    );
  }
  const text = meant.toLowerCase();
  const found = sessions.filter(
    ({ session, account }) => session.startsWith(text) || account?.toLowerCase() === text,
  );
  const [first] = found;
  if (first === undefined)
    throw new CommandError(`there is no session ${JSON.stringify(meant)}`, EXIT.nothing);
  if (found.length > 1) {
    const ids = found.map(({ session }) => session).join(', ');
    throw new CommandError(
      `more than one session is meant by ${JSON.stringify(meant)}: ${ids}`,
      EXIT.nothing,
    );
  }
  return first.session;
}
