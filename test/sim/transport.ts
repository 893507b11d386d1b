import type { ClientInfo, Clock } from '../../src/core/index.ts';
import {
  decodeClientFrame,
  encodeServerFrame,
  type ClientFrame,
  type Conversation,
  type Converse,
  type Limits,
  type Link,
  type ListenAddress,
  type PlayerTraits,
  type ServerFrame,
  type Transport,
} from '../../src/protocol/index.ts';
import type { Connection, Message, ServerSide } from './network.ts';

/** What the simulation sees of a connection at the gateway's side. */
export interface LinkWatcher {
  accepted(link: SimulatedLink): void;
  sent(link: SimulatedLink, frame: ServerFrame): void;
  received(link: SimulatedLink, frame: ClientFrame): void;
  ended(link: SimulatedLink, reason: string): void;
}

/** A connection that answers no ping for so long is cut, in ms. */
const PING_MS = 30_000;
const CLOSE_TIMEOUT_MS = 2000;

/** WebSockets over the simulated network, for one gateway process. */
export class SimulatedTransport implements Transport {
  readonly name = 'simulated';
  readonly #clock: Clock;
  readonly #limits: Limits;
  readonly #watcher: LinkWatcher;
  readonly #links = new Set<SimulatedLink>();
  #converse: Converse | undefined;

  constructor(clock: Clock, limits: Limits, watcher: LinkWatcher) {
    this.#clock = clock;
    this.#limits = limits;
    this.#watcher = watcher;
  }

  /** Connections that the gateway has not let go of. */
  get links(): ReadonlySet<SimulatedLink> {
    return this.#links;
  }

  listen(converse: Converse): Promise<ListenAddress> {
    this.#converse = converse;
    this.#pingLater();
    return Promise.resolve({ host: 'simulation', port: 1 });
  }

  async close(): Promise<void> {
    this.#converse = undefined;
    await Promise.all([...this.#links].map((link) => link.closed));
  }

  /** A player dialed; `undefined` where nobody listens. */
  accept(connection: Connection, traits: PlayerTraits): ServerSide | undefined {
    if (this.#converse === undefined) return undefined;
    const link = new SimulatedLink(connection, traits, this.#clock, this.#watcher);
    this.#links.add(link);
    this.#watcher.accepted(link);
    link.start(this.#converse(link), this.#limits, () => this.#links.delete(link));
    return link;
  }

  /** The process is dead. */
  die(code: number | undefined): void {
    this.#converse = undefined;
    for (const link of this.#links) link.die(code);
  }

  #pingLater(): void {
    this.#clock.after(PING_MS, () => {
      if (this.#converse === undefined) return;
      for (const link of this.#links) link.ping();
      this.#pingLater();
    });
  }
}

/** The gateway's side of one connection. */
export class SimulatedLink implements Link, ServerSide {
  readonly traits: PlayerTraits;
  readonly client: ClientInfo = { transport: 'simulated' };
  readonly connection: Connection;
  readonly closed: Promise<void>;
  readonly #clock: Clock;
  readonly #watcher: LinkWatcher;
  #conversation: Conversation | undefined;
  #limits: Limits | undefined;
  #onGone: () => void = () => undefined;
  #resolveClosed: () => void = () => undefined;
  #heard = true;
  #isEnded = false;
  #isDead = false;

  constructor(connection: Connection, traits: PlayerTraits, clock: Clock, watcher: LinkWatcher) {
    this.connection = connection;
    this.traits = traits;
    this.#clock = clock;
    this.#watcher = watcher;
    this.closed = new Promise((resolve) => {
      this.#resolveClosed = resolve;
    });
  }

  get isEnded(): boolean {
    return this.#isEnded;
  }

  start(conversation: Conversation, limits: Limits, onGone: () => void): void {
    this.#conversation = conversation;
    this.#limits = limits;
    this.#onGone = onGone;
  }

  send(frame: ServerFrame): void {
    if (this.#isEnded || this.#isDead) return;
    this.#watcher.sent(this, frame);
    this.connection.down.send({ kind: 'text', text: encodeServerFrame(frame) });
  }

  end(closeCode: number, reason: string): void {
    if (this.#isEnded || this.#isDead) return;
    this.#isEnded = true;
    this.#watcher.ended(this, reason);
    this.connection.down.send({ kind: 'close', code: closeCode });
    this.#clock.after(CLOSE_TIMEOUT_MS, () => this.#cut());
  }

  message(message: Message): void {
    if (this.#isDead) return;
    this.#heard = true;
    if (this.#isEnded || message.kind !== 'text' || this.#limits === undefined) return;
    const decoded = decodeClientFrame(message.text, this.#limits);
    if (!('frame' in decoded)) return this.#conversation?.fail('bad_frame', { detail: decoded.problem });
    this.#watcher.received(this, decoded.frame);
    this.#conversation?.receive(decoded.frame);
  }

  gone(): void {
    if (this.#isDead) return;
    this.#isDead = true;
    if (!this.#isEnded) this.#watcher.ended(this, 'gone');
    this.#onGone();
    this.#conversation?.gone();
    this.#resolveClosed();
  }

  /** Asks for a sign of life; one that did not answer the last time is cut. */
  ping(): void {
    if (!this.#heard) return this.#cut();
    this.#heard = false;
    this.connection.down.send({ kind: 'ping' });
  }

  die(code: number | undefined): void {
    this.#isDead = true;
    this.#watcher.ended(this, 'process died');
    this.connection.serverClosed(code);
  }

  #cut(): void {
    if (this.#isDead) return;
    this.connection.serverClosed(1006);
    this.gone();
  }
}
