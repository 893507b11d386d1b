import type { Duplex } from 'node:stream';
import { atTurnEnd } from '../runtime/turn-end.ts';

/** Sends all that is written within one turn of the event loop in one piece: one system call, one packet. */
export class CorkedSocket {
  readonly #socket: Duplex;
  #corked = false;

  constructor(socket: Duplex) {
    this.#socket = socket;
  }

  /** Call it before each write. */
  cork(): void {
    if (this.#corked) return;
    this.#corked = true;
    this.#socket.cork();
    atTurnEnd(() => {
      this.#corked = false;
      this.#socket.uncork();
    });
  }
}
