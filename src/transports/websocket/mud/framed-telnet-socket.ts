import type { Wire } from '../../../telnet/index.ts';
import { bytesOf } from '../../telnet/bytes-of.ts';
import type { TelnetSocket } from '../../telnet/telnet-player.ts';
import { atTurnEnd } from '../../../runtime/turn-end.ts';
import type { WebSocketConnection } from '../web-socket-connection.ts';
import type { Frame, Framing } from './framing.ts';

const NORMAL_CLOSURE = 1000;

/** A Telnet player's socket that is a WebSocket: what is written in one turn of the event loop goes in one frame. */
export class FramedTelnetSocket implements TelnetSocket {
  readonly isSecure: boolean;
  readonly address: string | undefined;
  readonly #connection: WebSocketConnection;
  readonly #framing: Framing;
  readonly #receive: (bytes: Uint8Array) => void;
  readonly #written: Uint8Array[] = [];
  readonly #flushed: (() => void)[] = [];
  #isScheduled = false;

  /** `receive` gets the client's side of the Telnet stream. */
  constructor(connection: WebSocketConnection, framing: Framing, receive: (bytes: Uint8Array) => void) {
    this.address = connection.address;
    this.isSecure = connection.isSecure;
    this.#connection = connection;
    this.#framing = framing;
    this.#receive = receive;
  }

  /** A frame came from the client. */
  frame(frame: Frame): void {
    // An offer that is still here is answered before.
    this.#flush();
    const bytes = this.#framing.toPlayer(frame);
    if (bytes.length > 0) this.#receive(bytes);
  }

  write(data: Wire): void {
    this.#written.push(bytesOf(data));
    this.#schedule();
  }

  afterFlush(done: () => void): void {
    this.#flushed.push(done);
    this.#schedule();
  }

  pause(): void {
    this.#connection.pause();
  }

  resume(): void {
    this.#connection.resume();
  }

  end(): void {
    this.#flush();
    this.#connection.end(NORMAL_CLOSURE, '');
  }

  #schedule(): void {
    if (this.#isScheduled) return;
    this.#isScheduled = true;
    atTurnEnd(() => this.#flush());
  }

  #flush(): void {
    this.#isScheduled = false;
    const written = Buffer.concat(this.#written.splice(0));
    if (written.length > 0) {
      this.#framing.toClient(written, {
        frame: (frame) => this.#connection.send(frame),
        answer: (bytes) => this.#receive(bytes),
        mark: (passed) => this.#connection.mark(passed),
      });
    }
    for (const done of this.#flushed.splice(0)) this.#connection.afterFlush(done);
  }
}
