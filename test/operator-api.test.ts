import { request, type IncomingHttpHeaders } from 'node:http';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Store } from '../src/core/index.ts';
import { createGateway, nodeClock, type Gateway } from '../src/gateway/index.ts';
import {
  API_ERRORS,
  Operator,
  type SessionDetail,
  type SessionsPage,
  type Status,
} from '../src/operator/index.ts';
import { ROUTES } from '../src/operator/routes/index.ts';
import { memoryStore } from '../src/stores/index.ts';
import { telnet, websocket } from '../src/transports/index.ts';
import { demoWorld } from '../src/worlds/index.ts';
import { LinePlayer } from './support/line-player.ts';
import { Changes } from './support/until.ts';
import { WebPlayer } from './support/web-player.ts';

// The operator's API, over real sockets, on a gateway with real players.

const CREDENTIAL = 'the-operators-credential';

let gateway: Gateway;
let operator: Operator;
let store: Store;
let ports: { readonly http: number; readonly telnet: number; readonly operator: number };
let actions: string[];
const changes = new Changes();

beforeEach(async () => {
  actions = [];
  store = memoryStore({ clock: nodeClock });
  operator = new Operator({
    credential: CREDENTIAL,
    port: 0,
    names: ['holdfast.example', 'Ops.Example.org'],
    version: '1.2.3',
    onAction: (action, address) => actions.push(`${action} from ${address}`),
  });
  gateway = createGateway({
    store,
    world: demoWorld({ clock: nodeClock }),
    transports: [websocket({ port: 0 }), telnet({ port: 0, clock: nodeClock })],
    onEvent: (event) => {
      operator.onEvent(event);
      changes.changed();
    },
  });
  const [http, line] = await gateway.listen();
  const { port } = await operator.listen(gateway);
  ports = { http: http?.port ?? 0, telnet: line?.port ?? 0, operator: port };
});

afterEach(async () => {
  await operator.close();
  await gateway.close();
});

interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
}

function send(
  method: string,
  path: string,
  headers: Readonly<Record<string, string>> = {},
  body = '',
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const sent = request(
      {
        host: '127.0.0.1',
        port: ports.operator,
        method,
        path,
        headers: { 'Content-Length': String(body.length), ...headers },
      },
      (response) => {
        let text = '';
        response.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
        response.on('end', () =>
          resolve({ status: response.statusCode ?? 0, headers: response.headers, text }),
        );
      },
    );
    sent.on('error', reject);
    sent.end(body);
  });
}

const OPERATOR = { Authorization: `Bearer ${CREDENTIAL}` };

/** Who reads the answer says what it is: the types are the API's own. */
async function get<T>(path: string): Promise<T> {
  const { status, text } = await send('GET', path, OPERATOR);
  expect({ path, status, text }).toMatchObject({ path, status: 200 });
  const answer: T = JSON.parse(text);
  return answer;
}

async function post<T>(path: string): Promise<T> {
  const { status, text } = await send('POST', path, OPERATOR);
  expect({ path, status, text }).toMatchObject({ path, status: 200 });
  const answer: T = JSON.parse(text);
  return answer;
}

async function errorOf(answer: Promise<Answer>): Promise<string> {
  const { status, text } = await answer;
  const { error }: { error: { code: keyof typeof API_ERRORS; message: string } } = JSON.parse(text);
  expect(status).toBe(API_ERRORS[error.code].status);
  return error.code;
}

async function enter(name: string): Promise<{ player: WebPlayer; id: string }> {
  const player = await WebPlayer.enter(ports.http, name);
  return { player, id: player.framesOf('welcome')[0]?.session ?? '' };
}

async function leave({ player, id }: { player: WebPlayer; id: string }): Promise<void> {
  player.cut();
  await changes.until('the player to be away', () => gateway.connections.find(id) === undefined);
  // The registry knows it before the store does.
  const away = new Changes();
  let isAway = false;
  const unwatch = store.watch(id, ({ presence }) => {
    isAway = !presence.attached;
    away.changed();
  });
  await away.until('the session to know it', () => isAway);
  unwatch();
}

describe('the operator’s listener', () => {
  it.each(ROUTES)('wants the credential for $method $path', async ({ method, path }) => {
    const real = path.replaceAll(/\{\w+\}/g, 'x');
    expect(await errorOf(send(method, real))).toBe('unauthorized');
    for (const wrong of [
      'Bearer',
      'Bearer wrong',
      `Basic ${CREDENTIAL}`,
      `Bearer ${CREDENTIAL}x`,
      CREDENTIAL,
    ]) {
      expect(await errorOf(send(method, real, { Authorization: wrong }))).toBe('unauthorized');
    }
    expect(await errorOf(send(method, `${real}?credential=${CREDENTIAL}`))).toBe('unauthorized');
    expect(actions).toEqual([]);
    expect(gateway.phase).toBe('listening');
  });

  it('asks for a bearer credential, and says nothing else to who has none', async () => {
    const answer = await send('GET', '/v1/nothing');
    expect(answer).toMatchObject({ status: 401, headers: { 'www-authenticate': 'Bearer' } });
  });

  it('answers only to addresses, localhost and its own names, so that no rebound name reaches it', async () => {
    const status = (host: string): Promise<Answer> => send('GET', '/v1/status', { ...OPERATOR, Host: host });
    for (const host of [
      '127.0.0.1',
      `localhost:${ports.operator}`,
      '[::1]:80',
      'HOLDFAST.example:1',
      'ops.EXAMPLE.org',
    ]) {
      expect((await status(host)).status).toBe(200);
    }
    for (const host of ['evil.example', '127.0.0.1.evil.example', 'localhost.evil.example', 'a b']) {
      expect(await errorOf(status(host))).toBe('wrong_host');
    }
    expect(await errorOf(send('GET', '/', { Host: 'evil.example' }))).toBe('wrong_host');
  });

  it('refuses what a browser sends for other sites, and shares nothing with them', async () => {
    const own = `http://127.0.0.1:${ports.operator}`;
    expect((await send('GET', '/v1/status', { ...OPERATOR, Origin: own, Host: own.slice(7) })).status).toBe(
      200,
    );
    for (const Origin of ['http://evil.example', 'null', `http://127.0.0.1:${ports.http}`]) {
      expect(await errorOf(send('POST', '/v1/drain', { ...OPERATOR, Origin }))).toBe('cross_site');
    }
    for (const site of ['cross-site', 'same-site']) {
      expect(await errorOf(send('GET', '/v1/status', { ...OPERATOR, 'Sec-Fetch-Site': site }))).toBe(
        'cross_site',
      );
    }
    const preflight = await send('OPTIONS', '/v1/drain', { Origin: 'http://evil.example' });
    expect(preflight.status).toBe(403);
    const { headers } = await send('GET', '/v1/status', OPERATOR);
    expect(Object.keys(headers).filter((name) => name.startsWith('access-control'))).toEqual([]);
    expect(headers).toMatchObject({ 'cache-control': 'no-store', 'x-content-type-options': 'nosniff' });
    expect(gateway.phase).toBe('listening');
  });

  it.each([
    ['GET', '/v1/nothing', 'not_found'],
    ['GET', '/nothing', 'not_found'],
    ['GET', '/v1/../etc/passwd', 'not_found'],
    ['DELETE', '/v1/status', 'method_not_allowed'],
    ['POST', '/', 'method_not_allowed'],
    ['GET', '/v1/status?x=1', 'bad_request'],
    ['GET', '/v1/events?kind=nothing', 'bad_request'],
    ['GET', '/v1/events?limit=201', 'bad_request'],
    ['GET', '/v1/events?limit=1&limit=2', 'bad_request'],
    ['GET', '/v1/events?__proto__=1', 'bad_request'],
    ['GET', '/v1/sessions?limit=0', 'bad_request'],
    ['GET', '/v1/sessions?after=x', 'bad_request'],
    ['GET', `/v1/sessions?q=${'x'.repeat(101)}`, 'bad_request'],
    ['GET', `/v1/sessions?q=${'x'.repeat(2048)}`, 'uri_too_long'],
    ['GET', '/v1/sessions/nobody', 'no_such_session'],
    ['GET', '/v1/sessions/%ff', 'not_found'],
    ['POST', '/v1/sessions/nobody/close', 'no_such_session'],
    ['POST', '/v1/sessions/nobody/disconnect', 'no_such_session'],
    ['POST', '/v1/sessions/nobody/revoke', 'no_such_session'],
    ['POST', '/v1/sessions/nobody/devices/x/revoke', 'no_such_session'],
    ['POST', '/v1/tokens/0123456789abcdef/revoke', 'no_such_token'],
    ['POST', '/v1/accounts/nobody/revoke', 'no_such_account'],
  ])('answers %s %s with %s', async (method, path, code) => {
    expect(await errorOf(send(method, path, OPERATOR))).toBe(code);
    expect(actions).toEqual([]);
  });

  it('takes no body', async () => {
    expect((await send('POST', '/v1/accept', OPERATOR, '{}')).status).toBe(200);
    expect(await errorOf(send('POST', '/v1/drain', OPERATOR, '{"x":1}'))).toBe('bad_request');
    expect(await errorOf(send('POST', '/v1/drain', OPERATOR, 'x'.repeat(2000)))).toBe('body_too_large');
    expect(gateway.phase).toBe('listening');
  });

  it('serves its page to anybody, under a policy that lets nothing in', async () => {
    const page = await send('GET', '/');
    expect(page).toMatchObject({ status: 200, headers: { 'content-type': 'text/html; charset=utf-8' } });
    const policy = String(page.headers['content-security-policy']);
    expect(policy).toContain("default-src 'none'");
    expect(policy).not.toContain('unsafe');
    expect(page.text).not.toMatch(/<script(?![^>]* src=)|<style|style=|onclick|https?:\/\//);
  });
});

describe('the operator', () => {
  it('sees every player, where they are and what waits for them', async () => {
    const ann = await enter('Ann');
    const bob = new LinePlayer(ports.telnet);
    bob.line('Bob');
    await bob.sees('Bob');
    const { sessions, matched, total } = await get<SessionsPage>('/v1/sessions?sort=account&order=ascending');
    expect({ matched, total }).toEqual({ matched: 2, total: 2 });
    expect(sessions).toMatchObject([
      { account: 'ann', state: 'playing', client: { transport: 'websocket', address: '127.0.0.1' } },
      { account: 'bob', state: 'playing', client: { transport: 'telnet', address: '127.0.0.1' } },
    ]);
    expect(sessions[0]).not.toHaveProperty('ends_at');
    await leave(ann);
    bob.line('say are you there');
    await bob.sees('You say');
    const { sessions: away } = await get<SessionsPage>('/v1/sessions?q=ANN&state=disconnected');
    expect(away).toMatchObject([
      {
        session: ann.id,
        world_state: 'up',
        queued: 0,
        client: { transport: 'websocket', address: '127.0.0.1' },
      },
    ]);
    expect(away[0]?.ends_at).toBeDefined();
    expect(away[0]?.backlog_entries).toBeGreaterThan(0);
    expect(away[0]?.backlog_bytes).toBeGreaterThan(0);
  });

  it('sees no secret, no word that is played, only what is needed', async () => {
    const ann = await enter('Ann');
    ann.player.command('say the treasure is buried under the pier');
    await ann.player.sees('You say');
    await leave(ann);
    const { text } = await send('GET', `/v1/sessions/${ann.id}`, OPERATOR);
    expect(text).not.toMatch(/treasure|hash|secret|sealed/);
    const session = await store.read(ann.id);
    for (const hash of session?.chains.flatMap(({ hashes }) => hashes) ?? [])
      expect(text).not.toContain(hash);
    const detail: SessionDetail = JSON.parse(text);
    expect(detail.devices).toMatchObject([{ generation: 1, current: true, confirmed: true }]);
    expect(detail.devices[0]?.token).toBe(ann.player.framesOf('token')[0]?.id);
  });

  it('ends a connection, and the player comes back at once', async () => {
    const { player, id } = await enter('Ann');
    expect(await post(`/v1/sessions/${id}/disconnect`)).toEqual({ disconnected: id });
    expect(await player.frame('bye')).toMatchObject({ reason: 'detached', resume: true });
    await leave({ player, id });
    expect(await errorOf(send('POST', `/v1/sessions/${id}/disconnect`, OPERATOR))).toBe('not_connected');
    const back = await WebPlayer.resume(ports.http, player.kept);
    await back.frame('caught_up');
    expect(actions).toEqual([`/v1/sessions/${id}/disconnect from 127.0.0.1`]);
  });

  it('closes a session for good', async () => {
    const { player, id } = await enter('Ann');
    expect(await post(`/v1/sessions/${id}/close`)).toEqual({ closed: id });
    expect(await player.frame('bye')).toMatchObject({ reason: 'closed', resume: false });
    expect(await errorOf(send('GET', `/v1/sessions/${id}`, OPERATOR))).toBe('no_such_session');
  });

  it.each([
    ['a token, by its id alone', (_id: string, token: string) => `/v1/tokens/${token}/revoke`],
    ['a device of a session', (id: string, token: string) => `/v1/sessions/${id}/devices/${token}/revoke`],
    ['a session', (id: string) => `/v1/sessions/${id}/revoke`],
    ['an account', () => '/v1/accounts/ann/revoke'],
  ])('revokes %s, and nobody comes back by it', async (what, pathOf) => {
    const { player, id } = await enter('Ann');
    const bob = await enter('Bob');
    const path = pathOf(id, player.framesOf('token')[0]?.id ?? '');
    const answer = await post<object>(path);
    expect(answer).toEqual(what === 'an account' ? { sessions: [id] } : { session: id, revoked: 1 });
    expect(await player.frame('bye')).toMatchObject({ reason: 'revoked', resume: false });
    const again = new WebPlayer(ports.http, { type: 'hello', resume: player.kept });
    expect((await again.frame('error')).code).toBe('token_refused');
    const { sessions } = await get<SessionsPage>('/v1/sessions');
    expect(sessions.map(({ session }) => session).toSorted()).toEqual([id, bob.id].toSorted());
    const { events } = await get<{ events: { kind: string; reason?: string }[] }>(`/v1/events?session=${id}`);
    expect(events.map(({ kind, reason }) => reason ?? kind)).toEqual(
      expect.arrayContaining(['opened', 'revoked']),
    );
    expect(bob.player.closeCode).toBeUndefined();
  });

  it('sees how reconnections went, with the true reasons', async () => {
    const ann = await enter('Ann');
    await leave(ann);
    const back = await WebPlayer.resume(ports.http, ann.player.kept);
    await back.frame('caught_up');
    const thief = new WebPlayer(ports.http, { type: 'hello', resume: { token: 'garbage' } });
    await thief.closed();
    const { events } = await get<{ events: object[] }>('/v1/events');
    expect(events).toMatchObject([
      { kind: 'refused', reason: 'malformed', transport: 'websocket' },
      { kind: 'resumed', session: ann.id, transport: 'websocket', takeover: false },
      { kind: 'detached', session: ann.id, reason: 'gone' },
      { kind: 'opened', session: ann.id },
    ]);
    for (const range of ['hour', 'day']) {
      const series = await get<Record<string, number[]>>(`/v1/series?range=${range}`);
      expect(series['opened']?.at(-1)).toBe(1);
      expect(series['resumed']?.at(-1)).toBe(1);
      expect(series['refused']?.at(-1)).toBe(1);
    }
    const status = await get<Status>('/v1/status');
    expect(status.totals).toMatchObject({ opened: 1, resumed: 1, takeover: 0, refused: { malformed: 1 } });
    expect(status.resume_ms).toMatchObject({ count: 1 });
  });

  it('sees the health of store and world', async () => {
    await enter('Ann');
    const status = await get<Status>('/v1/status');
    expect(status).toMatchObject({
      version: '1.2.3',
      phase: 'listening',
      healthy: true,
      connections: 1,
      store: { status: 'ok' },
      worlds: [{ world: 'demo', delivery: 'commit', running: 1 }],
    });
  });

  it('drains the gateway, and lets players in again', async () => {
    const { player } = await enter('Ann');
    expect(await post('/v1/drain')).toEqual({ phase: 'draining', sent_away: 1 });
    expect(await player.frame('bye')).toMatchObject({ reason: 'drain', resume: true });
    const early = new WebPlayer(ports.http, { type: 'hello', resume: player.kept });
    expect(await early.frame('error')).toMatchObject({ code: 'draining', retry: 'later' });
    expect(await post('/v1/accept')).toEqual({ phase: 'listening' });
    const back = await WebPlayer.resume(ports.http, player.kept);
    await back.frame('caught_up');
  });
});
