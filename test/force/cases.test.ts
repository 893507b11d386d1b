import { once } from 'node:events';
import { cpSync, existsSync, readFileSync } from 'node:fs';
import { createServer, type AddressInfo, type Socket } from 'node:net';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { StoreError, type Store } from '../../src/core/index.ts';
import { ReconnectionToken } from '../../src/gateway/index.ts';
import { startFaultyLink } from '../../src/testing/index.ts';
import { GatewayProcess, temporaryFolder } from '../support/gateway-process.ts';
import { LinePlayer } from '../support/line-player.ts';
import { ManualClock } from '../support/manual-clock.ts';
import { Changes } from '../support/until.ts';
import { WebPlayer, type Kept } from '../support/web-player.ts';
import { ForcedGateway, type ForcedGatewayOptions } from './forced-gateway.ts';
import { isLong } from './seeded.ts';

// The mistakes that others made, on the real gateway with real sockets.

/** Undone at the end of each test, last first. */
const undo: (() => Promise<unknown> | void)[] = [];

afterEach(async () => {
  for (const step of undo.splice(0).toReversed()) await step();
});

function dataFolder(): string {
  const folder = temporaryFolder();
  undo.push(() => folder.remove());
  return join(folder.path, 'data');
}

/** A gateway in a process of its own, with the demo world or in front of a game. */
async function start(data: string, ...args: readonly string[]): Promise<GatewayProcess> {
  const gateway = await GatewayProcess.start(data, ...args);
  undo.push(() => gateway.kill());
  return gateway;
}

/** A gateway in this process. */
async function startHere(options: ForcedGatewayOptions = {}): Promise<ForcedGateway> {
  const forced = await ForcedGateway.start(options);
  undo.push(() => forced.stop());
  return forced;
}

/** A new player, and their session. */
async function enter({ http }: ForcedGateway): Promise<{ player: WebPlayer; id: string }> {
  const player = new WebPlayer(http);
  const { session } = await player.frame('welcome');
  const { id } = await player.frame('token');
  player.say({ type: 'stored', id });
  return { player, id: session };
}

/** The token without what may be said differently each time it is shown: its expiry. */
function nameOf(token: string): string {
  return ReconnectionToken.decode(token)?.encodeCompact() ?? 'no token';
}

/** Shows a token and goes away without a word: what came back. */
async function show(port: number, kept: Kept): Promise<string> {
  const player = new WebPlayer(port, { type: 'hello', resume: kept });
  const { token } = await player.frame('resumed');
  player.cut();
  return nameOf(token.value);
}

async function showByTelnet(port: number, token: string): Promise<string> {
  const player = await LinePlayer.resume(port, nameOf(token));
  const shown = await player.token();
  player.cut();
  return shown;
}

async function refusal(port: number, kept: Kept): Promise<string> {
  const player = new WebPlayer(port, { type: 'hello', resume: kept });
  const { code } = await player.frame('error');
  return code;
}

function textsOf(player: WebPlayer): string[] {
  return player.framesOf('output').map(({ text }) => text.trim());
}

describe('case 1: a lost reply locks nobody out', () => {
  it('the first token shown again and again, on all ways and over a restart, gives the same successor', async () => {
    const data = dataFolder();
    let gateway = await start(data);
    const ann = await WebPlayer.enter(gateway.http, 'Ann');
    ann.cut();
    const successors = new Set<string>();
    for (let round = 0; round < 2; round += 1) {
      for (let time = 0; time < 3; time += 1) successors.add(await show(gateway.http, ann.kept));
      successors.add(await showByTelnet(gateway.telnet, ann.kept.token));
      // Two at once.
      const both = await Promise.all([show(gateway.http, ann.kept), show(gateway.http, ann.kept)]);
      for (const successor of both) successors.add(successor);
      await gateway.kill();
      gateway = await start(data);
    }
    const back = await WebPlayer.resume(gateway.http, ann.kept);
    await back.frame('caught_up');
    successors.add(nameOf(back.kept.token));
    expect([...successors]).toHaveLength(1);
    expect(await refusal(gateway.http, ann.kept)).toBe('too_soon');
    await back.accepted(back.command('look'));
  });
});

describe('case 2: a spent token revokes its chain', () => {
  it('T1 shown after T3 was stored is refused, ends the chain, and is written down', async () => {
    const gateway = await start(dataFolder());
    const first = await WebPlayer.enter(gateway.http, 'Ann');
    first.say({ type: 'link' });
    const link = await first.frame('token', (frame) => frame.link === true);
    const second = await WebPlayer.resume(gateway.http, first.kept);
    const third = await WebPlayer.resume(gateway.http, second.kept);
    await third.accepted(third.command('look'));

    expect(await refusal(gateway.http, { token: first.kept.token })).toBe('token_refused');
    expect((await third.frame('error')).code).toBe('token_reused');
    expect(await third.closed()).toBe(4601);
    expect(gateway.log).toMatch(/"reason":"reused"/);
    for (const { kept } of [first, second, third]) {
      expect(await refusal(gateway.http, kept)).toBe('token_refused');
    }
    // The session stays for its other chains.
    const elsewhere = await WebPlayer.resume(gateway.http, { token: link.value ?? '' });
    await elsewhere.accepted(elsewhere.command('look'));
    expect(elsewhere.framesOf('resumed')[0]?.session).toBe(first.framesOf('welcome')[0]?.session);
  });
});

describe('case 3: a passing obstacle leaves the token good', () => {
  it('a store that fails, one that is slow, a game that says no, a full server: then it works', async () => {
    const obstacle = new Obstacle();
    let isAllowed = true;
    const forced = await startHere({
      maxConnections: 2,
      around: (store) => obstacle.before(store),
      authorize: () => isAllowed,
    });
    const { player, id } = await enter(forced);
    const { kept } = player;
    player.cut();
    await forced.left(id);

    obstacle.now = 'failing';
    expect(await refusal(forced.http, kept)).toBe('store_unavailable');
    obstacle.now = 'slow';
    const impatient = new WebPlayer(forced.http, { type: 'hello', resume: kept });
    await obstacle.reached();
    impatient.cut();
    obstacle.lift();
    isAllowed = false;
    expect(await refusal(forced.http, kept)).toBe('not_authorized');
    isAllowed = true;
    await forced.until('all to be gone', () => forced.gateway.connections.count === 0);
    const others = [await enter(forced), await enter(forced)];
    expect(await refusal(forced.http, kept)).toBe('server_full');
    for (const other of others) other.player.cut();
    for (const other of others) await forced.left(other.id);

    const back = await WebPlayer.resume(forced.http, kept);
    await back.frame('caught_up');
    const { chains } = await forced.session(id);
    expect(chains.map(({ hashes }) => hashes.length)).toEqual([2]);
  });
});

/** What stands before every attach. */
class Obstacle {
  now: 'none' | 'failing' | 'slow' = 'none';
  readonly #changes = new Changes();
  #release: (() => void) | undefined;

  before(store: Store): Store {
    return new Proxy(store, {
      get: (target, name: keyof Store) => {
        if (name !== 'apply') return target[name].bind(target);
        return async (...[id, operation]: Parameters<Store['apply']>) => {
          if (operation.kind === 'attach') await this.#pass();
          return target.apply(id, operation);
        };
      },
    });
  }

  /** Resolves when somebody waits before it. */
  async reached(): Promise<void> {
    await this.#changes.until('somebody to wait', () => this.#release);
  }

  lift(): void {
    this.now = 'none';
    this.#release?.();
  }

  async #pass(): Promise<void> {
    if (this.now === 'failing') throw new StoreError('not now', { passing: true });
    if (this.now === 'none') return;
    await new Promise<void>((resolve) => {
      this.#release = resolve;
      this.#changes.changed();
    });
  }
}

describe('case 4: the reconnect beats the disconnect', () => {
  it('a new connection owns the session at once, the half-open one gets its code, and neither comes again', async () => {
    const forced = await startHere();
    const link = await startFaultyLink(forced.http);
    undo.push(() => link.close());
    const old = new WebPlayer(link.port);
    const { session: id } = await old.frame('welcome');
    await old.frame('token');
    link.halfOpen();

    // One round trip for the upgrade, one for the hello: that is all. No timeout of the old one (the shortest is 2 s)
    // was waited for.
    const far = await startFaultyLink(forced.http);
    undo.push(() => far.close());
    far.delay(200);
    const before = performance.now();
    const back = await WebPlayer.resume(far.port, old.kept);
    expect(performance.now() - before).toBeLessThan(2 * 2 * 200 + 1000);
    await back.accepted(back.command('one'));
    expect(forced.events.findLast(({ kind }) => kind === 'resumed')).toMatchObject({ takeover: true });
    expect(old.closeCode).toBeUndefined();

    await link.heal();
    expect(await old.frame('bye')).toMatchObject({ reason: 'taken_over', resume: false });
    expect(await old.closed()).toBe(4501);
    await back.accepted(back.command('two'));
    expect((await forced.session(id)).presence).toMatchObject({ attachment: 2, attached: true });
    expect(forced.world.carriedOut(id)).toEqual(['one', 'two']);
  });
});

describe('case 5: what comes late from the old connection', () => {
  it('changes nothing: commands, acknowledgements, stored, quit, and the close', async () => {
    const forced = await startHere();
    const link = await startFaultyLink(forced.http);
    undo.push(() => link.close());
    const old = new WebPlayer(link.port);
    const { session: id } = await old.frame('welcome');
    const { id: tokenId } = await old.frame('token');
    forced.world.print(id, 'A parlour.', 'A clock strikes.');
    await old.sees('A clock strikes.');
    link.halfOpen();
    old.command('never');
    old.acknowledge();
    old.say({ type: 'stored', id: tokenId });
    old.say({ type: 'window', columns: 1, rows: 1 });
    old.say({ type: 'quit' });

    const back = await WebPlayer.resume(forced.http, old.kept);
    await back.frame('caught_up');
    await back.accepted(back.command('one'));
    const before = await forced.changed(id, ({ commands }) => commands.taken === 1);
    await link.heal();
    old.command('never');
    await old.closed();
    link.cut();
    await forced.until('the old one to be gone', () => forced.gateway.connections.count === 1);
    expect(await forced.session(id)).toEqual(before);
    await back.accepted(back.command('two'));
    expect(forced.world.carriedOut(id)).toEqual(['one', 'two']);
  });
});

describe('case 5: by Telnet, what counted as read of the session before', () => {
  it('does not count for the one that the token brings back', async () => {
    const clock = new ManualClock();
    const forced = await startHere({ clock });
    const { player, id } = await enter(forced);
    player.cut();
    await forced.left(id);

    // A client that shows its token late has a new session by then.
    const late = new LinePlayer(forced.telnet);
    await late.until('the greeting', () => late.bytes.length > 0);
    clock.advance(1000);
    const fresh = await forced.until('a new session', () =>
      forced.events.find((event) => event.kind === 'opened' && event.transport === 'telnet'),
    );
    forced.world.print(fresh.sessionId ?? '', ...Array.from({ length: 5 }, (_, n) => `banner ${n}`));
    await late.sees('banner 4');
    late.line(`reconnect ${nameOf(player.kept.token)}`);
    await late.sees('Welcome back.');
    clock.advance(4000);
    late.line('one');
    await late.sees('You say, "one"');
    expect((await forced.session(id)).output).toMatchObject({ end: 1, acked: 0 });
  });
});

describe('case 6: nothing new', () => {
  it.each(['acknowledged', 'kept, but not acknowledged'])(
    'is nothing delivered: what was read is %s',
    async (how) => {
      const forced = await startHere();
      const { player, id } = await enter(forced);
      player.cut();
      await forced.left(id);
      forced.world.print(id, ...Array.from({ length: 10 }, (_, n) => `line ${n}`));
      let last = await WebPlayer.resume(forced.http, player.kept);
      await last.sees('line 9');
      for (let time = 0; time < 5; time += 1) {
        if (how === 'acknowledged') last.acknowledge();
        last.cut();
        await forced.left(id);
        last = await WebPlayer.resume(forced.http, last.kept);
        await last.frame('caught_up');
        expect(last.framesOf('resumed')[0]?.output).toEqual({ from: 11, to: 10 });
        expect(last.frames.filter((frame) => 'offset' in frame && frame.type !== 'caught_up')).toEqual([]);
      }
      forced.world.print(id, 'news');
      await last.sees('news');
      expect(textsOf(last)).toEqual(['news']);
    },
  );
});

describe('case 7: a quiet session', () => {
  it('resumes before its first output, and after hours of silence', async () => {
    const clock = new ManualClock();
    const forced = await startHere({ clock });
    const { player, id } = await enter(forced);
    player.cut();
    await forced.left(id);
    let kept = player.kept;
    expect(kept.offset).toBeUndefined();

    for (const [away, attached] of [
      [0, 59],
      [59, 600],
      [59, 0],
    ] as const) {
      clock.advance(away * 60_000);
      const back = await WebPlayer.resume(forced.http, kept);
      await back.frame('caught_up');
      expect(back.framesOf('resumed')[0]).toMatchObject({ session: id, output: { from: 1, to: 0 } });
      expect(back.framesOf('resumed')[0]?.away_ms).toBe(away * 60_000);
      await forced.changed(id, ({ presence }) => presence.ready);
      clock.advance(attached * 60_000);
      back.say({ type: 'ping' });
      await back.frame('pong');
      kept = { token: back.kept.token, epoch: 'none yet', offset: 0 };
      back.cut();
      await forced.left(id);
    }
    clock.advance(61 * 60_000);
    expect(await refusal(forced.http, kept)).toBe('token_refused');
  });
});

describe('case 8: a store that was restored from a backup', () => {
  // oxlint-disable-next-line unicorn/consistent-function-scoping
  const said = (text: string): string[] =>
    [...text.matchAll(/You say, "(\w+)/g)].map(([, word]) => word ?? '');

  it("refuses the tokens of what is forgotten, and gives an older one a gap, never another run's data", async () => {
    const data = dataFolder();
    let gateway = await start(data);
    const ann = await WebPlayer.enter(gateway.http, 'Ann');
    await ann.accepted(ann.command('say one'));
    await ann.sees('You say, "one');
    ann.acknowledge();
    await gateway.stop();
    const backup = dataFolder();
    cpSync(data, backup, { recursive: true });

    gateway = await start(data);
    const later = await WebPlayer.resume(gateway.http, ann.kept);
    for (const word of ['two', 'three']) await later.accepted(later.command(`say ${word}`));
    await later.sees('You say, "three');
    const forgotten = later.kept;
    await gateway.kill();

    gateway = await start(backup);
    expect(await refusal(gateway.http, forgotten)).toBe('token_refused');
    const back = await WebPlayer.resume(gateway.http, { ...forgotten, token: ann.kept.token });
    await back.frame('caught_up');
    await back.accepted(back.command('say four'));
    await back.sees('You say, "four');
    expect(back.framesOf('gap').map(({ reason }) => reason)).toEqual(['epoch']);
    expect(said(back.text)).toEqual(['four']);
    expect(back.kept.epoch).not.toBe(forgotten.epoch);
  });

  it('continues where the copy of a running one ends, in a new epoch, behind a gap', async () => {
    const data = dataFolder();
    let gateway = await start(data);
    const ann = await WebPlayer.enter(gateway.http, 'Ann');
    await ann.accepted(ann.command('say one'));
    await ann.sees('You say, "one');
    const backup = dataFolder();
    cpSync(data, backup, { recursive: true });
    for (const word of ['two', 'three']) await ann.accepted(ann.command(`say ${word}`));
    await ann.sees('You say, "three');
    await gateway.kill();

    gateway = await start(backup);
    const back = await WebPlayer.resume(gateway.http, ann.kept);
    const [resumed] = back.framesOf('resumed');
    // Their numbers will be used again, for other text: they are not the client's any more.
    expect(resumed?.accepted).toBe(2);
    expect(resumed?.output.from).toBeLessThanOrEqual(ann.kept.offset ?? 0);
    await back.accepted(back.command('say four'));
    await back.sees('You say, "four');
    expect(back.framesOf('gap').map(({ reason }) => reason)).toEqual(['crash']);
    expect(said(back.text)).toEqual(['four']);
    expect(back.kept.epoch).not.toBe(ann.kept.epoch);
  });
});

describe('case 9: silent loss', () => {
  it('does not happen: each hole has one gap in its place, and what is state is not evicted with the text', async () => {
    const forced = await startHere({ limits: { backlogBytes: 4096 } });
    const { player, id } = await enter(forced);
    player.cut();
    await forced.left(id);
    const print = (count: number): void => {
      forced.world.print(id, ...Array.from({ length: count }, (_, n) => `${n} ${'x'.repeat(97)}`));
    };
    forced.world.print(id, { kind: 'echo', on: false });
    for (const hp of [1, 2, 3]) {
      forced.world.print(id, { kind: 'gmcp', package: 'Char.Vitals', data: { hp }, state: true });
    }
    print(60);
    forced.world.print(id, 'y'.repeat(4096));
    print(10);
    const { output } = await forced.changed(id, (session) => session.output.end === 72);

    const back = await WebPlayer.resume(forced.http, player.kept);
    const caughtUp = await back.frame('caught_up');
    const [resumed] = back.framesOf('resumed');
    expect(resumed).toMatchObject({ echo: false, output: { from: 1, to: 72 } });
    const replay = back.frames.slice(back.frames.findIndex(({ type }) => type === 'resumed') + 1);
    // Neighbours of one kind are one here.
    const kinds = replay.map(({ type }) => type).filter((type, at, all) => type !== all[at - 1]);
    expect(kinds).toEqual(['echo', 'gap', 'output', 'gap', 'output', 'gmcp', 'caught_up']);
    const [bound, oversize] = back.framesOf('gap');
    expect(bound).toMatchObject({ from: 2, to: output.evicted, reason: 'bound' });
    expect(oversize).toMatchObject({ from: 62, to: 62, reason: 'oversize', bytes: 4097 });
    expect(back.framesOf('gmcp')).toEqual([{ type: 'gmcp', package: 'Char.Vitals', data: { hp: 3 } }]);
    expect(caughtUp.offset).toBe(72);
    expect(output.bytes).toBeLessThanOrEqual(4096);
    expect(output.bytes).toBeGreaterThan(4096 - 101);
    // Lines 0 to 9 have 100 bytes, all others 101.
    const bytes = 10 * 100 + (output.evicted - 1 - 10) * 101;
    expect(forced.events.filter(({ kind }) => kind === 'gap')).toEqual([
      { kind: 'gap', sessionId: id, reason: 'bound', entries: output.evicted - 1, bytes },
      { kind: 'gap', sessionId: id, reason: 'oversize', entries: 1, bytes: 4097 },
    ]);
  });
});

describe('case 10: takeovers', () => {
  const TAKEOVERS = isLong ? 1000 : 200;

  it(`${TAKEOVERS} of them under steady output lose no line, number none twice, and leave nothing counted`, async () => {
    const forced = await startHere();
    const { player, id } = await enter(forced);
    let ticks = 0;
    const tick = (): void => forced.world.print(id, `tick ${(ticks += 1)}`);
    const ticking = setInterval(tick, 1);
    undo.push(() => clearInterval(ticking));

    const lines = new Map<number, string>();
    const read = (from: WebPlayer, through: number): void => {
      for (const { offset, text } of from.framesOf('output')) {
        if (offset > through) continue;
        expect(lines.has(offset)).toBe(false);
        lines.set(offset, text.trim());
      }
    };
    const displaced: WebPlayer[] = [];
    let current = player;
    await current.sees('tick 1');
    for (let n = 1; n <= TAKEOVERS; n += 1) {
      if (n % 3 === 0) current.acknowledge();
      // What the old one is shown from here on is nobody's.
      const { kept } = current;
      const next = await WebPlayer.resume(forced.http, kept);
      expect(next.framesOf('resumed')[0]?.output.from).toBe((kept.offset ?? 0) + 1);
      read(current, kept.offset ?? 0);
      displaced.push(current);
      current = next;
      if (n % 10 === 0) current.command(`word ${n}`);
    }
    clearInterval(ticking);
    const words = Array.from({ length: TAKEOVERS / 10 }, (_, n) => `word ${(n + 1) * 10}`);
    const { output } = await forced.changed(id, ({ commands }) => commands.taken === words.length);
    await current.until('all output', () => current.kept.offset === output.end);
    read(current, output.end);
    expect(new Set(await Promise.all(displaced.map((old) => old.closed())))).toEqual(new Set([4501]));

    const all = [...lines.keys()].toSorted((a, b) => a - b);
    expect(all).toEqual(Array.from({ length: output.end }, (_, n) => n + 1));
    const shown = all.map((offset) => lines.get(offset) ?? '');
    const ticked = shown.filter((line) => line.startsWith('tick'));
    expect(ticked).toEqual(Array.from({ length: ticks }, (_, n) => `tick ${n + 1}`));
    expect(forced.world.carriedOut(id)).toEqual(words);

    await forced.until('the displaced to be gone', () => forced.gateway.connections.count === 1);
    const { presence, chains, output: head } = await forced.session(id);
    expect(presence).toMatchObject({ attachment: TAKEOVERS + 1, attached: true, ready: true });
    expect(chains.map(({ generation }) => generation)).toEqual([TAKEOVERS + 1]);
    expect(chains[0]?.hashes.length).toBeLessThanOrEqual(66);
    const { entries } = await forced.store.readOutput(id, 0, { entries: 1e6, bytes: 1e9 });
    expect(head.entries).toBe(entries.length);
    const bytes = entries.reduce(
      (sum, entry) => sum + ('text' in entry ? Buffer.byteLength(entry.text) : 0),
      0,
    );
    expect(head.bytes).toBe(bytes);
  });
});

describe('case 11: a game that prints fast to a player who is away', () => {
  const MEGABYTES = isLong ? 1000 : 40;
  const canMeasure = existsSync('/proc/self/status');

  it.skipIf(!canMeasure)(
    `fills a bounded memory with ${MEGABYTES} MB, delays nobody else, and the way back comes in pages` +
      (canMeasure ? '' : ' SKIPPED: needs /proc'),
    { timeout: isLong ? 600_000 : 60_000 },
    async () => {
      const flood = await startFloodGame(MEGABYTES * 1_000_000);
      undo.push(() => flood.close());
      const gateway = await start(dataFolder(), '--upstream', `127.0.0.1:${flood.port}`);
      const bob = await enterGame(gateway.http);
      const ann = await enterGame(gateway.http);
      const memoryBefore = memoryOf(gateway.pid);
      ann.command('flood');
      await ann.sees('0 x');
      ann.cut();

      const delays: number[] = [];
      let memory = 0;
      for (let n = 0; !flood.isDone; n += 1) {
        const before = performance.now();
        bob.command(`say ${n}`);
        await bob.sees(`You said: say ${n}\n`);
        bob.acknowledge();
        delays.push(performance.now() - before);
        memory = Math.max(memory, memoryOf(gateway.pid));
      }
      const median = delays.toSorted((a, b) => a - b)[delays.length >> 1];
      expect(median).toBeLessThan(1000);
      expect(memory - memoryBefore).toBeLessThan(200_000_000);

      const back = await WebPlayer.resume(gateway.http, ann.kept);
      let acknowledged = ann.kept.offset ?? 0;
      let pages = 0;
      await back.until('the end of the flood', () => {
        const { offset = 0 } = back.kept;
        if (offset > acknowledged) {
          acknowledged = offset;
          pages += 1;
          back.acknowledge();
        }
        return back.text.includes('The flood is over.');
      });
      expect(pages).toBeGreaterThan(1);
      // The gateway may not have taken in all of it when the player returned.
      const gaps = back.framesOf('gap');
      expect(gaps.length).toBeGreaterThan(0);
      expect(gaps.filter(({ reason }) => reason !== 'bound')).toEqual([]);
    },
  );
});

/** Resident memory of a process, in bytes. */
function memoryOf(pid: number): number {
  return Number(/VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) * 1000;
}

/** A player whose first line was passed on, and who is playing by that. */
async function enterGame(port: number): Promise<WebPlayer> {
  const player = new WebPlayer(port);
  await player.frame('welcome');
  player.command('hello');
  await player.frame('token');
  await player.sees('You said: hello');
  return player;
}

interface FloodGame {
  readonly port: number;
  /** The flood has left, to the last byte. */
  readonly isDone: boolean;
  close(): Promise<void>;
}

/** A game that says every line back, and at the word `flood` prints so many bytes as fast as they are taken. */
async function startFloodGame(bytes: number): Promise<FloodGame> {
  let isDone = false;
  const flood = async (socket: Socket): Promise<void> => {
    for (let line = 0, left = bytes; left > 0; line += 500) {
      const block = Array.from({ length: 500 }, (_, n) => `${line + n} ${'x'.repeat(70)}\n`).join('');
      left -= block.length;
      if (!socket.write(block)) await once(socket, 'drain');
    }
    socket.write('The flood is over.\n', () => {
      isDone = true;
    });
  };
  const server = createServer((socket) => {
    socket.on('error', () => undefined);
    let line = '';
    socket.on('data', (chunk) => {
      const lines = (line + chunk.toString('latin1')).split('\n');
      line = lines.pop() ?? '';
      for (const text of lines.map((found) => found.trim())) {
        if (text === 'flood') void flood(socket);
        else socket.write(`You said: ${text}\n`);
      }
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- A TCP server that listens has no other.
  const { port } = server.address() as AddressInfo;
  return {
    port,
    get isDone() {
      return isDone;
    },
    close: () => new Promise((resolve) => server.close(() => resolve())),
  };
}

describe('case 12: replay and live output, held and new commands', () => {
  it('keep their order, and no clock has to run for it', async () => {
    // Nothing that waits for a timer of the gateway would ever come.
    const clock = new ManualClock();
    const forced = await startHere({ clock, wire: { window_entries: 16 } });
    const { player, id } = await enter(forced);
    for (const text of ['hold', 'held one', 'held two']) player.command(text);
    await player.accepted(3);
    player.cut();
    await forced.left(id);
    forced.world.print(id, ...Array.from({ length: 300 }, (_, n) => `missed ${n}`));
    await forced.changed(id, ({ output }) => output.end === 301);

    const back = await WebPlayer.resume(forced.http, player.kept);
    back.command('new one');
    let live = 0;
    let acknowledged = 0;
    await back.until('the end', () => {
      const { offset = 0 } = back.kept;
      if (offset >= acknowledged + 8) {
        acknowledged = offset;
        back.acknowledge();
        forced.world.print(id, `live ${(live += 1)}`);
      }
      return back.text.includes('"new one"') && back.framesOf('caught_up').length > 0;
    });
    expect(forced.world.carriedOut(id)).toEqual(['hold', 'held one', 'held two', 'new one']);
    const [resumed] = back.framesOf('resumed');
    const [caughtUp] = back.framesOf('caught_up');
    expect(caughtUp?.offset).toBe(resumed?.output.to);
    const at = back.frames.findIndex(({ type }) => type === 'caught_up');
    const before = back.frames.slice(0, at).flatMap((frame) => (frame.type === 'output' ? [frame.text] : []));
    expect(before).toHaveLength(301);
    expect(before.filter((text) => text.startsWith('live'))).toEqual([]);
    expect(live).toBeGreaterThan(300 / 16);
  });
});
