import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ReconnectionToken } from '../../src/gateway/index.ts';
import { startFaultyLink, type FaultyLink, type Side } from '../../src/testing/index.ts';
import { LinePlayer } from '../support/line-player.ts';
import { WebPlayer, type Kept } from '../support/web-player.ts';
import { ForcedGateway } from './forced-gateway.ts';
import { isLong, SEED } from './seeded.ts';

// Case 1, at every byte: wherever the way back breaks, in whichever direction, the owner comes back to the same
// session, reads each line once, and has each command carried out once.

/** Sessions that are cut at the same time. */
const BATCH = 50;

/** Every so many bytes, from one that the seed chooses; the long form cuts at each, in both ways. */
const STRIDE = isLong ? 1 : 3;

/** How a connection ends for the two that have it. */
const ENDS = ['reset', 'close'] as const;

const COMMANDS = ['hold', 'one', 'two', 'three'];

let forced: ForcedGateway;
beforeAll(async () => {
  forced = await ForcedGateway.start();
});
afterAll(() => forced.stop());

/** A player who lost the connection, with two commands held and two lines unread. */
interface Absent {
  readonly sessionId: string;
  readonly kept: Kept;
  /** What was read. */
  readonly read: readonly Line[];
}

interface Line {
  readonly offset: number;
  readonly text: string;
}

/** A way back, tried through a link that may cut it, and then again without. Rejects where a promise was broken. */
interface WayBack {
  readonly name: string;
  port(): number;
  tryTwice(absent: Absent, link: FaultyLink): Promise<void>;
}

const byWebSocket: WayBack = {
  name: 'by WebSocket',
  port: () => forced.http,
  async tryTwice({ sessionId, kept, read }, link) {
    const cut = new WebPlayer(link.port, { type: 'hello', resume: kept });
    await goThrough(cut);
    link.cut();

    // Without an answer the old token is all that it has.
    const isAnswered = cut.framesOf('resumed').length > 0;
    const back = await WebPlayer.resume(forced.http, isAnswered ? cut.kept : kept);
    await back.frame('caught_up');
    const [resumed] = back.framesOf('resumed');
    if (resumed?.accepted === 3) back.command('three');
    const { output, chains } = await forced.changed(sessionId, ({ commands }) => commands.taken === 4);
    await back.until('all output', () => back.kept.offset === output.end);
    back.cut();

    expect(resumed?.session).toBe(sessionId);
    expect(forced.world.carriedOut(sessionId)).toEqual(COMMANDS);
    expectAll([...read, ...linesOf(cut), ...linesOf(back)], output.end);
    expect([...cut.framesOf('gap'), ...back.framesOf('gap')]).toEqual([]);
    // The first token and its one successor, and the successor's own where that was shown.
    expect(chains.map(({ hashes }) => hashes.length)).toEqual([isAnswered ? 3 : 2]);
  },
};

const byTelnet: WayBack = {
  name: 'by Telnet',
  port: () => forced.telnet,
  async tryTwice({ sessionId, kept, read }, link) {
    const token = ReconnectionToken.decode(kept.token)?.encodeCompact() ?? '';
    const cut = new LinePlayer(link.port);
    cut.line(`reconnect ${token}`);
    await cut.until('the way back, or its cut', () => cut.isClosed || cut.text.includes('You say, "two"'));
    link.cut();

    const shown = cut.shownToken;
    const back = await LinePlayer.resume(forced.telnet, shown ?? token);
    back.line('three');
    const { chains } = await forced.changed(sessionId, ({ commands }) => commands.taken === 4);
    await back.sees('You say, "three"');
    back.cut();

    expect(forced.world.carriedOut(sessionId)).toEqual(COMMANDS);
    // Nothing of it was acknowledged: all comes again, once and in order.
    // Colours are reset before what was missed.
    const text = back.text.replaceAll('\u001B[0m', '');
    const lines = text.split('\n').filter((line) => /^(A |You say, )/.test(line));
    const missed = ['You say, "hold"', 'A clock strikes.', 'A door opens.'];
    const said = ['You say, "one"', 'You say, "two"', 'You say, "three"'];
    expect(lines).toEqual([...missed, ...said].slice(read.length - 1));
    expect(chains.map(({ hashes }) => hashes.length)).toEqual([shown === undefined ? 2 : 3]);
  },
};

describe.each([byWebSocket, byTelnet])('a way back $name', (way) => {
  it.each(['client', 'gateway'] as const)(
    `that is cut after any byte of the %s loses and doubles nothing (HOLDFAST_TEST_SEED=${SEED})`,
    (side) => cutEverywhere(way, side),
    600_000,
  );
});

it('a connection that is gone before its token was redeemed is left, and counted no more', async () => {
  const { connections } = forced.gateway;
  const hello = await bytesOfHello();
  const link = await startFaultyLink(forced.http);
  link.atByte(hello, { from: 'client', connections: Infinity });
  const absent = await Promise.all(Array.from({ length: 20 }, leave));
  const gone = absent.map(({ kept }) => new WebPlayer(link.port, { type: 'hello', resume: kept }));
  await Promise.all(gone.map((player) => player.closed()));
  for (const { sessionId } of absent) {
    const { presence } = await forced.changed(sessionId, ({ chains }) => chains[0]?.hashes.length === 2);
    await forced.changed(sessionId, (now) => !now.presence.attached);
    expect(presence.attachment).toBe(2);
  }
  await forced.until('the last to be gone', () => connections.count === 0);
  expect(connections.list()).toEqual([]);
  expect(await connections.send('all', { kind: 'text', text: 'Is anybody there?' })).toBe(0);
  await link.close();
});

/** What a client sends before it has an answer. */
async function bytesOfHello(): Promise<number> {
  const link = await startFaultyLink(forced.http);
  const { kept } = await leave();
  const player = new WebPlayer(link.port, { type: 'hello', resume: kept });
  await player.frame('resumed');
  await link.close();
  return link.delivered('client');
}

async function cutEverywhere(way: WayBack, side: Side): Promise<void> {
  const length = await bytesOf(way, side);
  expect(length).toBeGreaterThan(60);
  const cuts: { readonly afterBytes: number; readonly ends: (typeof ENDS)[number] }[] = [];
  // Numbers in frames may be a digit longer than they were the first time.
  for (let afterBytes = SEED % STRIDE; afterBytes <= length + 4; afterBytes += STRIDE) {
    for (const ends of isLong ? ENDS : ENDS.filter((_, i) => i === afterBytes % 2)) {
      cuts.push({ afterBytes, ends });
    }
  }
  let happened = 0;
  for (let done = 0; done < cuts.length; done += BATCH) {
    await Promise.all(
      cuts.slice(done, done + BATCH).map(async ({ afterBytes, ends }) => {
        const link = await startFaultyLink(way.port());
        link.atByte(afterBytes, { from: side, failure: ends });
        try {
          await way.tryTwice(await leave(), link);
        } catch (cause) {
          throw new Error(`with a ${ends} after byte ${afterBytes} of ${length}: ${String(cause)}`, {
            cause,
          });
        } finally {
          happened += link.failures;
          await link.close();
        }
      }),
    );
  }
  // The last bytes are not always waited for.
  expect(happened).toBeGreaterThan(cuts.length * 0.8);
}

/** How long a whole way back is. */
async function bytesOf(way: WayBack, side: Side): Promise<number> {
  const link = await startFaultyLink(way.port());
  await way.tryTwice(await leave(), link);
  await link.close();
  return link.delivered(side);
}

async function leave(): Promise<Absent> {
  const player = new WebPlayer(forced.http);
  const { session: sessionId } = await player.frame('welcome');
  const { id } = await player.frame('token');
  player.say({ type: 'stored', id });
  forced.world.print(sessionId, 'A parlour.');
  for (const text of COMMANDS.slice(0, 3)) player.command(text);
  await player.accepted(3);
  await player.sees('A parlour.');
  player.acknowledge();
  await forced.changed(sessionId, ({ output }) => output.acked > 0);
  player.cut();
  await forced.left(sessionId);
  forced.world.print(sessionId, 'A clock strikes.', 'A door opens.');
  await forced.changed(sessionId, ({ output }) => output.end === 4);
  return { sessionId, kept: player.kept, read: linesOf(player) };
}

/** All that an owner does on the way back, as far as the connection lets it. */
async function goThrough(player: WebPlayer): Promise<void> {
  let said = 0;
  await player.until('the way back, or its cut', () => {
    if (player.closeCode !== undefined) return true;
    const [resumed] = player.framesOf('resumed');
    if (resumed === undefined) return false;
    if (said === 0) {
      player.say({ type: 'stored', id: resumed.token.id });
      said = 1;
    }
    if (said === 1 && player.framesOf('caught_up').length > 0) {
      player.acknowledge();
      player.command('three');
      said = 2;
    }
    return player.framesOf('accepted').some(({ seq }) => seq > resumed.accepted);
  });
}

function linesOf(player: WebPlayer): Line[] {
  return player.framesOf('output').map(({ offset, text }) => ({ offset, text }));
}

/** Every entry of the log, once and in order. */
function expectAll(lines: readonly Line[], end: number): void {
  expect(lines.map(({ offset }) => offset)).toEqual(Array.from({ length: end }, (_, i) => i + 1));
  const said = lines.flatMap(({ text }) => /You say, "(\w+)"/.exec(text)?.[1] ?? []);
  expect(said).toEqual(COMMANDS);
}
