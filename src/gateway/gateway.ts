import {
  DEFAULT_LIMITS,
  isPassing,
  WINDOW_LIMIT_MS,
  type ClientInfo,
  type Clock,
  type Cryptography,
  type Listing,
  type NewOutput,
  type Session,
  type SessionLimits,
  type Store,
  type World,
  randomName,
  randomSessionId,
} from '../core/index.ts';
import type {
  ByeReason,
  Converse,
  Limits,
  Link,
  ListenAddress,
  PublicFacts,
  Transport,
} from '../protocol/index.ts';
import { Batch } from './batch.ts';
import type { OnEvent } from './event.ts';
import { FrontDoor } from './front-door.ts';
import type { GatewayCore } from './gateway-core.ts';
import { keepAwake } from './keep-awake.ts';
import { nodeClock } from './node-clock.ts';
import { nodeCrypto } from './node-crypto.ts';
import { ownOutput } from './own-copy.ts';
import { PlayerConversation } from './player-conversation.ts';
import { privateLineMatcher } from './private-lines.ts';
import { PrivateInput } from './private-input.ts';
import { Registry, type ConnectionInfo } from './registry.ts';
import { Sessions } from './sessions.ts';
import { TokenDesk } from './token-desk.ts';
import { WorldHost } from './world-host.ts';

/** How often sessions whose time ran out are closed, in ms, and how many at a time. */
const SWEEP_MS = 1000;
const SWEEP_LIMIT = 1000;

/** When who is not taken in may ask again, in ms. */
const DRAINING_RETRY_MS = 1000;

export interface GatewayOptions {
  readonly store: Store;
  readonly world: World;
  readonly transports: readonly Transport[];
  /** False: no tokens and no resume; a session ends with its connection. */
  readonly enableReconnection?: boolean;
  /** How long a session is kept without its player, unless the game sets it otherwise. */
  readonly tokenTtlSeconds?: number;
  /** What the store was opened with. */
  readonly limits?: Partial<SessionLimits>;
  /** What clients are told of, and held to. */
  readonly wire?: Partial<Omit<Limits, 'queue_commands'>>;
  readonly maxConnections?: number;
  readonly helloTimeoutMs?: number;
  /** How long a player may take to get into the game; then the connection is closed, and with it the session. */
  readonly loginTimeoutSeconds?: number;
  /** First words of lines with arguments that are never logged or held. */
  readonly privateLines?: readonly string[];
  /** Asked at every resume, before the token is spent. */
  readonly authorize?: (session: Session, client: ClientInfo) => boolean | Promise<boolean>;
  readonly onEvent?: OnEvent;
  readonly clock?: Clock;
  readonly crypto?: Cryptography;
}

/** `draining`: nobody is taken in. */
export type GatewayPhase = 'new' | 'listening' | 'draining' | 'closing';

/** A world that this gateway runs. */
export interface WorldStatus {
  readonly name: string;
  readonly delivery: World['delivery'];
  /** The number of the right by which it is run here. */
  readonly lease: number;
  /** Sessions that are open in it now. */
  readonly running: number;
}

export interface Gateway extends AsyncDisposable {
  /** Starts the world, then listens on every transport; resolves with where, in their order. */
  listen(): Promise<readonly ListenAddress[]>;
  readonly phase: GatewayPhase;
  readonly connections: Connections;
  /** There from `listen` on. */
  readonly sessions: Sessions;
  /** There from `listen` on. */
  readonly worlds: readonly WorldStatus[];
  /** Asks the store something that it must look up; resolves with how long that took, in ms. */
  probeStore(): Promise<number>;
  /**
   * Takes no player in any more and sends all that are connected away, to come back elsewhere or later (`bye`,
   * `drain`). Their sessions and the game go on. Resolves with how many there were, when they are gone.
   */
  drain(): Promise<number>;
  /** Takes players in again after `drain`. */
  accept(): void;
  /**
   * Stops in good order: tells every player to come back (`bye`), lets what is in hand finish, makes all durable,
   * and closes the store. Every session stays resumable.
   */
  close(): Promise<void>;
}

/** Sessions by their ids, or all that are attached to this gateway. */
export type Recipients = readonly string[] | 'all';

/** The connections of this gateway. */
export interface Connections {
  readonly count: number;
  list(): readonly ConnectionInfo[];
  /** The one that serves this session. */
  find(sessionId: string): ConnectionInfo | undefined;
  /**
   * Sends output to some sessions, or to `all`; with `away`, `all` leaves it for those without their player too.
   Resolves with the number of sessions that it was written to.
   */
  send(to: Recipients, output: NewOutput, options?: { readonly away?: boolean }): Promise<number>;
  /** Ends a session's connection. The session stays. */
  disconnect(sessionId: string, reason?: ByeReason): boolean;
}

export const DEFAULT_WIRE: Omit<Limits, 'queue_commands'> = {
  frame_bytes: 65_536,
  command_bytes: 4096,
  window_bytes: 65_536,
  window_entries: 256,
  ping_ms: 30_000,
};

/** Puts a store, a world and transports together. Nothing runs before `listen`. */
export function createGateway(options: GatewayOptions): Gateway {
  return new RunningGateway(options);
}

class RunningGateway implements Gateway {
  readonly connections: Connections;
  readonly #options: GatewayOptions;
  readonly #registry = new Registry();
  readonly #clock: Clock;
  readonly #crypto: Cryptography;
  #core: GatewayCore | undefined;
  #phase: GatewayPhase = 'new';
  #nextConnection = 1;
  #cancelSweep: (() => void) | undefined;
  #closed: Promise<void> | undefined;

  constructor(options: GatewayOptions) {
    this.#options = options;
    this.#clock = options.clock ?? nodeClock;
    this.#crypto = options.crypto ?? nodeCrypto;
    this.connections = this.#connections();
  }

  async listen(): Promise<readonly ListenAddress[]> {
    const core = (this.#core ??= await this.#start());
    this.#phase = 'listening';
    const since = this.#clock.now();
    const ports = new Map<string, number>();
    const addresses: ListenAddress[] = [];
    for (const transport of this.#options.transports) {
      const { limits } = core.playerSettings;
      const converse: Converse = (link) => this.#converse(link);
      const address = await transport.listen(converse, limits, () => this.#publicFacts(since, ports));
      ports.set(transport.name, address.port);
      addresses.push(address);
    }
    this.#sweepLater();
    return addresses;
  }

  get phase(): GatewayPhase {
    return this.#phase;
  }

  get sessions(): Sessions {
    return this.#running.sessions;
  }

  get worlds(): readonly WorldStatus[] {
    const { host } = this.#running;
    const { name, delivery } = host.world;
    return [{ name, delivery, lease: host.lease, running: host.count }];
  }

  async probeStore(): Promise<number> {
    const { store } = this.#options;
    const startedAt = performance.now();
    // A session that nobody has is in no cache.
    await store.read(randomSessionId(this.#crypto));
    return performance.now() - startedAt;
  }

  async drain(): Promise<number> {
    if (this.#phase !== 'listening' && this.#phase !== 'draining') return 0;
    this.#phase = 'draining';
    return this.#dismissAll('drain');
  }

  accept(): void {
    if (this.#phase === 'draining') this.#phase = 'listening';
  }

  close(): Promise<void> {
    // Whoever brings a clock sees to it that the time goes on.
    this.#closed ??= this.#clock === nodeClock ? keepAwake(this.#stop()) : this.#stop();
    return this.#closed;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  get #running(): GatewayCore {
    if (this.#core === undefined) throw new Error('the gateway does not listen yet');
    return this.#core;
  }

  async #start(): Promise<GatewayCore> {
    const { store, world, onEvent = () => undefined, authorize = () => true } = this.#options;
    const limits = { ...DEFAULT_LIMITS, ...this.#options.limits };
    const privateInput = new PrivateInput(this.#crypto);
    const registry = this.#registry;
    const desk = new TokenDesk(store, this.#crypto);
    const host = await WorldHost.start({
      frontDoor: new FrontDoor(store, desk, registry, world, onEvent),
      store,
      world,
      limits,
      clock: this.#clock,
      crypto: this.#crypto,
      privateInput,
      onEvent,
    });
    return {
      store,
      host,
      registry,
      privateInput,
      onEvent,
      authorize,
      sessions: new Sessions({
        store,
        onEvent,
        worldName: world.name,
        isRunning: (id) => host.find(id) !== undefined,
      }),
      clock: this.#clock,
      crypto: this.#crypto,
      desk,
      batch: new Batch(),
      resumeWindowMs: Math.min((this.#options.tokenTtlSeconds ?? 3600) * 1000, WINDOW_LIMIT_MS),
      playerSettings: {
        limits: { ...DEFAULT_WIRE, ...this.#options.wire, queue_commands: limits.queueCommands },
        enableReconnection: this.#options.enableReconnection ?? true,
        helloTimeoutMs: this.#options.helloTimeoutMs ?? 10_000,
        storedTimeoutMs: 10_000,
        loginTimeoutMs: (this.#options.loginTimeoutSeconds ?? 300) * 1000,
        stallTimeoutMs: 60_000,
      },
      isPrivateLine: privateLineMatcher(this.#options.privateLines),
      isPassing,
    };
  }

  #publicFacts(since: number, ports: ReadonlyMap<string, number>): PublicFacts {
    return { players: this.#registry.sessionIds().length, ports, since, listing: this.#listing() };
  }

  /** Anybody may ask for it: a world's bug in it must end nothing. */
  #listing(): Listing {
    try {
      const told = this.#options.world.listing?.() ?? [];
      return new Map([...told].map(([name, values]) => [name, values.map(String)]));
    } catch (error) {
      this.#options.onEvent?.({ kind: 'failed', where: 'world.listing', error });
      return new Map();
    }
  }

  #converse(link: Link): PlayerConversation {
    const conversation = new PlayerConversation(this.#running, link, this.#nextConnection);
    this.#nextConnection += 1;
    const isFull = this.#registry.count >= (this.#options.maxConnections ?? 10_000);
    this.#registry.add(conversation);
    if (this.#phase !== 'listening') conversation.fail('draining', { retryAfterMs: DRAINING_RETRY_MS });
    else if (isFull) conversation.fail('server_full', { retryAfterMs: 10_000 });
    return conversation;
  }

  #sweepLater(): void {
    this.#cancelSweep = this.#clock.after(SWEEP_MS, () => {
      this.#sweep()
        .catch((error: unknown) => this.#options.onEvent?.({ kind: 'failed', where: 'sweep', error }))
        .finally(() => {
          if (this.#phase !== 'closing') this.#sweepLater();
        });
    });
  }

  /** Closes sessions whose time ran out. Those that nobody watches are told to the application here. */
  async #sweep(): Promise<void> {
    for (const sessionId of await this.#options.store.due(SWEEP_LIMIT)) {
      // One that is damaged on the disk is in nobody else's way.
      await this.#expire(sessionId).catch((error: unknown) => {
        this.#options.onEvent?.({ kind: 'failed', sessionId, where: 'sweep', error });
      });
    }
  }

  async #expire(sessionId: string): Promise<void> {
    const watched = this.#core?.host.find(sessionId) !== undefined;
    const outcome = await this.#options.store.apply(sessionId, { kind: 'expire' });
    if (outcome.kind === 'done' && !watched) {
      this.#options.onEvent?.({ kind: 'closed', sessionId, reason: 'expired' });
    }
  }

  async #stop(): Promise<void> {
    this.#phase = 'closing';
    this.#cancelSweep?.();
    await this.#dismissAll('shutdown');
    await Promise.all(this.#options.transports.map((transport) => transport.close()));
    await this.#core?.host.stop();
    await this.#options.store.close();
  }

  /** Resolves when all who were connected are gone and their sessions know it. */
  async #dismissAll(reason: ByeReason): Promise<number> {
    const conversations = this.#registry.conversations();
    for (const conversation of conversations) conversation.dismiss(reason);
    await Promise.all(conversations.map((conversation) => conversation.done));
    return conversations.length;
  }

  #connections(): Connections {
    const registry = this.#registry;
    return {
      get count() {
        return registry.count;
      },
      list: () => registry.list(),
      find: (sessionId) => registry.attached(sessionId)?.info,
      send: (to, output, { away = false } = {}) => this.#send(to, output, away),
      disconnect: (sessionId, reason = 'detached') => {
        const conversation = registry.attached(sessionId);
        conversation?.dismiss(reason);
        return conversation !== undefined;
      },
    };
  }

  async #send(to: Recipients, output: NewOutput, away: boolean): Promise<number> {
    const own = ownOutput([output], 'commit');
    const ids = to === 'all' ? await this.#everyone(away) : to;
    const written = await Promise.all(ids.map((id) => this.#write(id, own)));
    return written.filter(Boolean).length;
  }

  async #everyone(away: boolean): Promise<readonly string[]> {
    if (!away) return this.#registry.sessionIds();
    const ids: string[] = [];
    for await (const session of this.#options.store.list()) ids.push(session.id);
    return ids;
  }

  async #write(sessionId: string, output: readonly NewOutput[]): Promise<boolean> {
    const { store } = this.#options;
    const end = this.#core?.host.find(sessionId);
    if (end) {
      end.show(output);
      return true;
    }
    // Nobody runs the world's end of this session now: a run of its own, that ends with it.
    const outcome = await store.apply(sessionId, {
      kind: 'commit',
      lease: this.#core?.host.lease ?? 0,
      epoch: randomName(this.#crypto),
      output,
      settled: true,
    });
    return outcome.kind === 'committed';
  }
}
