import type {
  ClientInfo,
  Clock,
  Cryptography,
  Lease,
  Session,
  SessionLimits,
  Store,
  World,
} from '../core/index.ts';
import type { OnEvent } from './event.ts';
import type { PrivateText } from './private-text.ts';
import { WorldEnd } from './world-end.ts';

/** What is in hand at the stop may take so long, in ms. */
const GRACE_MS = 2000;

export interface WorldHostOptions {
  readonly store: Store;
  readonly world: World;
  readonly limits: SessionLimits;
  readonly clock: Clock;
  readonly crypto: Cryptography;
  readonly privateText: PrivateText;
  readonly clientOf: (sessionId: string) => ClientInfo | undefined;
  readonly onEvent: OnEvent;
}

/** Runs one world: holds its lease, and the world's end of every session that is in it. */
export class WorldHost {
  readonly store: Store;
  readonly world: World;
  readonly limits: SessionLimits;
  readonly clock: Clock;
  readonly crypto: Cryptography;
  readonly privateText: PrivateText;
  readonly clientOf: (sessionId: string) => ClientInfo | undefined;
  readonly onEvent: OnEvent;
  readonly #lease: Lease;
  readonly #ends = new Map<string, WorldEnd>();

  private constructor(options: WorldHostOptions, lease: Lease) {
    this.store = options.store;
    this.world = options.world;
    this.limits = options.limits;
    this.clock = options.clock;
    this.crypto = options.crypto;
    this.privateText = options.privateText;
    this.clientOf = options.clientOf;
    this.onEvent = options.onEvent;
    this.#lease = lease;
  }

  /** Takes the lease and, where the world has its players in this process, gives it all that were kept. */
  static async start(options: WorldHostOptions): Promise<WorldHost> {
    const host = new WorldHost(options, await options.store.acquireLease(options.world.name));
    if (options.world.delivery === 'commit') {
      for await (const session of options.store.list()) {
        if (session.world === options.world.name) host.open(session, true);
      }
    }
    return host;
  }

  get lease(): number {
    return this.#lease.number;
  }

  /** The world's end of a session, which opens in the world if it is not there yet. */
  open(session: Session, restored: boolean): WorldEnd {
    const known = this.#ends.get(session.id);
    if (known) return known;
    const end = new WorldEnd(this, session, restored);
    this.#ends.set(session.id, end);
    end.open();
    return end;
  }

  find(sessionId: string): WorldEnd | undefined {
    return this.#ends.get(sessionId);
  }

  forget(sessionId: string): void {
    this.#ends.delete(sessionId);
  }

  /** Lets what is in hand finish, ends all epochs in good order, then stops the world. */
  async stop(): Promise<void> {
    const settled = await Promise.allSettled([...this.#ends.values()].map((end) => end.settle(GRACE_MS)));
    for (const result of settled) {
      if (result.status === 'rejected') {
        this.onEvent({ kind: 'failed', where: 'settle', error: result.reason });
      }
    }
    await this.world.close?.();
  }
}
