import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { ReconnectionToken } from '../../src/core/index.ts';
import { nodeCrypto } from '../../src/gateway/index.ts';
import { LinePlayer } from '../support/line-player.ts';
import { WebPlayer } from '../support/web-player.ts';
import { Harbour } from './harbour.ts';
import { hello, Vandal } from './vandal.ts';

const HOUR_MS = 3_600_000;
const UNKNOWN_SESSION = 'c0a8012e-3f5b-4d6a-9c1d-2e3f4a5b6c7d';

let harbour: Harbour;

beforeAll(async () => {
  harbour = await Harbour.open();
});

afterEach(() => harbour.playsOn());

afterAll(() => harbour[Symbol.asyncDispose]());

function base64(text: string): string {
  return Buffer.from(text).toString('base64');
}

/** The session and the secret in a token's long form. */
function partsOf(token: string): { session_id: string; secret: string } {
  return JSON.parse(Buffer.from(token, 'base64').toString());
}

/** The answer to a token that is shown, whole. */
async function answerTo(token: string): Promise<string> {
  const { code, reason, received } = await Vandal.send(harbour.http, hello({ token })).closed();
  return `${code} ${reason} ${received.join('\n')}`;
}

const REFUSAL =
  '4600 token_refused {"type":"error","code":"token_refused","message":"This token is not valid.","retry":"fresh"}';

describe('tokens that open nothing', () => {
  /** By what is wrong with them. */
  const tokens: Record<string, string> = {};
  let swapped: ReconnectionToken;
  /** Whose spent token is shown. */
  let owner: WebPlayer;

  beforeAll(async () => {
    const { ann, store } = harbour;
    const good = ann.kept.token;
    const mine = partsOf(good);
    const expired = await harbour.leaver('Expired', (player) => player.cut());
    const closed = await harbour.leaver('Closed', (player) => player.say({ type: 'quit' }));
    const spent = await harbour.leaver('Spent', (player) => player.cut());
    owner = await WebPlayer.resume(harbour.http, spent);
    // What is accepted comes behind the successor's confirmation.
    await owner.accepted(owner.command('look'));
    harbour.advance(2 * HOUR_MS);
    const revoked = await harbour.leaver('Revoked', (player) => player.cut());
    await store.apply(revoked.id, { kind: 'revoke' });
    const other = await harbour.leaver('Other', (player) => player.cut());
    swapped = new ReconnectionToken(partsOf(other.token).session_id, mine.secret);

    Object.assign(tokens, {
      'of nothing': '',
      'of garbage': 'open sesame \u0000 \u{1f40c}',
      truncated: good.slice(0, -10),
      'with more behind it': `${good}AAAA`,
      'of another alphabet': `${good.slice(0, -1)}*`,
      'of 20 kB': 'A'.repeat(20_000),
      'of no JSON': base64('no JSON'),
      'of another shape': base64('{"session_id":1,"secret":[],"expires_at":{}}'),
      'of a prototype': base64('{"__proto__":{"session_id":"x"}}'),
      'of an odd session': base64(JSON.stringify({ ...mine, session_id: '../../etc/passwd' })),
      'of no time': base64(JSON.stringify({ ...mine, expires_at: '+275760-09-13T00:00:00.001Z' })),
      'truncated, in its compact form': swapped.encodeCompact().slice(0, -1),
      'of an unknown session': new ReconnectionToken(UNKNOWN_SESSION, mine.secret).encode(),
      'with a wrong secret': ReconnectionToken.generate(mine.session_id, nodeCrypto).encode(),
      'with the secret of another session': swapped.encode(),
      'with the secret of another session, in its compact form': swapped.encodeCompact(),
      'of a session that was closed': closed.token,
      'of a session that expired': expired.token,
      'that was revoked': revoked.token,
      'that was spent': spent.token,
    });
  });

  it('all get the same answer, to the byte', async () => {
    const answers: Record<string, string> = {};
    for (const [name, token] of Object.entries(tokens)) answers[name] = await answerTo(token);
    const refusals = Object.keys(tokens).map((name) => [name, REFUSAL]);
    expect(answers).toEqual(Object.fromEntries(refusals));
    expect((await owner.frame('error')).code).toBe('token_reused');
  });

  it('are told apart where the operator looks', () => {
    const reasons = harbour.events.flatMap((event) => (event.kind === 'refused' ? [event.reason] : []));
    expect(reasons).toHaveLength(Object.keys(tokens).length);
    for (const reason of ['malformed', 'unknown', 'revoked', 'reused']) expect(reasons).toContain(reason);
  });

  it('spend nothing and lock nobody out', async () => {
    const before = harbour.ann;
    harbour.ann = (await WebPlayer.resume(harbour.http, before.kept)).keepUp();
    expect(await before.closed()).toBe(4501);
    await harbour.ann.frame('caught_up');
  });

  it('are lines for the game by Telnet, unless they have the form of one', async () => {
    const eve = new LinePlayer(harbour.telnet);
    eve.line(`reconnect ${swapped.encodeCompact()}`);
    await eve.sees('That reconnection token is not valid any more.');
    await eve.sees('By what name are you known?');
    eve.line(`reconnect ${swapped.encodeCompact().slice(1)}`);
    await eve.sees('A name is 2 to 16 letters');
    eve.line('Eve');
    await eve.token();
    eve.cut();
  });
});

describe('a token', () => {
  it('of 10 MB closes the connection before it is read', async () => {
    const vandal = Vandal.send(harbour.http, hello({ token: 'A'.repeat(10 * 1024 * 1024) }));
    expect(await vandal.answer()).toBe('1009 without a word');
  });

  it('in a URL is not looked at', async () => {
    const { token } = harbour.ann.kept;
    const vandal = await new Vandal(harbour.http, `/play?token=${encodeURIComponent(token)}`).opened();
    vandal.socket.send(hello());
    const [first = ''] = await vandal.received(1);
    expect(JSON.parse(first)).toMatchObject({ type: 'welcome' });
    expect(harbour.ann.closeCode).toBeUndefined();
    vandal.socket.terminate();
  });
});
