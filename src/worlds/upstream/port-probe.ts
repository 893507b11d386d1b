import { GameStream, type GameRoute } from './game-stream.ts';

/** At most one try in so long, in ms. */
const INTERVAL_MS = 1000;
/** A game that is there keeps a connection for so long, or says something, in ms. */
const STAYS_MS = 250;

/**
 * Finds out whether the game is there at all, when it closed a connection. All who ask within a second share one
 * try, and it begins after they asked: an older answer may be from before the game went down, and every player would
 * be taken for one who left.
 */
export class PortProbe {
  readonly #route: GameRoute;
  /** Stops what is waited for. */
  readonly #stops = new Set<() => void>();
  /** The try that has not begun yet. */
  #next: Promise<boolean> | undefined;
  #lastAt = Number.NEGATIVE_INFINITY;

  constructor(route: GameRoute) {
    this.#route = route;
  }

  /** Resolves with whether a connection is accepted, and stays; never rejects. */
  ask(): Promise<boolean> {
    this.#next ??= this.#pause().then(() => {
      this.#next = undefined;
      return this.#try();
    });
    return this.#next;
  }

  /** Ends what is running; its answers never come. */
  close(): void {
    for (const stop of this.#stops) stop();
  }

  #pause(): Promise<void> {
    const { clock } = this.#route;
    const ms = this.#lastAt + INTERVAL_MS - clock.now();
    if (ms <= 0) return Promise.resolve();
    return this.#stoppable((resolve) => clock.after(ms, () => resolve()));
  }

  #try(): Promise<boolean> {
    this.#lastAt = this.#route.clock.now();
    return this.#stoppable((resolve) => {
      let cancelWait: (() => void) | undefined;
      const accepted = (): void => {
        cancelWait?.();
        stream.close();
        resolve(true);
      };
      const stream = new GameStream(this.#route, {
        // A process that dies closes its players' connections first: the system still accepts for its port, in vain.
        opened: () => (cancelWait = this.#route.clock.after(STAYS_MS, accepted)),
        received: accepted,
        lost: () => {
          cancelWait?.();
          resolve(false);
        },
      });
      return () => {
        cancelWait?.();
        stream.close();
      };
    });
  }

  #stoppable<T>(start: (resolve: (value: T) => void) => () => void): Promise<T> {
    return new Promise((resolve) => {
      const stop = start((value) => {
        this.#stops.delete(stop);
        resolve(value);
      });
      this.#stops.add(stop);
    });
  }
}
