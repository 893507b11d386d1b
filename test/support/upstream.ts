import { afterEach, expect, vi } from 'vitest';
import type {
  ClientInfo,
  DropReason,
  Json,
  NewOutput,
  World,
  WorldCommand,
  WorldPlayer,
  WorldSession,
  WorldState,
} from '../../src/core/index.ts';
import { upstreamWorld, type UpstreamWorldOptions } from '../../src/worlds/upstream/upstream-world.ts';
import { startLineGame, type LineGame, type LineGameOptions } from './line-game.ts';
import { ManualClock } from './manual-clock.ts';

// A player in a game behind the gateway, without a gateway: the world is real, and so is the connection to the game.

const TELNET: ClientInfo = { transport: 'telnet', columns: 80, rows: 24 };

/** What the world did, in its order. */
type Deed =
  | NewOutput
  | { kind: 'is'; state: WorldState | 'playing' | `playing as ${string}` }
  | { kind: 'window'; windowMs: number }
  | { kind: 'report'; where: string; error: Error }
  | { kind: 'lose' | 'end' };

/** A session without a gateway: it writes down what the world did. */
export class FakeSession implements WorldSession {
  readonly id = 'session';
  readonly restored: boolean;
  readonly account = undefined;
  readonly data = undefined;
  client: ClientInfo | undefined = TELNET;
  readonly deeds: Deed[] = [];

  constructor(restored: boolean) {
    this.restored = restored;
  }

  send(...output: readonly NewOutput[]): void {
    this.deeds.push(...output);
  }

  keep(): void {}

  playing(account?: string): void {
    this.deeds.push({ kind: 'is', state: account === undefined ? 'playing' : `playing as ${account}` });
  }

  authenticating(): void {
    this.state('login');
  }

  state(state: WorldState): void {
    this.deeds.push({ kind: 'is', state });
  }

  lose(): void {
    this.deeds.push({ kind: 'lose' });
  }

  setResumeWindow(windowMs: number): void {
    this.deeds.push({ kind: 'window', windowMs });
  }

  setOverflow(): void {}

  whenRoom(): Promise<void> {
    return Promise.resolve();
  }

  report(where: string, error: Error): void {
    this.deeds.push({ kind: 'report', where, error });
  }

  end(reason?: string): void {
    expect(reason).toBe('world_closed');
    this.deeds.push({ kind: 'end' });
  }
}

/** A player, and the gateway's part in between. */
export class Player {
  readonly session: FakeSession;
  readonly #end: WorldPlayer;
  readonly #clock: ManualClock;
  #seq = 0;

  constructor(world: World & { clock: ManualClock }, { restored = false } = {}) {
    this.session = new FakeSession(restored);
    this.#clock = world.clock;
    this.#end = world.open(this.session);
  }

  attach(client: ClientInfo = TELNET): this {
    this.session.client = client;
    this.#end.attached?.(client);
    return this;
  }

  detach(): void {
    this.session.client = undefined;
    this.#end.detached?.();
    // What is due at once.
    this.#clock.advance(0);
  }

  resize(columns: number, rows: number): void {
    this.describe({ ...TELNET, ...this.session.client, columns, rows });
  }

  describe(client: ClientInfo): void {
    this.session.client = client;
    this.#end.described?.(client);
  }

  pass(packageName: string, data?: Json): void {
    this.#end.passing?.(packageName, data);
  }

  close(reason = 'expired'): void {
    this.#end.closed?.(reason);
  }

  get isPrivate(): boolean {
    return this.isPrivateLine('');
  }

  isPrivateLine(text: string): boolean {
    return this.#end.isPrivate?.(text) ?? false;
  }

  async send(what: Partial<WorldCommand>): Promise<void> {
    this.#seq += 1;
    await this.#end.command({ seq: this.#seq, at: this.#clock.now(), held: false, ...what });
  }

  async type(...lines: readonly string[]): Promise<void> {
    for (const text of lines) await this.send({ text });
  }

  /** Types a line that cannot reach the game, and is told so. */
  async loses(text: string, reason: DropReason): Promise<void> {
    await this.type(text);
    expect(this.facts.at(-1)).toEqual({ kind: 'dropped', seq: this.#seq, reason });
  }

  /** All text so far. */
  get text(): string {
    return textOf(this.session.deeds);
  }

  /** What happened since the player was last at a login of the game. */
  get #sinceLogin(): readonly Deed[] {
    const { deeds } = this.session;
    return deeds.slice(deeds.findLastIndex((deed) => deed.kind === 'is' && deed.state === 'login') + 1);
  }

  get ended(): boolean {
    return this.session.deeds.some(({ kind }) => kind === 'end');
  }

  /** What happened beside the text. */
  get facts(): readonly (string | Deed)[] {
    return this.session.deeds.flatMap((deed) => {
      if (deed.kind === 'text') return [];
      if (deed.kind === 'is') return deed.state;
      return deed.kind === 'lose' || deed.kind === 'end' ? deed.kind : deed;
    });
  }

  async sees(text: string | RegExp): Promise<void> {
    await vi.waitFor(() => expect(this.text).toMatch(text), { timeout: 5000, interval: 2 });
  }

  async becomes(...facts: readonly unknown[]): Promise<void> {
    await until(() => expect(this.facts.slice(-facts.length)).toEqual(facts));
  }

  async logIn(name = 'Ada'): Promise<void> {
    await this.answerLogin(name);
    await this.enters();
  }

  /** The same, where something else shows that the player is in. */
  async answerLogin(name = 'Ada'): Promise<void> {
    const sees = (text: string): Promise<void> =>
      until(() => expect(textOf(this.#sinceLogin)).toContain(text));
    await sees('What is your name?');
    await this.type(name);
    await sees('Password:');
    await this.type('secret');
    await sees(`Welcome, ${name}.`);
  }

  /** The game has answered, and does not hide what is typed next. */
  async enters(): Promise<void> {
    await until(() => {
      this.#clock.advance(250);
      const states = this.#sinceLogin.map((deed) => (deed.kind === 'is' ? deed.state : ''));
      expect(states).toContainEqual(expect.stringMatching(/^playing/));
    });
  }
}

function textOf(deeds: readonly Deed[]): string {
  return deeds.map((deed) => (deed.kind === 'text' ? deed.text : '')).join('');
}

/** Waits until nothing in it throws. */
export async function until(check: () => void): Promise<void> {
  await vi.waitFor(check, { timeout: 5000, interval: 2 });
}

const cleanups: (() => unknown)[] = [];

afterEach(async () => {
  for (const cleanup of cleanups.splice(0).toReversed()) await cleanup();
});

export async function startGame(options?: LineGameOptions): Promise<LineGame> {
  const game = await startLineGame(options);
  cleanups.push(() => game.close());
  return game;
}

/** A port that nobody listens at. */
export async function freePort(): Promise<number> {
  const game = await startLineGame();
  await game.close();
  return game.port;
}

export function openWorld(
  port: number,
  options: Partial<UpstreamWorldOptions> = {},
): World & { clock: ManualClock } {
  const clock = new ManualClock();
  const world = upstreamWorld({ host: '127.0.0.1', port, clock, random: () => 0, ...options });
  cleanups.push(() => world.close?.());
  return { ...world, clock };
}

/** A game, and a player who is in it. */
export async function play(
  gameOptions?: LineGameOptions,
  options?: Partial<UpstreamWorldOptions>,
): Promise<{ game: LineGame; world: World & { clock: ManualClock }; player: Player }> {
  const game = await startGame(gameOptions);
  const world = openWorld(game.port, options);
  const player = new Player(world).attach();
  if (options?.upPattern === undefined && options?.upGmcp === undefined) await player.logIn();
  else await player.answerLogin();
  return { game, world, player };
}
