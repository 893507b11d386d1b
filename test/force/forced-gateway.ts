import type { Clock, Session, Store } from '../../src/core/index.ts';
import {
  createGateway,
  nodeClock,
  type Gateway,
  type GatewayEvent,
  type GatewayOptions,
} from '../../src/gateway/index.ts';
import { openEmbeddedStore } from '../../src/stores/index.ts';
import { telnet, websocket } from '../../src/transports/index.ts';
import { temporaryFolder } from '../support/gateway-process.ts';
import { Changes } from '../support/until.ts';
import { RecordingWorld } from './recording-world.ts';

/** What a test may want otherwise. */
export interface ForcedGatewayOptions extends Partial<
  Pick<GatewayOptions, 'limits' | 'wire' | 'authorize' | 'maxConnections' | 'tokenTtlSeconds'>
> {
  /** Default: a folder of its own, removed at the end. */
  readonly folder?: string;
  readonly clock?: Clock;
  /** Stands between the gateway and its store. */
  readonly around?: (store: Store) => Store;
}

/** A gateway in the test's own process: real sockets, the embedded store, and a world that writes down what it did. */
export class ForcedGateway {
  readonly gateway: Gateway;
  readonly store: Store;
  readonly world: RecordingWorld;
  readonly events: GatewayEvent[] = [];
  http = 0;
  telnet = 0;
  readonly #changes = new Changes();
  readonly #dispose: () => void;

  private constructor(store: Store, options: ForcedGatewayOptions, dispose: () => void) {
    const { clock = nodeClock, around = (same) => same, folder: _, ...rest } = options;
    this.#dispose = dispose;
    this.store = store;
    this.world = new RecordingWorld();
    this.gateway = createGateway({
      ...rest,
      clock,
      store: around(store),
      world: this.world,
      transports: [websocket({ port: 0 }), telnet({ port: 0, clock })],
      onEvent: (event) => {
        this.events.push(event);
        this.#changes.changed();
      },
    });
  }

  static async start(options: ForcedGatewayOptions = {}): Promise<ForcedGateway> {
    const { clock = nodeClock, limits = {} } = options;
    const own = options.folder === undefined ? temporaryFolder() : undefined;
    const folder = options.folder ?? own?.path ?? '';
    const forced = new ForcedGateway(await openEmbeddedStore(folder, { clock, limits }), options, () =>
      own?.remove(),
    );
    const [http, line] = await forced.gateway.listen();
    forced.http = http?.port ?? 0;
    forced.telnet = line?.port ?? 0;
    return forced;
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
    await this.gateway.close();
    this.#dispose();
  }
}
