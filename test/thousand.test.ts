import { afterEach, beforeEach, expect, it } from 'vitest';
import { ReconnectionToken, type Clock, type World } from '../src/core/index.ts';
import { createGateway, nodeClock, type Gateway } from '../src/gateway/index.ts';
import { openEmbeddedStore } from '../src/stores/index.ts';
import { telnet, websocket } from '../src/transports/index.ts';
import { temporaryFolder } from './support/gateway-process.ts';
import { LinePlayer } from './support/line-player.ts';
import { Changes } from './support/until.ts';
import { WebPlayer } from './support/web-player.ts';

// A network failure: everybody is cut off at once, misses something, and comes back at once. One gateway in this
// process, real sockets, and the store that is the default, on disk.

const WEB_PLAYERS = 1000;
const TELNET_PLAYERS = 200;
const MISSED = 10;
/** Of so many players somebody shows the old token. */
const THEFTS = 10;

/** How long all of them together may take for one thing, in ms. */
const PATIENCE_MS = 40_000;

/** A game that answers. What else players read comes from the test. */
const answeringWorld: World = {
  name: 'answering',
  delivery: 'commit',
  open(session) {
    session.playing();
    return { command: ({ text }) => ({ output: [{ kind: 'text', text: `You say: ${text}\n` }] }) };
  },
};

/** Waits longer than other players do: a thousand at once take their time on a small or busy machine. */
class PatientPlayer extends WebPlayer {
  override async until<T>(what: string, look: () => T | undefined | false): Promise<T> {
    for (let more = 3; more > 0; more -= 1) {
      try {
        return await super.until(what, look);
      } catch {
        // Not yet, or never: then the last time says so.
      }
    }
    return super.until(what, look);
  }
}

/** By how much the gateway's clock is ahead of the real one, in ms. */
let ahead: number;
const clock: Clock = { ...nodeClock, now: () => nodeClock.now() + ahead };

let folder: ReturnType<typeof temporaryFolder>;
let gateway: Gateway;
let webPort: number;
let telnetPort: number;
let socketsBefore: number;
const changes = new Changes();
/** Sessions that lost their connection, each as often as it did. */
let detached: string[];
/** What went wrong in the gateway. */
let failures: unknown[];

beforeEach(async () => {
  ahead = 0;
  detached = [];
  failures = [];
  socketsBefore = openSockets();
  folder = temporaryFolder();
  gateway = createGateway({
    clock,
    store: await openEmbeddedStore(folder.path, { clock }),
    world: answeringWorld,
    helloTimeoutMs: PATIENCE_MS,
    transports: [websocket({ port: 0 }), telnet({ port: 0, clock })],
    onEvent: (event) => {
      if (event.kind === 'failed') failures.push(event.error);
      if (event.kind === 'detached') detached.push(event.sessionId);
      changes.changed();
    },
  });
  const [web, lines] = await gateway.listen();
  webPort = web?.port ?? 0;
  telnetPort = lines?.port ?? 0;
});

afterEach(async () => {
  await gateway.close();
  folder.remove();
});

it(
  'gives everybody back what was missed when 1,200 players return at once',
  { timeout: 5 * PATIENCE_MS },
  async () => {
    const web = await Promise.all(range(WEB_PLAYERS).map(enterByWeb));
    const lines = await Promise.all(range(TELNET_PLAYERS).map(enterByTelnet));
    const everybody = web.length + lines.length;
    expect(gateway.connections.count).toBe(everybody);

    // In one turn of the event loop.
    for (const { player } of [...web, ...lines]) player.cut();
    await changes.until('all to be away', () => detached.length === everybody, PATIENCE_MS);
    expect(gateway.connections.count).toBe(0);
    expect(new Set(detached).size).toBe(everybody);

    for (let part = 1; part <= MISSED; part += 1) {
      const sent = [...web, ...lines].map(({ id }) => {
        return gateway.connections.send([id], { kind: 'text', text: missed(id, part) }, { away: true });
      });
      expect(new Set(await Promise.all(sent))).toEqual(new Set([1]));
    }

    const [webBack, linesBack] = await Promise.all([
      Promise.all(web.map(({ player }) => returnByWeb(player))),
      Promise.all(lines.map(({ token }) => returnByTelnet(token))),
    ]);
    expect(gateway.connections.count).toBe(everybody);
    const served = gateway.connections.list().map(({ sessionId }) => sessionId);
    expect(new Set(served)).toEqual(new Set([...web, ...lines].map(({ id }) => id)));

    for (const [index, { id, player }] of web.entries()) {
      const back = webBack[index];
      if (back === undefined) throw new Error('somebody did not come back');
      const [resumed] = back.framesOf('resumed');
      expect(resumed?.session).toBe(id);
      expect(replayOf(back)).toEqual(range(MISSED).map((part) => missed(id, part + 1)));
      expect(resumed?.output).toEqual({ from: position(player) + 1, to: position(player) + MISSED });
      expect(back.framesOf('caught_up').map(({ offset }) => offset)).toEqual([resumed?.output.to]);
    }
    const tokens = [...web.map(({ player }) => player), ...webBack].map(({ kept }) => kept.token);
    expect(new Set(tokens).size).toBe(2 * WEB_PLAYERS);

    for (const [index, { id, token }] of lines.entries()) {
      const back = linesBack[index];
      if (back === undefined) throw new Error('somebody did not come back');
      expect(back.text.match(/^\S+ missed \d+\n/gm)).toEqual(
        range(MISSED).map((part) => missed(id, part + 1)),
      );
      expect(await back.token()).not.toBe(token);
    }

    await Promise.all([...webBack, ...linesBack].map(asks));
    await oldTokensAreOfNoUse(web, webBack);
    for (const back of webBack) {
      expect(back.framesOf('output').slice(MISSED).map(textOf)).toEqual(['You say: still here\n']);
      expect(back.framesOf('accepted')).toHaveLength(1);
      expect([back.framesOf('gap'), back.framesOf('dropped')]).toEqual([[], []]);
    }
    for (const back of linesBack) expect(back.text.match(/still here/g)).toHaveLength(1);

    const leaving = [...webBack, ...linesBack];
    for (const back of leaving) back.cut();
    await Promise.all(leaving.map((back) => back.closed()));
    await changes.until('all to be away again', () => detached.length === 2 * everybody, PATIENCE_MS);
    expect(gateway.connections.count).toBe(0);
    expect(gateway.connections.list()).toEqual([]);
    await gateway.close();
    expect(openSockets()).toBe(socketsBefore);
    expect(failures).toEqual([]);
  },
);

async function enterByWeb(number: number): Promise<{ id: string; player: WebPlayer }> {
  const player = new PatientPlayer(webPort);
  const { session: id } = await player.frame('welcome');
  await player.frame('token');
  player.command('hello');
  await player.sees('You say: hello');
  // One says what it has, the next one leaves before it could: both come back with their own position.
  if (number % 2 === 0) player.acknowledge();
  return { id, player };
}

async function enterByTelnet(): Promise<{ id: string; player: LinePlayer; token: string }> {
  const player = await LinePlayer.enter(telnetPort, 'hello');
  await player.sees('You say: hello');
  const token = await player.token();
  const id = ReconnectionToken.decode(token)?.sessionId;
  if (id === undefined) throw new Error('the line has no token');
  return { id, player, token };
}

async function returnByWeb({ kept }: WebPlayer): Promise<WebPlayer> {
  const back = new PatientPlayer(webPort, { type: 'hello', resume: kept });
  const { token } = await back.frame('resumed');
  back.say({ type: 'stored', id: token.id });
  await back.frame('caught_up');
  back.acknowledge();
  return back;
}

async function returnByTelnet(token: string): Promise<LinePlayer> {
  const back = await LinePlayer.resume(telnetPort, token);
  await back.sees('That was all.');
  return back;
}

async function asks(player: WebPlayer | LinePlayer): Promise<void> {
  if (player instanceof WebPlayer) await player.accepted(player.command('still here'));
  else player.line('still here');
  await player.sees('You say: still here\n');
}

/** The owners confirmed their new tokens by `stored`. A moment later the old ones open nothing, and betray the theft. */
async function oldTokensAreOfNoUse(
  before: readonly { readonly player: WebPlayer }[],
  owners: readonly WebPlayer[],
): Promise<void> {
  const old = before.slice(0, THEFTS).map(({ player }) => player.kept);
  expect(await Promise.all(old.map(refusal))).toEqual(old.map(() => 'too_soon'));
  // The time in which it may be the owner's own late attempt.
  ahead += 11_000;
  expect(await Promise.all(old.map(refusal))).toEqual(old.map(() => 'token_refused'));
  const told = await Promise.all(owners.slice(0, THEFTS).map((owner) => owner.frame('error')));
  expect(told.map(({ code }) => code)).toEqual(old.map(() => 'token_reused'));
  expect(gateway.connections.count).toBe(WEB_PLAYERS + TELNET_PLAYERS - THEFTS);
}

async function refusal(kept: WebPlayer['kept']): Promise<string> {
  const thief = new WebPlayer(webPort, { type: 'hello', resume: kept });
  const { code } = await thief.frame('error');
  await thief.closed();
  return code;
}

/** What was sent after `resumed` and before `caught_up`, as far as it is of the log. */
function replayOf({ frames }: WebPlayer): string[] {
  const from = frames.findIndex(({ type }) => type === 'resumed') + 1;
  const to = frames.findIndex(({ type }) => type === 'caught_up');
  return frames.slice(from, to).map((frame) => (frame.type === 'output' ? frame.text : frame.type));
}

function position({ kept }: WebPlayer): number {
  return kept.offset ?? 0;
}

function missed(id: string, part: number): string {
  return `${id} missed ${part}\n`;
}

function textOf({ text }: { readonly text: string }): string {
  return text;
}

function range(length: number): number[] {
  return Array.from({ length }, (_, index) => index);
}

/** Connections and listeners of this process. */
function openSockets(): number {
  return process.getActiveResourcesInfo().filter((kind) => kind.startsWith('TCP')).length;
}
