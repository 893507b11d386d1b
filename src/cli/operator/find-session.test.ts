import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { SessionsPage } from '../../operator/api.ts';
import { ApiClient } from './client.ts';
import { findSession } from './find-session.ts';

const ID = '6b1f4f6e-9d3f-4f43-8c43-0f1c2f6f7d10';
const ANN = { session: ID, account: 'Ann' };
const BOB = { session: '6b7d0e8a-2f0e-4b50-9d1b-6f2f1d0a9c11', account: 'bob' };
/** Somebody whose client only has the name that is looked for. */
const OTHER = { session: '0c9d1e2f-3a4b-4c5d-8e6f-7a8b9c0d1e2f', account: 'zoe' };

let server: Server;
let page: object;
let asked: string[];

beforeEach(async () => {
  asked = [];
  server = createServer((request, response) => {
    asked.push(request.url ?? '');
    response.end(JSON.stringify(page));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
});

afterEach(() => server.close());

function find(meant: string, sessions: readonly object[], more: Partial<SessionsPage> = {}): Promise<string> {
  page = { sessions, matched: sessions.length, total: sessions.length, truncated: false, ...more };
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion
  const { port } = server.address() as AddressInfo;
  return findSession(new ApiClient(`http://127.0.0.1:${port}`, 'credential'), meant);
}

describe('the session that is meant', () => {
  it('by a whole id is not searched', async () => {
    expect(await find(ID.toUpperCase(), [])).toBe(ID);
    expect(asked).toEqual([]);
  });

  it('is the one whose id begins so, or whose account it is', async () => {
    expect(await find('6b1F', [OTHER, ANN])).toBe(ID);
    expect(await find('aNN', [ANN, OTHER])).toBe(ID);
    expect(asked[0]).toBe('/v1/sessions?q=6b1F&limit=200');
  });

  it('is not guessed where there are none or several', async () => {
    await expect(find('6b', [OTHER])).rejects.toThrow('there is no session "6b"');
    await expect(find('6b', [ANN, BOB])).rejects.toThrow(
      `more than one session is meant by "6b": ${ID}, ${BOB.session}`,
    );
  });

  it.each([{ next: 'a-cursor', matched: 201 }, { truncated: true }])(
    'is not guessed where there are more than one page has: %o',
    async (more) => {
      for (const sessions of [[OTHER], [ANN], [ANN, BOB]]) {
        await expect(find('6b', sessions, more)).rejects.toThrow(
          'too many sessions are like "6b" to know which is meant: give the whole id',
        );
      }
    },
  );
});
