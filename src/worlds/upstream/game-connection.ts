import type { OutOfBand } from './client-introduction.ts';
import { GameStream, type GameRoute, type GameStreamListener } from './game-stream.ts';
import { Inflation } from './inflation.ts';
import { TelnetClient, type GameEvent, type TelnetClientOptions } from './telnet-client.ts';

/** Bytes are taken in pieces of this size, so that no text is longer. */
const PIECE_BYTES = 16_384;
/** While more than this has not left, the game is given no answers: it does not read them. */
const UNSENT_LIMIT_BYTES = 262_144;

/** What a connection tells; after `close` nothing more, and nothing after `lost` or `failed`. */
export interface GameConnectionListener {
  opened(): void;
  /** What came together, in its order. */
  received(events: readonly GameEvent[]): void;
  /** It never opened, or it is over. */
  lost(): void;
  /** What the game compressed cannot be read: the connection was closed. */
  failed(error: Error): void;
}

/** One Telnet connection to the game: lines and messages on one side, bytes on the other. */
export class GameConnection {
  readonly #stream: GameStream;
  readonly #telnet: TelnetClient;
  readonly #listener: GameConnectionListener;
  /** While the game compresses. */
  #inflation: Inflation | undefined;
  #isClosed = false;

  constructor(route: GameRoute, telnet: TelnetClientOptions, listener: GameConnectionListener) {
    this.#listener = listener;
    this.#telnet = new TelnetClient(telnet);
    const stream: GameStreamListener = {
      opened: () => listener.opened(),
      received: (bytes) => this.#received(bytes),
      lost: () => this.#lost(),
    };
    this.#stream = new GameStream(route, stream, telnet.client().address);
  }

  /** Sends a line; resolves when it left, and rejects where it may not have; nothing where it has left at once. */
  line(text: string): void | Promise<void> {
    return this.#stream.write(this.#telnet.line(text));
  }

  /** Sends a message of GMCP or MSDP, like a line. To a game that does not speak it it is nothing. */
  message(message: OutOfBand): void | Promise<void> {
    const bytes = this.#telnet.message(message);
    if (bytes.length > 0) return this.#stream.write(bytes);
  }

  /** The same for a message that may be left out where the game does not read. */
  passing(message: OutOfBand): void {
    this.#answer(this.#telnet.message(message));
  }

  /** Tells the game what has changed of the player's client, or that another one is there. */
  update(): void {
    this.#answer(this.#telnet.changes());
  }

  /** Reads no more from the game until this resolves. */
  pauseUntil(resume: Promise<void>): void {
    this.#stream.pauseUntil(resume);
    this.#inflation?.pauseUntil(resume);
  }

  /** Ends the connection, once what was sent has left. */
  close(): void {
    this.#isClosed = true;
    this.#inflation?.close();
    this.#stream.close();
  }

  #received(bytes: Uint8Array): void {
    if (this.#inflation === undefined) return this.#read(bytes);
    this.#inflation.push(Buffer.from(bytes));
    // Inflating is not done at once: the game is read no faster than that.
    this.#stream.pauseUntil(this.#inflation.drained());
  }

  #read(bytes: Uint8Array): void {
    for (let at = 0; at < bytes.length && !this.#isClosed; at += PIECE_BYTES) {
      const piece = bytes.length > PIECE_BYTES ? bytes.subarray(at, at + PIECE_BYTES) : bytes;
      const { events, answer, compressed } = this.#telnet.receive(piece);
      this.#answer(answer);
      if (events.length > 0) this.#listener.received(events);
      if (compressed === undefined || this.#isClosed) continue;
      this.#inflation = this.#newInflation();
      return this.#received(Buffer.concat([compressed, bytes.subarray(at + PIECE_BYTES)]));
    }
  }

  #newInflation(): Inflation {
    return new Inflation({
      inflated: (bytes) => this.#read(bytes),
      ended: (rest) => {
        this.#inflation = undefined;
        this.#telnet.compressionEnded();
        this.#read(rest);
      },
      failed: (error) => {
        this.close();
        this.#listener.failed(error);
      },
    });
  }

  /** What came before the end is read first. */
  #lost(): void {
    if (this.#inflation === undefined) return this.#listener.lost();
    void this.#inflation.drained().then(() => {
      if (!this.#isClosed) this.#listener.lost();
    });
  }

  #answer(bytes: Uint8Array): void {
    if (bytes.length === 0 || this.#stream.unsent > UNSENT_LIMIT_BYTES) return;
    // Where it fails the connection is lost, which is told by itself.
    this.#stream.write(bytes)?.catch(() => undefined);
  }
}
