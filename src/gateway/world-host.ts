import type { Session } from '../core/index.ts';
import type { WorldContext } from './world-context.ts';
import { WorldEnd } from './world-end.ts';

/** What is in hand at the stop may take so long, in ms. */
const GRACE_MS = 2000;

export type WorldHostOptions = Omit<WorldContext, 'lease' | 'forget'>;

/** Runs one world: holds its lease, and the world's end of every session that is in it. */
export class WorldHost {
  readonly #context: WorldContext;
  readonly #ends = new Map<string, WorldEnd>();

  private constructor(options: WorldHostOptions, lease: number) {
    this.#context = { ...options, lease, forget: (sessionId) => this.#ends.delete(sessionId) };
  }

  /** Takes the lease and, where the world has its players in this process, gives it all that were kept. */
  static async start(options: WorldHostOptions): Promise<WorldHost> {
    const { store, world } = options;
    const lease = await store.acquireLease(world.name);
    const host = new WorldHost(options, lease.number);
    if (world.delivery === 'commit') {
      for await (const session of store.list()) {
        if (session.world === world.name) host.#reopen(session);
      }
    }
    return host;
  }

  get world(): WorldContext['world'] {
    return this.#context.world;
  }

  /** Sessions that are open in the world. */
  get count(): number {
    return this.#ends.size;
  }

  get lease(): number {
    return this.#context.lease;
  }

  /** The world's end of a session, which opens in the world if it is not there yet. */
  open(session: Session, restored: boolean): WorldEnd {
    const known = this.#ends.get(session.id);
    if (known) return known;
    const end = new WorldEnd(this.#context, session, restored);
    this.#ends.set(session.id, end);
    end.open();
    return end;
  }

  /** One that the world does not take is kept, and is tried again when its player returns. */
  #reopen(session: Session): void {
    try {
      this.open(session, true);
    } catch (error) {
      this.#context.onEvent({ kind: 'failed', where: 'world.open', sessionId: session.id, error });
    }
  }

  find(sessionId: string): WorldEnd | undefined {
    return this.#ends.get(sessionId);
  }

  /** Lets what is in hand finish, ends all epochs in good order, then stops the world. */
  async stop(): Promise<void> {
    const settled = await Promise.allSettled([...this.#ends.values()].map((end) => end.settle(GRACE_MS)));
    for (const result of settled) {
      if (result.status === 'rejected') {
        this.#context.onEvent({ kind: 'failed', where: 'settle', error: result.reason });
      }
    }
    await this.world.close?.();
  }
}
