import type { ClientInfo, Listing, PackageState } from '../core/index.ts';
import type { ErrorCode } from './errors.ts';
import type { ClientFrame, Limits, ServerFrame } from './frames/index.ts';
import type { PlayerTraits } from './player-end.ts';
import type { FailureDetail } from './player-event.ts';

/**
 * A player's connection as the gateway sees it: it speaks in frames, whatever is on the wire. The transport makes
 * it, and begins a conversation over it.
 */
export interface Link {
  readonly traits: PlayerTraits;
  /** As far as the transport knows it now. What the client says in `hello` and `window` comes on top of it. */
  readonly client: ClientInfo;
  /** Order is kept. After `end` it changes nothing. */
  send(frame: ServerFrame): void;
  /** The conversation is over; a WebSocket closes with this code. */
  end(closeCode: number, reason: string): void;
}

/** The gateway's side of a connection: what the transport calls. After `gone`, calls change nothing. */
export interface Conversation {
  /** The account that the session is of, once there is one and its world named it. */
  readonly account: string | undefined;
  /** The last value of each state package of the session, for a client that can be told only now. */
  readonly states: readonly PackageState[];
  receive(frame: ClientFrame): void;
  /** Everything through this offset left for the player; for links that do not acknowledge. */
  flushed(offset: number): void;
  /** The other side broke the protocol below the frames. */
  fail(code: ErrorCode, why?: FailureDetail): void;
  /** The link knows more of its client. */
  described(): void;
  /** The connection is gone, in whatever way. */
  gone(): void;
}

export type Converse = (link: Link) => Conversation;

/** What anybody may know about this gateway: what those are told who list games. */
export interface PublicFacts {
  /** Sessions whose player is connected. */
  readonly players: number;
  /** Where players come in, by the name of the transport. */
  readonly ports: ReadonlyMap<string, number>;
  /** When the gateway began to listen, in ms since 1970. */
  readonly since: number;
  /** What the world tells about itself. */
  readonly listing: Listing;
}

/** A way for players to come in. */
export interface Transport {
  /** `telnet`, `websocket`; with an `s` behind it where it is encrypted. */
  readonly name: string;
  /** Holds its clients to these limits, which are what they are told. Resolves with where it listens; rejects when it cannot (`EADDRINUSE` …). */
  listen(converse: Converse, limits: Limits, facts: () => PublicFacts): Promise<ListenAddress>;
  /** Stops accepting, and resolves when all connections are gone; those that stay for long are cut. */
  close(): Promise<void>;
}

export interface ListenAddress {
  readonly host: string;
  readonly port: number;
}
