import type { ClientInfo } from './client-info.ts';
import type { Json } from './json.ts';
import type { NewOutput } from './output-log.ts';
import type { Overflow, WorldState } from './session.ts';

/** A command as the world gets it. */
export interface WorldCommand {
  readonly seq: number;
  /** When it was accepted, in ms since 1970. */
  readonly at: number;
  /** It was held while the player was away. */
  readonly held: boolean;
  readonly text?: string;
  /** A GMCP message, instead of a text. */
  readonly package?: string;
  readonly data?: Json;
}

/**
 * What a world answers a command with; applied as one step together with the command's being taken. A copy is taken: the
 * world may change its own objects afterwards. What is no output or no JSON drops the command as `failed`.
 */
export interface WorldCommit {
  readonly output?: readonly NewOutput[];
  /** The world's own, given back at resume and restart; replaces the last one. */
  readonly data?: Json;
}

/**
 * What a game tells about itself to those who do not play, by the names that MSSP has for it (`NAME`, `CODEBASE`,
 * `PORT` …). A name may have several values.
 */
export type Listing = ReadonlyMap<string, readonly string[]>;

/**
 * The kept session is resumed in place of the new one, and its old tokens are revoked (default with `delivery:
 * 'commit'`); it is closed, and what was unread in it is shown first (default with `mark`); or both are kept.
 */
export type FrontDoor = 'resume' | 'close' | 'keep';

/**
 * A game. `delivery` says what happens to a command when the process dies:
 *
 * - `commit`: the world answers a command with a commit, in which the command is taken. Not answered, not taken:
 *   after a restart the world gets it again. For games in this process.
 * - `mark`: a command is marked taken, durably, before the world gets it. It never runs twice, and may be lost
 *   (`uncertain`). For games elsewhere, whose state is not ours.
 */
export interface World {
  readonly name: string;
  readonly delivery: 'commit' | 'mark';
  /** What happens when an account comes in by the front door while another session of it is kept. */
  readonly frontDoor?: FrontDoor;
  /**
   * A session opens, or one that was kept over a restart comes back. With `delivery: 'commit'` all kept sessions
   * come back at the start, with `mark` each when its player returns.
   */
  open(session: WorldSession): WorldPlayer;
  /** For MSSP, as far as it is known; nothing where it throws. The gateway adds the players that it has, and its own ports. */
  listing?(): Listing;
  close?(): Promise<void>;
}

/** The world's side of one session: what the gateway calls. No two calls for one session overlap `command`. */
export interface WorldPlayer {
  /**
   * One command. The next one comes when the answer is there. A throw drops the command as `failed`. With
   * `delivery: 'mark'` the promise resolves when the bytes left, and the answer is not looked at.
   */
  command(command: WorldCommand): WorldCommit | void | Promise<WorldCommit | void>;
  /** False drops a held command that has become senseless, as `vetoed`; a throw, as `failed`. */
  accepts?(command: WorldCommand): boolean;
  /**
   * True for a line that must be in no log, such as one with a password in it. Of a GMCP message, its package and data
   * as GMCP writes them. A throw counts as true.
   */
  isPrivate?(text: string): boolean;
  /** A message that belongs to the connection (`Core.*`), not to the session: neither held nor durable. */
  passing?(packageName: string, data: Json | undefined): void;
  /** A player's connection is there, for the first time or again. */
  attached?(client: ClientInfo): void;
  /** More is known of the client that is there, or its window has another size. */
  described?(client: ClientInfo): void;
  /** The player's connection is gone; commands stop until `attached`. */
  detached?(): void;
  /** The session is over; nothing is called any more. */
  closed?(reason: string): void;
}

/** The gateway's side of one session: what the world calls. After the session closed, calls change nothing. */
export interface WorldSession {
  readonly id: string;
  /** The session was kept over a restart of the gateway, or the world lost it. */
  readonly restored: boolean;
  readonly account: string | undefined;
  /** What the world last committed: a copy, made anew each time. */
  readonly data: Json | undefined;
  /** Who is attached, as far as that is known. */
  readonly client: ClientInfo | undefined;
  /**
   * Shows output that answers no command. Order is kept; durable within 0.5 s. A copy is taken (with `delivery: 'mark'` not
   * of GMCP data, which was parsed for this message alone). What is no output is reported, and none of it written.
   */
  send(...output: readonly NewOutput[]): void;
  /** Keeps a copy of data outside of a command's commit. What is no JSON is reported, and not kept. */
  keep(data: Json): void;
  /** The player is in the game: from now on there are tokens and the session survives its connection. */
  playing(account?: string): void;
  /** The player is at the game's own login. */
  authenticating(): void;
  /** Tells players whether the world can be reached; commands wait while it is `down`. */
  state(state: WorldState): void;
  /** The world came back without this player's state: commands that wait are dropped as `world_lost`. */
  lose(): void;
  /** How long the session is kept without its player, in ms, from the detach: at most a year. */
  setResumeWindow(windowMs: number): void;
  /** What happens when unread output grows over its bound; default: the oldest goes. */
  setOverflow(overflow: Overflow): void;
  /**
   * Resolves when there is room for more output: at once, but with the overflow `slow_world` not before the player
   * has read enough, or the session is over.
   */
  whenRoom(): Promise<void>;
  /** Tells the operator what went wrong, under `world.` and `where`. No secret may be in it. */
  report(where: string, error: Error): void;
  /** Ends the session once the player has read what was written. */
  end(reason?: string): void;
}
