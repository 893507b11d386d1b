import type { Clock } from '../../core/index.ts';
import type { Wire } from '../../telnet/index.ts';
import type { Connect, GameAddress, GameSocket } from './game-socket.ts';
import { proxyHeader, type ProxyPeer, type ProxyProtocol } from './proxy-header.ts';

/** How long the game may take to accept, in ms. */
const CONNECT_TIMEOUT_MS = 10_000;
/** How long what was written last may take to leave after `close`, in ms. */
const LINGER_MS = 2000;

/** How to reach the game. */
export interface GameRoute {
  readonly address: GameAddress;
  readonly connect: Connect;
  readonly clock: Clock;
  /** Whether a header with the player's address comes before everything else. */
  readonly proxyProtocol: ProxyProtocol;
}

/** What a stream tells. None of it is called before the constructor returned, nor after `close`. */
export interface GameStreamListener {
  opened(): void;
  /** The bytes are good until this returns. */
  received(bytes: Uint8Array): void;
  /** It never opened, or it is over: the last that is called. */
  lost(): void;
}

/** One TCP connection to the game, from the first attempt to the end: opened at most once, lost at most once. */
export class GameStream {
  readonly #socket: GameSocket;
  readonly #route: GameRoute;
  readonly #listener: GameStreamListener;
  /** The player's address. */
  readonly #player: string | undefined;
  /** How many want that nothing is read. */
  #pauses = 0;
  #phase: 'opening' | 'open' | 'over' = 'opening';
  #cancelTimer: () => void;

  /** `player`: the address of the player whom it is for, if it is for one. */
  constructor(route: GameRoute, listener: GameStreamListener, player?: string) {
    const { address, connect, clock } = route;
    this.#route = route;
    this.#listener = listener;
    this.#player = player;
    this.#socket = connect(address, () => this.#opened());
    this.#cancelTimer = clock.after(CONNECT_TIMEOUT_MS, () => this.#lose());
    this.#socket.on('data', (bytes) => {
      if (this.#phase === 'open') this.#listener.received(bytes);
    });
    // Not only `close`, which waits until a game that does not read any more has read everything.
    this.#socket.on('end', () => this.#lose());
    this.#socket.on('error', () => this.#lose());
    this.#socket.on('close', () => {
      this.#cancelTimer();
      this.#lose();
    });
  }

  /** Bytes that the game did not take yet. */
  get unsent(): number {
    return this.#socket.writableLength;
  }

  /** Resolves when it left, and rejects where they may not have; nothing where they have left at once. */
  write(data: Wire): void | Promise<void> {
    if (this.#phase !== 'open') return Promise.reject(new Error('there is no connection to the game'));
    this.#socket.write(data, 'latin1');
    if (!this.#socket.writable || this.#socket.writableLength > 0) return this.#left();
  }

  async #left(): Promise<void> {
    await new Promise<void>((resolve, reject) => {
      this.#socket.write('', 'latin1', (error) => (error ? reject(error) : resolve()));
    });
    // Of a socket that was reset Node calls back without an error, also for what never left.
    if (this.#phase !== 'open') throw new Error('the connection to the game was lost');
  }

  /** Reads no more from the game until this resolves. */
  pauseUntil(resume: Promise<void>): void {
    this.#pauses += 1;
    this.#socket.pause();
    void resume.then(() => {
      this.#pauses -= 1;
      if (this.#pauses === 0) this.#socket.resume();
    });
  }

  /** Ends the connection. What was written before still leaves, if the game takes it soon. */
  close(): void {
    if (this.#phase === 'over') return;
    this.#cancelTimer();
    if (this.#phase === 'opening') this.#socket.destroy();
    else {
      this.#socket.end();
      this.#cancelTimer = this.#route.clock.after(LINGER_MS, () => this.#socket.destroy());
    }
    this.#phase = 'over';
  }

  #opened(): void {
    if (this.#phase !== 'opening') return;
    this.#cancelTimer();
    this.#phase = 'open';
    this.#introduce();
    this.#listener.opened();
  }

  #introduce(): void {
    const { proxyProtocol } = this.#route;
    if (proxyProtocol === 'off') return;
    // Where it fails the connection is lost, which is told by itself.
    this.write(proxyHeader(proxyProtocol, this.#player, this.#game))?.catch(() => undefined);
  }

  get #game(): ProxyPeer | undefined {
    const { remoteAddress: address, remotePort: port } = this.#socket;
    return address === undefined || port === undefined ? undefined : { address, port };
  }

  #lose(): void {
    if (this.#phase === 'over') return;
    this.#phase = 'over';
    this.#cancelTimer();
    this.#socket.destroy();
    this.#listener.lost();
  }
}
