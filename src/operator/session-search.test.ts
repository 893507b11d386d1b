import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { newSession, type ClientInfo, type Session } from '../core/index.ts';
import { isCursor, searchSessions, SESSION_SORTS, type SessionQuery } from './session-search.ts';

const START = Date.UTC(2026, 10, 1);
const idOf = (n: number): string => `00000000-0000-4000-8000-${String(n).padStart(12, '0')}`;

function session(n: number, about: Partial<Session> = {}): Session {
  return { ...newSession(idOf(n), 'harbour', 3_600_000, START + n, true), stage: 'playing', ...about };
}

async function* each(sessions: readonly Session[]): AsyncIterable<Session> {
  yield* sessions;
}

const QUERY: SessionQuery = { sort: 'created_at', order: 'ascending', limit: 10 };

async function search(
  sessions: readonly Session[],
  query: Partial<SessionQuery>,
  clientOf: (of: Session) => ClientInfo | undefined = () => undefined,
): Promise<{ found: number[]; next?: string; matched: number }> {
  const page = await searchSessions(each(sessions), { ...QUERY, ...query }, clientOf);
  const found = page.sessions.map((row) => Number(row.session.slice(-12)));
  return { found, matched: page.matched, ...(page.next === undefined ? {} : { next: page.next }) };
}

describe('a search for sessions', () => {
  const ann = session(1, { account: 'Ann' });
  const bob = session(2, { account: 'bob', presence: { ...session(2).presence, attached: false } });
  const clients: Readonly<Record<string, ClientInfo>> = {
    [ann.id]: { transport: 'telnet', address: '192.0.2.7', name: 'Mudlet' },
  };

  test('looks at id, account, address and client, whatever the case', async () => {
    const by = (q: string): Promise<{ found: number[] }> =>
      search([ann, bob], { q }, ({ id }) => clients[id]);
    expect((await by('ANN')).found).toEqual([1]);
    expect((await by('192.0.2')).found).toEqual([1]);
    expect((await by('mudlet')).found).toEqual([1]);
    expect((await by('8000-000000000002')).found).toEqual([2]);
    expect((await by('nobody')).found).toEqual([]);
  });

  test('filters by state and transport', async () => {
    expect((await search([ann, bob], { state: 'disconnected' })).found).toEqual([2]);
    expect((await search([ann, bob], { transport: 'telnet' }, ({ id }) => clients[id])).found).toEqual([1]);
  });

  test('gives each session once, in order, over all pages, whatever is sorted by', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.record({ queued: fc.nat(3), account: fc.constantFrom('a', 'b', 'c') })),
        fc.constantFrom(...SESSION_SORTS),
        fc.constantFrom('ascending' as const, 'descending' as const),
        fc.integer({ min: 1, max: 5 }),
        async (about, sort, order, limit) => {
          const sessions = about.map(({ queued, account }, n) =>
            session(n, { account, commands: { ...session(n).commands, accepted: queued } }),
          );
          const whole = await search(sessions, { sort, order, limit: 1000 });
          expect(whole.found.toSorted((a, b) => a - b)).toEqual(sessions.map((_, n) => n));
          const paged: number[] = [];
          let page = await search(sessions, { sort, order, limit });
          paged.push(...page.found);
          while (page.next !== undefined) {
            expect(isCursor(page.next)).toBe(true);
            page = await search(sessions, { sort, order, limit, after: page.next });
            expect(page.found.length).toBeGreaterThan(0);
            paged.push(...page.found);
          }
          expect(paged).toEqual(whole.found);
          expect(page.matched).toBe(sessions.length);
        },
      ),
    );
  });

  test('knows a cursor from any other text', () => {
    for (const text of ['', 'x', 'W10', 'eyJhIjoxfQ', Buffer.from('[1,2,3]').toString('base64url')]) {
      expect(isCursor(text)).toBe(false);
    }
  });
});
