import { GameStream, type GameRoute, type GameStreamListener } from './game-stream.ts';
import type { GmcpContent } from './gmcp-introduction.ts';
import { TelnetClient, type GameEvent, type TelnetClientOptions } from './telnet-client.ts';

/** Bytes are taken in pieces of this size, so that no text is longer. */
const PIECE_BYTES = 16_384;
/** While more than this has not left, the game is given no answers: it does not read them. */
const UNSENT_LIMIT_BYTES = 262_144;

/** What a connection tells; after `close` nothing more. */
export interface GameConnectionListener {
  opened(): void;
  /** What came together, in its order. */
  received(events: readonly GameEvent[]): void;
  /** It never opened, or it is over. */
  lost(): void;
}

/** One Telnet connection to the game: lines and messages on one side, bytes on the other. */
export class GameConnection {
  readonly #stream: GameStream;
  readonly #telnet: TelnetClient;
  readonly #listener: GameConnectionListener;
  #isClosed = false;

  constructor(route: GameRoute, telnet: TelnetClientOptions, listener: GameConnectionListener) {
    this.#listener = listener;
    this.#telnet = new TelnetClient(telnet);
    const stream: GameStreamListener = {
      opened: () => listener.opened(),
      received: (bytes) => this.#received(bytes),
      lost: () => listener.lost(),
    };
    this.#stream = new GameStream(route, stream, telnet.client().address);
  }

  /** Sends a line; resolves when it left, and rejects where it may not have. */
  line(text: string): Promise<void> {
    return this.#stream.write(this.#telnet.line(text));
  }

  /** Sends a GMCP message, like a line. To a game that does not speak GMCP it is nothing. */
  gmcp(message: GmcpContent): Promise<void> {
    const bytes = this.#telnet.gmcp(message);
    return bytes.length === 0 ? Promise.resolve() : this.#stream.write(bytes);
  }

  /** The same for a message that may be left out where the game does not read. */
  passing(message: GmcpContent): void {
    this.#answer(this.#telnet.gmcp(message));
  }

  /** Tells the game the size of the player's window, as it is now. */
  resized(): void {
    this.#answer(this.#telnet.windowSize());
  }

  /** Reads no more from the game until this resolves. */
  pauseUntil(resume: Promise<void>): void {
    this.#stream.pauseUntil(resume);
  }

  /** Ends the connection, once what was sent has left. */
  close(): void {
    this.#isClosed = true;
    this.#stream.close();
  }

  #received(bytes: Uint8Array): void {
    for (let at = 0; at < bytes.length && !this.#isClosed; at += PIECE_BYTES) {
      const { events, answer } = this.#telnet.receive(bytes.subarray(at, at + PIECE_BYTES));
      this.#answer(answer);
      if (events.length > 0) this.#listener.received(events);
    }
  }

  #answer(bytes: Uint8Array): void {
    if (bytes.length === 0 || this.#stream.unsent > UNSENT_LIMIT_BYTES) return;
    // Where it fails the connection is lost, which is told by itself.
    this.#stream.write(bytes).catch(() => undefined);
  }
}
