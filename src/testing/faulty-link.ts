import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';

/** Who sends the bytes in question. */
export type Side = 'client' | 'gateway';

/**
 * How a connection fails. `reset`: both sides hear of it at once, as when a network refuses. `close`: they read its end,
 * as when a process died. `half_open`: nothing arrives any more, and neither side is told.
 */
export type Failure = 'reset' | 'close' | 'half_open';

/** Where a connection fails: right after so many bytes of one side were delivered. */
export interface BytePoint {
  readonly from: Side;
  /** Default: `reset`. */
  readonly failure?: Failure;
  /** For how many of the connections to come. Default: 1, so that the next attempt gets through. */
  readonly connections?: number;
}

export interface FaultyLinkOptions {
  /** Called for every connection; what it returns sees all that is delivered on it. */
  readonly watch?: () => (from: Side, bytes: Uint8Array) => void;
}

/**
 * A link in front of a port of this machine, for tests: everything goes through it, both ways, and it fails exactly as
 * it is told to. It knows bytes only, so that WebSocket, Telnet and TLS are all the same to it.
 */
export async function startFaultyLink(
  targetPort: number,
  options: FaultyLinkOptions = {},
): Promise<FaultyLink> {
  const link = new FaultyLink(targetPort, options);
  await link.heal();
  return link;
}

export class FaultyLink {
  readonly #server: Server;
  readonly #wires = new Set<Wire>();
  #targetPort: number;
  #port = 0;
  #isHalfOpen = false;
  #delayMs = 0;
  #point: { readonly byte: number; readonly at: BytePoint; left: number } | undefined;
  #failures = 0;

  /** Use `startFaultyLink`. */
  constructor(targetPort: number, { watch }: FaultyLinkOptions) {
    this.#targetPort = targetPort;
    // Half-open: a side that closes or ends does not take the other one with it.
    const socketOptions = { host: '127.0.0.1', noDelay: true, allowHalfOpen: true } as const;
    this.#server = createServer(socketOptions, (client) => {
      const gateway = connect({ ...socketOptions, port: this.#targetPort });
      const wire = new Wire(client, gateway, {
        delayMs: () => this.#delayMs,
        limit: this.#nextLimit(),
        sees: watch?.() ?? (() => undefined),
      });
      if (this.#isHalfOpen) wire.fail('half_open');
      this.#wires.add(wire);
    });
  }

  /** Connect here instead of to the port behind it. */
  get port(): number {
    return this.#port;
  }

  /** The address of a gateway's WebSocket behind it. */
  get url(): string {
    return `ws://127.0.0.1:${this.port}/play`;
  }

  /** Ends every connection now. The next ones get through. */
  cut(failure: 'reset' | 'close' = 'reset'): void {
    for (const wire of this.#wires) wire.fail(failure);
  }

  /** From now on nothing arrives any more on either side, on no connection, and nobody is told. */
  halfOpen(): void {
    this.#isHalfOpen = true;
    for (const wire of this.#wires) wire.fail('half_open');
  }

  /** Ends every connection, and refuses others until it heals. */
  async refuse(): Promise<void> {
    this.cut();
    if (!this.#server.listening) return;
    await new Promise<void>((resolve) => {
      this.#server.close(() => resolve());
    });
  }

  /** What was on its way arrives after all, late; and from now on all goes well again, on the same port. */
  async heal(): Promise<void> {
    this.#isHalfOpen = false;
    this.#delayMs = 0;
    this.#point = undefined;
    for (const wire of this.#wires) wire.heal();
    if (!this.#server.listening) await this.#listen();
  }

  /** Where connections lead from now on. */
  leadTo(port: number): void {
    this.#targetPort = port;
  }

  /** From now on every piece is so long on its way, in ms. Order is kept. */
  delay(ms: number): void {
    this.#delayMs = ms;
  }

  /** The next connection fails right after so many bytes of one side were delivered; 0: before the first. */
  atByte(byte: number, at: BytePoint): void {
    this.#point = { byte, at, left: at.connections ?? 1 };
  }

  /** Connections that failed at their byte. */
  get failures(): number {
    return this.#failures;
  }

  /** Bytes of this side that were delivered, over all connections. */
  delivered(side: Side): number {
    return [...this.#wires].reduce((sum, wire) => sum + wire.delivered(side), 0);
  }

  async close(): Promise<void> {
    await this.refuse();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  async #listen(): Promise<void> {
    await new Promise<void>((resolve, reject) => {
      this.#server.once('error', reject);
      this.#server.listen(this.#port, '127.0.0.1', resolve);
    });
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- A TCP server that listens has no other.
    this.#port = (this.#server.address() as AddressInfo).port;
  }

  #nextLimit(): ByteLimit | undefined {
    const point = this.#point;
    if (point === undefined || point.left === 0) return undefined;
    point.left -= 1;
    const { from, failure = 'reset' } = point.at;
    return { from, bytes: point.byte, failure, failed: () => (this.#failures += 1) };
  }
}

/** What is on its way: bytes, or the sender's end. */
type Piece = Buffer | 'end';

interface ByteLimit {
  readonly from: Side;
  readonly bytes: number;
  readonly failure: Failure;
  readonly failed: () => void;
}

/** What its link tells a connection. */
interface WireSettings {
  readonly delayMs: () => number;
  readonly limit: ByteLimit | undefined;
  readonly sees: (from: Side, bytes: Uint8Array) => void;
}

/** One connection, from both sides. */
class Wire {
  readonly #ends: Readonly<Record<Side, Socket>>;
  readonly #sees: WireSettings['sees'];
  #limit: ByteLimit | undefined;
  readonly #delivered: Record<Side, number> = { client: 0, gateway: 0 };
  readonly #held: { readonly from: Side; readonly piece: Piece }[] = [];
  /** `failing`: its last bytes are being delivered, and nothing behind them is. */
  #state: 'whole' | 'half_open' | 'failing' | 'over' = 'whole';

  constructor(client: Socket, gateway: Socket, { delayMs, limit, sees }: WireSettings) {
    this.#ends = { client, gateway };
    this.#limit = limit;
    this.#sees = sees;
    for (const side of ['client', 'gateway'] as const) {
      const socket = this.#ends[side];
      let lastAt = 0;
      const arrives = (piece: Piece): void => {
        // A delay that became shorter does not let what is behind overtake.
        const at = Math.max(lastAt, performance.now() + delayMs());
        const wait = at - performance.now();
        lastAt = at;
        if (wait <= 0) this.#arrived(side, piece);
        else setTimeout(() => this.#arrived(side, piece), wait);
      };
      socket.on('data', arrives);
      socket.on('end', () => arrives('end'));
      // A reset is an end that waits for nothing.
      socket.on('error', () => arrives('end'));
    }
    if (limit?.bytes === 0) this.#failNow(limit);
  }

  delivered(side: Side): number {
    return this.#delivered[side];
  }

  heal(): void {
    if (this.#state !== 'half_open') return;
    this.#state = 'whole';
    for (const { from, piece } of this.#held.splice(0)) this.#arrived(from, piece);
  }

  fail(failure: Failure): void {
    if (failure === 'half_open') {
      if (this.#state !== 'over') this.#state = 'half_open';
      return;
    }
    this.#state = 'over';
    for (const socket of Object.values(this.#ends)) {
      if (failure === 'close') socket.destroy();
      else socket.resetAndDestroy();
    }
  }

  #arrived(from: Side, piece: Piece): void {
    if (this.#state === 'half_open') this.#held.push({ from, piece });
    if (this.#state !== 'whole') return;
    if (piece === 'end') return this.#ended(from);
    const limit = this.#limit?.from === from ? this.#limit : undefined;
    const left = limit === undefined ? Infinity : limit.bytes - this.#delivered[from];
    const bytes = piece.subarray(0, left);
    this.#delivered[from] += bytes.length;
    this.#sees(from, bytes);
    if (limit === undefined || piece.length < left) return void this.#other(from).write(bytes);
    if (limit.failure === 'half_open') {
      this.#other(from).write(bytes);
      this.#failNow(limit);
      this.#held.push({ from, piece: piece.subarray(left) });
    } else {
      this.#state = 'failing';
      this.#other(from).write(bytes, () => this.#failNow(limit));
    }
  }

  /** A side that is gone takes the other with it; one that only ended is told on. */
  #ended(from: Side): void {
    if (this.#ends[from].destroyed) this.fail('reset');
    else this.#other(from).end();
  }

  #other(side: Side): Socket {
    return this.#ends[side === 'client' ? 'gateway' : 'client'];
  }

  #failNow(limit: ByteLimit): void {
    if (this.#state === 'over') return;
    this.#limit = undefined;
    limit.failed();
    this.fail(limit.failure);
  }
}
