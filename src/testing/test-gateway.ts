import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Store, World } from '../core/index.ts';
import {
  createGateway,
  nodeClock,
  type Gateway,
  type GatewayEvent,
  type GatewayOptions,
} from '../gateway/index.ts';
import { openEmbeddedStore } from '../stores/index.ts';
import { telnet, websocket } from '../transports/index.ts';
import { startFaultyLink, type FaultyLink } from './faulty-link.ts';

type EventOf<Kind extends GatewayEvent['kind']> = Extract<GatewayEvent, { readonly kind: Kind }>;

/** As for `createGateway`; all of it may be left out but the world. */
export interface TestGatewayOptions extends Omit<Partial<GatewayOptions>, 'world' | 'transports'> {
  /** The game; a function makes it anew at each `restart`. */
  readonly world: World | (() => World);
  /** Default: the embedded store, in a folder of its own that goes at the end. */
  readonly store?: Store;
}

/**
 * A whole gateway in the test's own process, on free ports of this machine: the real transports, and the durable store.
 * Resolves when players can come in.
 */
export async function startTestGateway(options: TestGatewayOptions): Promise<TestGateway> {
  const gateway = new TestGateway(options);
  await gateway.restart();
  return gateway;
}

export class TestGateway {
  /** What happened so far. */
  readonly events: GatewayEvent[] = [];
  readonly #options: TestGatewayOptions;
  readonly #links: FaultyLink[] = [];
  #waiting: readonly (() => void)[] = [];
  #folder: string | undefined;
  #gateway: Gateway | undefined;
  #port = 0;
  #telnetPort = 0;

  /** Use `startTestGateway`. */
  constructor(options: TestGatewayOptions) {
    this.#options = options;
  }

  get gateway(): Gateway {
    if (this.#gateway === undefined) throw new Error('the gateway was not started');
    return this.#gateway;
  }

  /** Where its WebSocket is. */
  get url(): string {
    return `ws://127.0.0.1:${this.#port}/play`;
  }

  get port(): number {
    return this.#port;
  }

  get telnetPort(): number {
    return this.#telnetPort;
  }

  /** A link to its WebSocket that fails as it is told to. Closed with the gateway. */
  async link(): Promise<FaultyLink> {
    return this.#linkTo(this.#port);
  }

  /** The same for Telnet. */
  async telnetLink(): Promise<FaultyLink> {
    return this.#linkTo(this.#telnetPort);
  }

  /** Resolves with the first event of this kind (that passes), also where it has happened already. */
  event<Kind extends GatewayEvent['kind']>(
    kind: Kind,
    passes: (event: EventOf<Kind>) => boolean = () => true,
  ): Promise<EventOf<Kind>> {
    return new Promise((resolve) => {
      const look = (): void => {
        const found = this.events.find(
          (event): event is EventOf<Kind> => isOfKind(event, kind) && passes(event),
        );
        if (found === undefined) return;
        this.#waiting = this.#waiting.filter((other) => other !== look);
        resolve(found);
      };
      this.#waiting = [...this.#waiting, look];
      look();
    });
  }

  /**
   * Stops in good order, and starts again on the same ports with what is on the disk. With a store of your own, or a
   * world that is no function, this works only once, as the start.
   */
  async restart(): Promise<void> {
    await this.#gateway?.close();
    const { world, store, onEvent, clock = nodeClock, limits = {}, ...rest } = this.#options;
    this.#folder ??= store === undefined ? await mkdtemp(join(tmpdir(), 'holdfast-testing-')) : undefined;
    this.#gateway = createGateway({
      ...rest,
      clock,
      limits,
      world: typeof world === 'function' ? world() : world,
      store: store ?? (await openEmbeddedStore(this.#folder ?? '', { clock, limits })),
      transports: [websocket({ port: this.#port }), telnet({ port: this.#telnetPort, clock })],
      onEvent: (event) => {
        this.events.push(event);
        onEvent?.(event);
        for (const look of this.#waiting) look();
      },
    });
    const [http, line] = await this.#gateway.listen();
    this.#port = http?.port ?? 0;
    this.#telnetPort = line?.port ?? 0;
  }

  async close(): Promise<void> {
    await this.#gateway?.close();
    await Promise.all(this.#links.map((link) => link.close()));
    if (this.#folder !== undefined) await rm(this.#folder, { recursive: true, force: true });
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  async #linkTo(port: number): Promise<FaultyLink> {
    const link = await startFaultyLink(port);
    this.#links.push(link);
    return link;
  }
}

function isOfKind<Kind extends GatewayEvent['kind']>(
  event: GatewayEvent,
  kind: Kind,
): event is EventOf<Kind> {
  return event.kind === kind;
}
