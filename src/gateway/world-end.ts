import {
  isCrowded,
  WINDOW_LIMIT_MS,
  type Append,
  type Awaitable,
  type ClientInfo,
  type Draft,
  type Json,
  type Missing,
  type NewOutput,
  type OutcomeOf,
  type Overflow,
  type Session,
  type WorldPlayer,
  type WorldSession,
  type WorldState,
} from '../core/index.ts';
import { CommandFeed } from './command-feed.ts';
import { ownJson, ownOutput } from './own-copy.ts';
import { SessionWriter } from './session-writer.ts';
import type { WorldContext } from './world-context.ts';

/**
 * The world's end of one session: what the world may call, and what it is told. It acts on what the store tells it
 * of the session; whoever else changed that may be anywhere.
 */
export class WorldEnd implements WorldSession {
  readonly id: string;
  readonly restored: boolean;
  readonly #context: WorldContext;
  readonly #writer: SessionWriter;
  readonly #feed: CommandFeed;
  #session: Session;
  #player: WorldPlayer | undefined;
  /** Who the world was told is there, while it has not been told that they left. */
  #told: { readonly attachment: number; client: ClientInfo } | undefined;
  /** The player is at the front door, and not decided on. */
  #entering: Promise<void> | undefined;
  /** The player is about to go on in an older session. */
  #isLeft = false;
  readonly #waitingForRoom: (() => void)[] = [];
  #isOver = false;
  readonly #unwatch: () => void;

  constructor(context: WorldContext, session: Session, restored: boolean) {
    const { store, clock, crypto, lease } = context;
    this.#context = context;
    this.id = session.id;
    this.restored = restored;
    this.#session = session;
    this.#writer = new SessionWriter({
      store,
      clock,
      crypto,
      sessionId: this.id,
      lease,
      onFailure: (error) => this.#failed('commit', error),
    });
    this.#feed = new CommandFeed({
      context,
      session: () => this.#session,
      writer: this.#writer,
      entered: () => this.#entering,
      onFailure: (where, error) => this.#failed(where, error),
    });
    this.#unwatch = store.watch(this.id, (changed) => this.#changed(changed));
  }

  /** Gives the session to the world, which may throw. Called once, right after the constructor. */
  open(): void {
    if (this.restored) this.#feed.takeOver();
    const player = this.#openInWorld();
    this.#player = player;
    this.#changed(this.#session);
    this.#feed.begin(player);
    this.#endIfMissing().catch((error: unknown) => this.#failed('open', error));
  }

  /** Nothing is left of what the world did not take. */
  #openInWorld(): WorldPlayer {
    try {
      return this.#context.world.open(this);
    } catch (error) {
      this.#stop();
      this.#context.forget(this.id);
      throw error;
    }
  }

  /** A session that ended before it was watched tells nobody. */
  async #endIfMissing(): Promise<void> {
    if ((await this.#context.store.read(this.id)) === undefined && !this.#isOver) this.#closed('closed');
  }

  get account(): string | undefined {
    return this.#session.account;
  }

  /** A copy: one that the world changes in place is not what it committed. */
  get data(): Json | undefined {
    const { data } = this.#session;
    return data === undefined ? undefined : ownJson(data);
  }

  get client(): ClientInfo | undefined {
    return this.#session.presence.client;
  }

  send(...output: readonly NewOutput[]): void {
    if (output.length > 0)
      this.#guard('send', () => this.show(ownOutput(output, this.#context.world.delivery)));
  }

  /** Writes output that nobody else has. */
  show(output: readonly NewOutput[]): void {
    this.#writer.write({ output });
  }

  keep(data: Json): void {
    this.#guard('keep', () => this.#writer.write({ data: ownJson(data) }));
  }

  playing(account?: string): void {
    // Who was playing already has only come back to the game.
    if (account === undefined || this.#session.stage === 'playing') return this.#enter(account, []);
    this.#entering = this.#comeIn(account).catch((error: unknown) => this.#failed('front door', error));
  }

  /** By the front door: an older session of the account may take the place of this one. */
  async #comeIn(account: string): Promise<void> {
    const { frontDoor } = this.#context;
    const entrance = await frontDoor.enter(this.id, account);
    if (entrance.kind === 'enters') return this.#enter(account, entrance.unread);
    const token = await frontDoor.claim(entrance.kept);
    if (token === undefined) return this.#enter(account, []);
    // Nothing more is accepted, or begun: what waits now goes with the player.
    this.#isLeft = true;
    void this.#feed.stop();
    await frontDoor.resume(this.id, entrance.kept, token);
  }

  #enter(account: string | undefined, unread: readonly NewOutput[]): void {
    const facts = { stage: 'playing', worldState: 'up', output: unread } as const;
    this.#writer.write(account === undefined ? facts : { ...facts, account });
  }

  authenticating(): void {
    this.#writer.write({ stage: 'authenticating', worldState: 'login' });
  }

  state(worldState: WorldState): void {
    this.#writer.write({ worldState });
  }

  lose(): void {
    this.#feed.lose();
  }

  setResumeWindow(windowMs: number): void {
    this.#guard('setResumeWindow', () => {
      const boundMs = Math.floor(Math.min(Math.max(0, windowMs), WINDOW_LIMIT_MS));
      if (Number.isNaN(boundMs)) throw new TypeError('the window must be a number');
      this.#writer.write({ windowMs: boundMs });
    });
  }

  setOverflow(overflow: Overflow): void {
    this.#writer.write({ overflow });
  }

  whenRoom(): Promise<void> {
    if (this.#hasRoom) return Promise.resolve();
    return new Promise((resolve) => this.#waitingForRoom.push(resolve));
  }

  report(where: string, error: Error): void {
    this.#failed(`world.${where}`, error);
  }

  end(reason = 'world_closed'): void {
    this.#feed.end(reason);
  }

  /** Appends a player's command. One that the world waits for is taken in the same step. */
  append(append: Draft<Append>): Awaitable<OutcomeOf<Append> | Missing> {
    return this.#isLeft ? STALE : this.#feed.append(append);
  }

  /** A line that must not be in any log: so is one of which the world cannot tell. */
  isPrivate(text: string): boolean {
    let isPrivate = true;
    this.#guard('isPrivate', () => {
      isPrivate = this.#player?.isPrivate?.(text) ?? false;
    });
    return isPrivate;
  }

  passing(packageName: string, data: Json | undefined): void {
    this.#guard('passing', () => this.#player?.passing?.(packageName, data));
  }

  /**
   * The process ends in good order: what is in hand may finish until `graceMs` have passed, and the epoch ends. A
   * command that was not answered by then is not taken: an in-process world gets it again after the restart.
   */
  async settle(graceMs: number): Promise<void> {
    this.#stop();
    const late = Symbol('late');
    const grace = new Promise<typeof late>((resolve) => {
      this.#context.clock.after(graceMs, () => resolve(late));
    });
    const isLate = (await Promise.race([this.#feed.stop(), grace])) === late;
    await this.#writer.settle(isLate ? {} : { sent: this.#feed.passed });
  }

  #stop(): void {
    this.#isOver = true;
    this.#unwatch();
    this.#writer.stop();
  }

  get #hasRoom(): boolean {
    const { output, overflow } = this.#session;
    return this.#isOver || overflow !== 'slow_world' || !isCrowded(output, this.#context.limits);
  }

  #tellRoom(): void {
    if (this.#waitingForRoom.length === 0 || !this.#hasRoom) return;
    for (const resolve of this.#waitingForRoom.splice(0)) resolve();
  }

  #changed(session: Session): void {
    if (this.#isOver) return;
    this.#session = session;
    this.#tellRoom();
    if (session.stage === 'closed') return this.#closed(session.ending ?? 'closed');
    if (this.#player === undefined) return;
    this.#tellPresence(session);
    this.#feed.look();
  }

  /** Tells the world who is there: not before the client is ready, and never of one that is gone already. */
  #tellPresence({ presence }: Session): void {
    const { attachment, attached, ready, client = UNKNOWN } = presence;
    const isThere = attached && ready;
    const told = this.#told;
    if (isThere && told?.attachment === attachment) return this.#tellClient(told, client);
    this.#told = isThere ? { attachment, client } : undefined;
    if (told) this.#guard('detached', () => this.#player?.detached?.());
    if (isThere) this.#guard('attached', () => this.#player?.attached?.(client));
  }

  #tellClient(told: { client: ClientInfo }, client: ClientInfo): void {
    if (told.client === client) return;
    told.client = client;
    this.#guard('described', () => this.#player?.described?.(client));
  }

  #closed(reason: string): void {
    this.#stop();
    void this.#feed.stop();
    this.#tellRoom();
    this.#context.forget(this.id);
    this.#guard('closed', () => this.#player?.closed?.(reason));
    this.#context.onEvent({ kind: 'closed', sessionId: this.id, reason });
  }

  /** A world's bug ends nothing but what it was about. */
  #guard(where: string, call: () => void): void {
    try {
      call();
    } catch (error) {
      this.#context.onEvent({ kind: 'failed', sessionId: this.id, where: `world.${where}`, error });
    }
  }

  #failed(where: string, error: unknown): void {
    this.#context.onEvent({ kind: 'failed', sessionId: this.id, where, error });
  }
}

const STALE = { kind: 'stale' } as const;
const UNKNOWN: ClientInfo = { transport: 'unknown' };
