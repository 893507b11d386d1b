import { NO_COMMANDS, type CommandEntry, type CommandsHead } from './command-log.ts';
import type { Chain } from './chain.ts';
import type { ClientInfo } from './client-info.ts';
import type { Draft } from './draft.ts';
import type { Json } from './json.ts';
import { NO_OUTPUT, type OutputEntry, type OutputHead } from './output-log.ts';

export type SessionState = 'connecting' | 'authenticating' | 'playing' | 'disconnected' | 'closed';

/** How far the session came; with `presence` it makes the state. */
export type Stage = 'connecting' | 'authenticating' | 'playing' | 'closed';

/** What the world is doing: playable, at its own login, or not reachable. */
export type WorldState = 'up' | 'login' | 'down';

/** The player's end: who is attached. */
export interface Presence {
  /** Grows at each attach; whatever comes from an older attachment changes nothing. */
  readonly attachment: number;
  readonly attached: boolean;
  /** False while a returning client has not yet said that it stored its new token: nothing is handed on. */
  readonly ready: boolean;
  /** What a returning client wants done with held commands, once it is ready. */
  readonly wish: 'run' | 'skip' | 'ask';
  /** The chain whose token attached; a new session has none until its first token. */
  readonly chain?: string | undefined;
  /** When the last attach or detach was, in ms since 1970. */
  readonly since: number;
  /** What is known of the client that is attached; nothing of one that left. */
  readonly client?: ClientInfo | undefined;
}

/** Always of one shape: it is looked at after every change. */
export function withPresence(presence: Presence, changes: Partial<Presence>): Presence {
  const { attachment, attached, ready, wish, chain, since, client } = presence;
  return Object.assign({ attachment, attached, ready, wish, chain, since, client }, changes);
}

/** No session is kept longer without its player, in ms: one year. Its end is a time that a date can say. */
export const WINDOW_LIMIT_MS = 31_536_000_000;

/** The session's own clock: it stands still while anyone is attached. */
export interface SessionClock {
  readonly windowMs: number;
  /** When the session ends, in ms since 1970; absent while attached. */
  readonly endsAt?: number;
}

/**
 * What happens when unread output grows over its bound: the oldest goes, with a gap; the world is asked to wait (and
 * the oldest goes where it does not); or the session closes.
 */
export type Overflow = 'drop_oldest' | 'slow_world' | 'close';

/** The last value of a GMCP package. */
export interface PackageState {
  readonly package: string;
  readonly data?: Json;
}

/**
 * A session without its log entries: small, immutable, and all that its rules need. A store keeps it and changes
 * it only by `transition`.
 */
export interface Session {
  readonly id: string;
  readonly createdAt: number;
  /** The name of the world instance that it is in. */
  readonly world: string;
  readonly stage: Stage;
  readonly worldState: WorldState;
  /** The reason for which it ends, once what is unread was read. */
  readonly ending?: string | undefined;
  readonly account?: string | undefined;
  readonly presence: Presence;
  readonly clock: SessionClock;
  readonly chains: readonly Chain[];
  readonly commands: CommandsHead;
  readonly output: OutputHead;
  readonly overflow: Overflow;
  /** False while the game hides what the player types. */
  readonly echo: boolean;
  /** The last prompt that was marked as one, for a terminal that comes back to an empty line. */
  readonly prompt?: string | undefined;
  /**
   * The line that the output ends with and has not ended: of a game that marks no prompts, its prompt. Absent: none, or it
   * was marked, or the player has typed a line since.
   */
  readonly unfinished?: string | undefined;
  /** How text looks at the end of the output (see `styleAfter`); absent: plain. */
  readonly style?: string | undefined;
  /** By package name in lower case. */
  readonly states: Readonly<Record<string, PackageState>>;
  /** The world's own, given back at resume and restart. */
  readonly data?: Json | undefined;
  /** The newest lease that wrote from the world's end; an older one is refused. */
  readonly lease: number;
}

export function draftSession(session: Session): Draft<Session> {
  return {
    id: session.id,
    createdAt: session.createdAt,
    world: session.world,
    stage: session.stage,
    worldState: session.worldState,
    ending: session.ending,
    account: session.account,
    presence: session.presence,
    clock: session.clock,
    chains: session.chains,
    commands: session.commands,
    output: session.output,
    overflow: session.overflow,
    echo: session.echo,
    prompt: session.prompt,
    unfinished: session.unfinished,
    style: session.style,
    states: session.states,
    data: session.data,
    lease: session.lease,
  };
}

/** A session with its log entries, as a store has it. */
export interface StoredSession {
  readonly session: Session;
  /** Accepted and not taken, in order. */
  readonly commands: readonly CommandEntry[];
  /** Kept output (see `isKept`), in order. */
  readonly output: readonly OutputEntry[];
}

/** A new session, attached to the connection that it was made for. */
export function newSession(
  id: string,
  world: string,
  windowMs: number,
  now: number,
  attached: boolean,
  client?: ClientInfo,
): Session {
  return {
    id,
    createdAt: now,
    world,
    stage: 'connecting',
    worldState: 'login',
    presence: {
      attachment: attached ? 1 : 0,
      attached,
      ready: attached,
      wish: 'run',
      since: now,
      ...(client && { client }),
    },
    clock: attached ? { windowMs } : { windowMs, endsAt: now + windowMs },
    chains: [],
    commands: NO_COMMANDS,
    output: NO_OUTPUT,
    overflow: 'drop_oldest',
    echo: true,
    states: {},
    lease: 0,
  };
}

export function stateOf(session: Session): SessionState {
  if (session.stage !== 'playing') return session.stage;
  return session.presence.attached ? 'playing' : 'disconnected';
}

/** The session's time is over: it is about to be closed, and nothing brings it back. */
export function hasRunOut({ clock }: Session, now: number): boolean {
  return clock.endsAt !== undefined && now >= clock.endsAt;
}

/** True while this attachment is the session's; without one, whoever asks is no connection. */
export function isCurrent({ presence }: Session, attachment: number | undefined): boolean {
  return attachment === undefined || (presence.attached && presence.attachment === attachment);
}
