import type { Clock, Session, Store } from '../../src/core/index.ts';
import { nodeClock, type Gateway, type GatewayEvent } from '../../src/gateway/index.ts';
import { openEmbeddedStore } from '../../src/stores/index.ts';
import { startTestGateway, type TestGateway, type TestGatewayOptions } from '../../src/testing/index.ts';
import { temporaryFolder } from '../support/gateway-process.ts';
import { Changes } from '../support/until.ts';
import { RecordingWorld } from './recording-world.ts';

/** What a test may want otherwise. */
export interface ForcedGatewayOptions extends Partial<
  Pick<TestGatewayOptions, 'limits' | 'wire' | 'authorize' | 'maxConnections' | 'tokenTtlSeconds'>
> {
  /** Default: a folder of its own, removed at the end. */
  readonly folder?: string;
  readonly clock?: Clock;
  /** Stands between the gateway and its store. */
  readonly around?: (store: Store) => Store;
}

/** A gateway in the test's own process: real sockets, the embedded store, and a world that writes down what it did. */
export class ForcedGateway {
  readonly store: Store;
  readonly world: RecordingWorld;
  readonly #kit: TestGateway;
  readonly #changes: Changes;
  readonly #dispose: () => void;

  private constructor(
    store: Store,
    world: RecordingWorld,
    kit: TestGateway,
    changes: Changes,
    dispose: () => void,
  ) {
    this.#dispose = dispose;
    this.store = store;
    this.world = world;
    this.#kit = kit;
    this.#changes = changes;
  }

  static async start(options: ForcedGatewayOptions = {}): Promise<ForcedGateway> {
    const { clock = nodeClock, around = (same) => same, folder: given, ...rest } = options;
    const own = given === undefined ? temporaryFolder() : undefined;
    const store = await openEmbeddedStore(given ?? own?.path ?? '', { clock, limits: rest.limits ?? {} });
    const world = new RecordingWorld();
    const changes = new Changes();
    const onEvent = (): void => changes.changed();
    const kit = await startTestGateway({ ...rest, clock, world, store: around(store), onEvent });
    return new ForcedGateway(store, world, kit, changes, () => own?.remove());
  }

  get gateway(): Gateway {
    return this.#kit.gateway;
  }

  get events(): readonly GatewayEvent[] {
    return this.#kit.events;
  }

  get http(): number {
    return this.#kit.port;
  }

  get telnet(): number {
    return this.#kit.telnetPort;
  }

  /** Looks again after every event of the gateway. */
  until<T>(what: string, look: () => T | undefined | false): Promise<T> {
    return this.#changes.until(what, look);
  }

  /** Resolves when nobody is attached to the session (any more). */
  async left(sessionId: string): Promise<void> {
    await this.changed(sessionId, ({ presence }) => !presence.attached);
  }

  /** Resolves with the session once it is as described. */
  async changed(sessionId: string, passes: (session: Session) => boolean): Promise<Session> {
    const changes = new Changes();
    let now: Session | undefined;
    const cancel = this.store.watch(sessionId, (session) => {
      now = session;
      changes.changed();
    });
    try {
      return await changes.until(`a session like ${passes.toString()}`, () => now && passes(now) && now);
    } finally {
      cancel();
    }
  }

  async session(sessionId: string): Promise<Session> {
    const session = await this.store.read(sessionId);
    if (session === undefined) throw new Error('there is no such session');
    return session;
  }

  async stop(): Promise<void> {
    await this.#kit.close();
    this.#dispose();
  }
}
