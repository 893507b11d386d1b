import type { ClientInfo, Session, SessionState } from '../core/index.ts';
import type { SessionRow, SessionsPage } from './api.ts';
import { rowOf } from './session-view.ts';

/** Sessions that are looked at for one answer. */
const SCAN_LIMIT = 200_000;

export const SESSION_SORTS = ['created_at', 'since', 'account', 'queued', 'backlog_bytes'] as const;
export type SessionSort = (typeof SESSION_SORTS)[number];

export interface SessionQuery {
  /** Part of the id, the account, the address, or the client's name; capital letters do not matter. */
  readonly q?: string;
  readonly state?: SessionState;
  readonly transport?: string;
  readonly world_state?: string;
  readonly sort: SessionSort;
  readonly order: 'ascending' | 'descending';
  /** The `next` of the page before. */
  readonly after?: string;
  readonly limit: number;
}

/** A place in the order: by what is sorted by, then by id, so that no two sessions have the same. */
interface Place {
  readonly key: string | number;
  readonly session: string;
}

/** One page of what is searched, found by looking at each session once and keeping no more than the page. */
export async function searchSessions(
  sessions: AsyncIterable<Session>,
  query: SessionQuery,
  clientOf: (session: Session) => ClientInfo | undefined,
): Promise<SessionsPage> {
  const after = query.after === undefined ? undefined : placeOf(query.after);
  const direction = query.order === 'ascending' ? 1 : -1;
  const isBefore = (a: Place, b: Place): boolean => compare(a, b) * direction < 0;
  const page: { readonly place: Place; readonly row: SessionRow }[] = [];
  const counts = { matched: 0, total: 0, truncated: false, isMore: false };
  for await (const session of sessions) {
    if (counts.total >= SCAN_LIMIT) {
      counts.truncated = true;
      break;
    }
    counts.total += 1;
    const row = rowOf(session, clientOf(session));
    if (!fits(row, query)) continue;
    counts.matched += 1;
    const place = { key: keyOf(row, query.sort), session: row.session };
    if (after && !isBefore(after, place)) continue;
    const at = page.findLastIndex((other) => isBefore(other.place, place)) + 1;
    if (at < query.limit) page.splice(at, 0, { place, row });
    counts.isMore ||= at >= query.limit || page.length > query.limit;
    page.splice(query.limit);
  }
  const { matched, total, truncated, isMore } = counts;
  const last = page.at(-1);
  return {
    sessions: page.map(({ row }) => row),
    matched,
    total,
    truncated,
    ...(isMore && last ? { next: cursorOf(last.place) } : {}),
  };
}

/** Whether a text is the `next` of a page. */
export function isCursor(text: string): boolean {
  return placeOf(text) !== undefined;
}

function fits(row: SessionRow, { q, state, transport, world_state: worldState }: SessionQuery): boolean {
  return (
    (state === undefined || row.state === state) &&
    (transport === undefined || row.client?.transport === transport) &&
    (worldState === undefined || row.world_state === worldState) &&
    (q === undefined || mentions(row, q.toLowerCase()))
  );
}

function mentions({ session, account, client }: SessionRow, text: string): boolean {
  return [session, account, client?.address, client?.name].some(
    (field) => field !== undefined && field.toLowerCase().includes(text),
  );
}

function keyOf(row: SessionRow, sort: SessionSort): string | number {
  return row[sort] ?? '';
}

function compare(a: Place, b: Place): number {
  if (a.key !== b.key) return a.key < b.key ? -1 : 1;
  if (a.session === b.session) return 0;
  return a.session < b.session ? -1 : 1;
}

function cursorOf({ key, session }: Place): string {
  return Buffer.from(JSON.stringify([key, session])).toString('base64url');
}

function placeOf(cursor: string): Place | undefined {
  try {
    const parsed: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString());
    if (!Array.isArray(parsed) || parsed.length !== 2) return undefined;
    const [key, session]: readonly unknown[] = parsed;
    const isKey = typeof key === 'string' || typeof key === 'number';
    return isKey && typeof session === 'string' ? { key, session } : undefined;
  } catch {
    return undefined;
  }
}
