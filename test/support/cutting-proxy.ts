import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';

/** Who sends the bytes in question. */
export type Side = 'client' | 'gateway';

/** Where a connection breaks: right after this many bytes of one side were delivered. */
export interface Cut {
  readonly side: Side;
  readonly afterBytes: number;
}

export interface CuttingProxyOptions {
  /** For every connection. */
  readonly cut?: Cut;
  /** How the connection ends for both: with a reset (the default), or closed as by a process that died. */
  readonly ends?: 'reset' | 'close';
  /** How long every piece is on its way, in ms. */
  readonly delayMs?: number;
  /** Called for every connection; what it returns sees all that is delivered on it. */
  readonly watch?: () => (from: Side, bytes: Uint8Array) => void;
}

/** A network between a client and the gateway that fails exactly as it is told to. */
export async function startCuttingProxy(
  targetPort: number,
  options: CuttingProxyOptions = {},
): Promise<CuttingProxy> {
  const proxy = new CuttingProxy(targetPort, options);
  await proxy.listening;
  return proxy;
}

export class CuttingProxy {
  readonly listening: Promise<void>;
  readonly #server: Server;
  readonly #wires = new Set<Wire>();
  #targetPort: number;
  #port = 0;
  #isFrozen = false;
  #wasCut = false;

  constructor(targetPort: number, options: CuttingProxyOptions) {
    this.#targetPort = targetPort;
    // Half-open: a side that closes or ends does not take the other one with it.
    this.#server = createServer({ noDelay: true, allowHalfOpen: true }, (client) => {
      const gateway = connect({
        port: this.#targetPort,
        host: '127.0.0.1',
        noDelay: true,
        allowHalfOpen: true,
      });
      const wire = new Wire(client, gateway, options, () => {
        this.#wasCut = true;
      });
      if (this.#isFrozen) wire.freeze();
      this.#wires.add(wire);
    });
    this.listening = this.#listen();
  }

  get port(): number {
    return this.#port;
  }

  /** Bytes of this side that were delivered, over all connections. */
  delivered(side: Side): number {
    return [...this.#wires].reduce((sum, wire) => sum + wire.delivered(side), 0);
  }

  /** True once a connection was cut where it was told to. */
  get wasCut(): boolean {
    return this.#wasCut;
  }

  /** Half-open: nothing arrives any more on either side, and neither is told. */
  freeze(): void {
    this.#isFrozen = true;
    for (const wire of this.#wires) wire.freeze();
  }

  /** What was on its way arrives after all, late. */
  thaw(): void {
    this.#isFrozen = false;
    for (const wire of this.#wires) wire.thaw();
  }

  /** Ends every connection now. */
  cut(): void {
    for (const wire of this.#wires) wire.end();
  }

  /** Ends every connection, and refuses others until `up`. */
  async down(): Promise<void> {
    this.cut();
    await new Promise<void>((resolve) => {
      this.#server.close(() => resolve());
    });
  }

  /** Lets connections in again, on the same port. */
  up(): Promise<void> {
    return this.#listen();
  }

  /** Where connections lead from now on. */
  leadTo(port: number): void {
    this.#targetPort = port;
  }

  async close(): Promise<void> {
    await this.down();
  }

  async #listen(): Promise<void> {
    await new Promise<void>((resolve, reject) => {
      this.#server.once('error', reject);
      this.#server.listen(this.#port, '127.0.0.1', resolve);
    });
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- A TCP server that listens has no other.
    this.#port = (this.#server.address() as AddressInfo).port;
  }
}

/** What is on its way: bytes, or the sender's end. */
type Piece = Buffer | 'end';

/** One connection, from both sides. */
class Wire {
  readonly #ends: Readonly<Record<Side, Socket>>;
  readonly #options: CuttingProxyOptions;
  readonly #cut: () => void;
  readonly #sees: (from: Side, bytes: Uint8Array) => void;
  readonly #delivered: Record<Side, number> = { client: 0, gateway: 0 };
  readonly #held: { readonly from: Side; readonly piece: Piece }[] = [];
  #isFrozen = false;
  #isOver = false;

  constructor(client: Socket, gateway: Socket, options: CuttingProxyOptions, cut: () => void) {
    this.#ends = { client, gateway };
    this.#options = options;
    this.#cut = cut;
    this.#sees = options.watch?.() ?? (() => undefined);
    for (const side of ['client', 'gateway'] as const) {
      const socket = this.#ends[side];
      const { delayMs } = options;
      const arrives = (piece: Piece): void => {
        if (delayMs === undefined) this.#arrived(side, piece);
        else setTimeout(() => this.#arrived(side, piece), delayMs);
      };
      socket.on('data', arrives);
      socket.on('end', () => arrives('end'));
      // A reset is an end that waits for nothing.
      socket.on('error', () => arrives('end'));
    }
    if (options.cut?.afterBytes === 0) this.#cutNow();
  }

  delivered(side: Side): number {
    return this.#delivered[side];
  }

  freeze(): void {
    this.#isFrozen = true;
  }

  thaw(): void {
    this.#isFrozen = false;
    for (const { from, piece } of this.#held.splice(0)) this.#arrived(from, piece);
  }

  end(): void {
    this.#isOver = true;
    for (const socket of Object.values(this.#ends)) {
      if (this.#options.ends === 'close') socket.destroy();
      else socket.resetAndDestroy();
    }
  }

  #arrived(from: Side, piece: Piece): void {
    if (this.#isOver) return;
    if (this.#isFrozen) {
      this.#held.push({ from, piece });
      return;
    }
    if (piece === 'end') return this.#ended(from);
    const left = this.#left(from);
    const bytes = piece.subarray(0, left);
    this.#delivered[from] += bytes.length;
    this.#sees(from, bytes);
    // Behind the cut nothing is delivered, also before it has happened.
    this.#isOver = piece.length >= left;
    this.#other(from).write(bytes, this.#isOver ? () => this.#cutNow() : undefined);
  }

  /** A side that is gone takes the other with it; one that only ended is told on. */
  #ended(from: Side): void {
    if (this.#ends[from].destroyed) this.end();
    else this.#other(from).end();
  }

  #other(side: Side): Socket {
    return this.#ends[side === 'client' ? 'gateway' : 'client'];
  }

  /** Bytes of this side that may still pass. */
  #left(side: Side): number {
    const { cut } = this.#options;
    return cut?.side === side ? cut.afterBytes - this.#delivered[side] : Infinity;
  }

  #cutNow(): void {
    this.#cut();
    this.end();
  }
}
