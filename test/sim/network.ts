import type { Timeline } from './timeline.ts';

/** One direction of a connection: order is kept, whatever else happens. */
export class Pipe {
  readonly #timeline: Timeline;
  readonly #latency: () => number;
  readonly #deliver: (message: Message) => void;
  readonly #queue: { readonly at: number; readonly message: Message }[] = [];
  #lastAt = 0;
  #isBroken = false;
  #frozenUntil = 0;
  /** Bytes that still pass. */
  #budget = Infinity;
  #onCut: () => void = () => undefined;

  constructor(timeline: Timeline, latency: () => number, deliver: (message: Message) => void) {
    this.#timeline = timeline;
    this.#latency = latency;
    this.#deliver = deliver;
  }

  get isBroken(): boolean {
    return this.#isBroken;
  }

  send(message: Message): void {
    if (this.#isBroken) return;
    const bytes = message.kind === 'text' ? message.text.length + FRAME_BYTES : HANDSHAKE_BYTES;
    this.#budget -= bytes;
    // A frame of which a part is missing is no frame.
    if (this.#budget < 0) {
      this.break();
      return this.#onCut();
    }
    const at = Math.max(this.#lastAt, this.#timeline.now + this.#latency());
    this.#lastAt = at;
    this.#queue.push({ at, message });
    if (this.#queue.length === 1) this.#wakeAt(at);
  }

  /** Whatever is on its way, or comes later, is lost. */
  break(): void {
    this.#isBroken = true;
    this.#queue.length = 0;
  }

  /** After so many more bytes, `then` happens instead of the next frame. */
  limit(bytes: number, then: () => void): void {
    this.#budget = bytes;
    this.#onCut = then;
  }

  /** The other side does not read for a while. */
  freeze(ms: number): void {
    this.#frozenUntil = this.#timeline.now + ms;
  }

  #wakeAt(at: number): void {
    this.#timeline.after(at - this.#timeline.now, () => this.#arrive());
  }

  /** What has come by now is read in one go. */
  #arrive(): void {
    const { now } = this.#timeline;
    if (now < this.#frozenUntil) return this.#wakeAt(this.#frozenUntil);
    let delivered = 0;
    for (let next = this.#queue[0]; next !== undefined && next.at <= now; next = this.#queue[0]) {
      this.#queue.shift();
      this.#deliver(next.message);
      delivered += 1;
    }
    this.#timeline.count(delivered - 1);
    const [next] = this.#queue;
    if (next !== undefined) this.#wakeAt(next.at);
  }
}

/** What goes over a pipe: the HTTP upgrade, WebSocket messages, control frames, and the close. */
export type Message =
  | { readonly kind: 'open' | 'ping' | 'pong' }
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'close'; readonly code: number };

const FRAME_BYTES = 4;
const HANDSHAKE_BYTES = 160;

/** Who hears of a cut: the others believe in a connection that is not there. */
export type CutKind = 'both' | 'client' | 'server' | 'nobody' | 'up' | 'down';

/** What the gateway's side of a connection hears. */
export interface ServerSide {
  message(message: Message): void;
  gone(): void;
}

/** What the player's side of a connection hears. */
export interface ClientSide {
  connected(): void;
  text(text: string): void;
  disconnected(code: number): void;
}

/** One WebSocket between a player and a gateway process. */
export class Connection {
  readonly id: number;
  readonly up: Pipe;
  readonly down: Pipe;
  readonly #timeline: Timeline;
  readonly #latency: () => number;
  readonly #client: ClientSide;
  readonly #accept: (connection: Connection) => ServerSide | undefined;
  #isClientOpen = true;
  #server: ServerSide | 'waiting' | 'gone' = 'waiting';

  constructor(
    id: number,
    timeline: Timeline,
    latency: () => number,
    client: ClientSide,
    accept: (connection: Connection) => ServerSide | undefined,
  ) {
    this.id = id;
    this.#timeline = timeline;
    this.#latency = latency;
    this.#client = client;
    this.#accept = accept;
    this.up = new Pipe(timeline, latency, (message) => this.#toServer(message));
    this.down = new Pipe(timeline, latency, (message) => this.#toClient(message));
    this.up.send({ kind: 'open' });
  }

  get isClientOpen(): boolean {
    return this.#isClientOpen;
  }

  cut(kind: CutKind): void {
    if (kind !== 'down') this.up.break();
    if (kind !== 'up') this.down.break();
    if (kind === 'both' || kind === 'client') {
      this.#timeline.after(this.#latency(), () => this.#clientGone(1006));
    }
    if (kind === 'both' || kind === 'server') this.#timeline.after(this.#latency(), () => this.#serverGone());
  }

  /** The player's side closes. */
  hangUp(): void {
    this.up.send({ kind: 'close', code: 1001 });
    this.#clientGone(1006);
  }

  /** The player's side is gone: nobody hears what comes. */
  abandon(): void {
    if (!this.#isClientOpen) return;
    this.#isClientOpen = false;
    this.up.send({ kind: 'close', code: 1001 });
  }

  /** The gateway's side closes, or its process died: then its system says so, unless that died too. */
  serverClosed(code: number | undefined): void {
    this.#server = 'gone';
    if (code !== undefined) this.down.send({ kind: 'close', code });
  }

  #toServer(message: Message): void {
    if (this.#server === 'waiting' && message.kind === 'open') {
      const server = this.#accept(this);
      if (server === undefined) return this.serverClosed(1006);
      this.#server = server;
      this.down.send(message);
    } else if (this.#server === 'gone') {
      // A segment for a socket that is not there is answered with a reset.
      this.down.send({ kind: 'close', code: 1006 });
    } else if (this.#server !== 'waiting') {
      if (message.kind === 'close') return this.#serverGone();
      this.#server.message(message);
    }
  }

  #toClient(message: Message): void {
    if (!this.#isClientOpen) return;
    switch (message.kind) {
      case 'open':
        return this.#client.connected();
      case 'text':
        return this.#client.text(message.text);
      case 'close':
        this.up.send({ kind: 'close', code: message.code });
        return this.#clientGone(message.code);
      case 'ping':
        return this.up.send({ kind: 'pong' });
      case 'pong':
        return;
    }
  }

  #clientGone(code: number): void {
    if (!this.#isClientOpen) return;
    this.#isClientOpen = false;
    this.#client.disconnected(code);
  }

  #serverGone(): void {
    const server = this.#server;
    this.#server = 'gone';
    if (server !== 'waiting' && server !== 'gone') server.gone();
  }
}
