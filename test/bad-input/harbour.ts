import {
  createGateway,
  nodeClock,
  type Gateway,
  type GatewayEvent,
  type GatewayOptions,
} from '../../src/gateway/index.ts';
import type { Clock, Store } from '../../src/core/index.ts';
import { memoryStore } from '../../src/stores/index.ts';
import { telnet, websocket } from '../../src/transports/index.ts';
import { demoWorld } from '../../src/worlds/index.ts';
import { LinePlayer } from '../support/line-player.ts';
import { WebPlayer } from '../support/web-player.ts';

/**
 * A gateway in this process, and two innocent players in it, who are connected all the while. Whatever else comes,
 * they play on.
 */
export class Harbour implements AsyncDisposable {
  readonly gateway: Gateway;
  readonly store: Store;
  readonly events: GatewayEvent[];
  readonly http: number;
  readonly telnet: number;
  ann: WebPlayer;
  readonly bob: LinePlayer;
  /** How far the gateway's clock is ahead of the real one, in ms. */
  readonly #advance: (ms: number) => void;
  /** What the innocent said, so that all of it is said once. */
  #said = 0;

  private constructor(
    { gateway, store, events, http, lines, advance }: Awaited<ReturnType<typeof start>>,
    ann: WebPlayer,
    bob: LinePlayer,
  ) {
    this.gateway = gateway;
    this.store = store;
    this.events = events;
    this.http = http;
    this.telnet = lines;
    this.#advance = advance;
    this.ann = ann.keepUp();
    this.bob = bob;
  }

  static async open(options: Pick<GatewayOptions, 'helloTimeoutMs'> = {}): Promise<Harbour> {
    const started = await start(options);
    const ann = await WebPlayer.enter(started.http, 'Ann');
    const bob = await LinePlayer.enter(started.lines, 'Bob');
    return new Harbour(started, ann, bob);
  }

  /** It is later, all at once. */
  advance(ms: number): void {
    this.#advance(ms);
  }

  /** Both are still there, are answered, and hear each other; and no bug was met on the way. */
  async playsOn(): Promise<void> {
    this.#said += 1;
    const { ann, bob } = this;
    await ann.accepted(ann.command(`say first ${this.#said}`));
    await bob.sees(`Ann says, "first ${this.#said}`);
    bob.line(`say second ${this.#said}`);
    await ann.sees(`Bob says, "second ${this.#said}`);
    for (const event of this.events) {
      if (event.kind === 'failed') throw new Error(`failed: ${event.where}`, { cause: event.error });
    }
  }

  /** Somebody came, got a token, and is gone in this way. */
  async leaver(name: string, leave: (player: WebPlayer) => void): Promise<{ token: string; id: string }> {
    const player = await WebPlayer.enter(this.http, name);
    const [welcome] = player.framesOf('welcome');
    const { token } = player.kept;
    leave(player);
    await player.closed();
    return { token, id: welcome?.session ?? '' };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.ann.cut();
    this.bob.cut();
    await this.gateway.close();
  }
}

async function start(options: Pick<GatewayOptions, 'helloTimeoutMs'>) {
  let ahead = 0;
  const clock: Clock = { ...nodeClock, now: () => nodeClock.now() + ahead };
  const events: GatewayEvent[] = [];
  const store = memoryStore({ clock });
  const gateway = createGateway({
    store,
    clock,
    world: demoWorld({ clock, quiet: true }),
    transports: [websocket({ port: 0 }), telnet({ port: 0, clock })],
    onEvent: (event) => events.push(event),
    ...options,
  });
  const [web, lines] = await gateway.listen();
  return {
    gateway,
    store,
    events,
    http: web?.port ?? 0,
    lines: lines?.port ?? 0,
    advance: (ms: number) => {
      ahead += ms;
    },
  };
}
