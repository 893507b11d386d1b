import type { Candidate } from './chain.ts';
import type { ClientInfo } from './client-info.ts';
import type { CommandEntry, HeldChoice, NewCommand } from './command-log.ts';
import type { Draft } from './draft.ts';
import type { Json } from './json.ts';
import type { NewOutput, OutputEntry } from './output-log.ts';
import type { Overflow, Session, WorldState } from './session.ts';

/**
 * Everything that can be done to a session. Each is one atomic step: it happens wholly or not at all, and it
 * checks by itself that whoever asks may still do it (an attachment for the player's end, a lease for the
 * world's).
 */
export interface Operations {
  attach: Attach;
  describe: Describe;
  detach: Detach;
  confirm: Confirm;
  issue: Issue;
  refresh: Refresh;
  append: Append;
  decide: Decide;
  acknowledge: Acknowledge;
  commit: Commit;
  revoke: Revoke;
  close: Close;
  expire: Expire;
}

export type OperationKind = keyof Operations;
export type Operation = Operations[OperationKind];
export type OutcomeOf<O> = O extends { readonly kind: infer K extends OperationKind } ? Outcomes[K] : never;

/** A connection takes the player's end by showing a token. Checks all again and spends the token, last. */
export interface Attach {
  readonly kind: 'attach';
  /** Hash of the token that was shown. */
  readonly hash: string;
  readonly candidate: Candidate;
  readonly wish: 'run' | 'skip' | 'ask';
  /** True where the client says `stored` before anything is handed on. */
  readonly confirms: boolean;
  /** False where no connection is kept here: the clock restarts, instead of standing still. */
  readonly connected: boolean;
  readonly client?: ClientInfo | undefined;
}

/** More is known of the client that is attached. */
export interface Describe {
  readonly kind: 'describe';
  readonly attachment: number;
  readonly client: ClientInfo;
}

/** The connection left. Starts the clock; ends a session that never was playing. */
export interface Detach {
  readonly kind: 'detach';
  /** Absent: whoever is attached, because the process that served them is gone. */
  readonly attachment?: number;
}

/** The client stored the token with this id. For any other token it changes nothing. */
export interface Confirm {
  readonly kind: 'confirm';
  readonly attachment?: number;
  readonly tokenId: string;
}

/** Starts a new chain. Only for a session that is playing or disconnected. */
export interface Issue {
  readonly kind: 'issue';
  readonly chain: string;
  readonly hash: string;
  /** The connection whose chain it becomes. */
  readonly attachment?: number;
  /** True for a token to carry to another device: unused, it ends one resume window from now. */
  readonly link?: boolean;
}

/** Restarts the clock of a session that nobody is attached to. */
export interface Refresh {
  readonly kind: 'refresh';
  readonly hash?: string;
}

/** Adds commands from the player. Numbers at or below `accepted` are passed over: they are here already. */
export interface Append {
  readonly kind: 'append';
  /** Absent: from the application itself, without a connection. */
  readonly attachment?: number;
  /** Number of the first; absent: the next. */
  readonly from?: number;
  readonly commands: readonly NewCommand[];
  /**
   * The lease of a world's end that waits for a command, where it has the session: what it would be handed next is taken
   * in the same step, if nothing else is in line.
   */
  readonly lease?: number | undefined;
}

/** The choice after `ask`: what it does not name is skipped. A request: only the world's end passes commands. */
export interface Decide {
  readonly kind: 'decide';
  readonly attachment: number;
  readonly choice: HeldChoice;
}

/** The player has all output through `offset`. */
export interface Acknowledge {
  readonly kind: 'acknowledge';
  readonly attachment: number;
  readonly offset: number;
}

/** The world's end writes. All of it happens together. */
export interface Commit {
  readonly kind: 'commit';
  readonly lease: number;
  /** The epoch of this writer, used from its first output on. */
  readonly epoch: string;
  /** The end of the log as this writer knows it; a log that ends before has lost a tail. */
  readonly after?: number | undefined;
  readonly output?: readonly NewOutput[] | undefined;
  /** The world has every command through here. */
  readonly taken?: number | undefined;
  /** The world has this command in hand; 0: none, for the process that had it is gone. */
  readonly handed?: number | undefined;
  /** The world is about to get this command again, after a process died with it. */
  readonly suspect?: number | undefined;
  /** The bytes of every command through here left for the game. */
  readonly sent?: number | undefined;
  /** Refused commands through here were told to the player. */
  readonly told?: number | undefined;
  readonly data?: Json | undefined;
  readonly stage?: 'authenticating' | 'playing' | undefined;
  readonly worldState?: WorldState | undefined;
  readonly account?: string | undefined;
  readonly windowMs?: number | undefined;
  readonly overflow?: Overflow | undefined;
  /** The world ends the session, once what is unread was read. */
  readonly ending?: string | undefined;
  /** This writer ends its epoch in good order. */
  readonly settled?: true | undefined;
}

/** One that says nothing yet. All have one shape: there is one for each line, and every rule reads them. */
export function draftCommit(lease: number): Draft<Commit> {
  return {
    kind: 'commit',
    lease,
    epoch: '',
    after: undefined,
    output: undefined,
    taken: undefined,
    handed: undefined,
    suspect: undefined,
    sent: undefined,
    told: undefined,
    data: undefined,
    stage: undefined,
    worldState: undefined,
    account: undefined,
    windowMs: undefined,
    overflow: undefined,
    ending: undefined,
    settled: undefined,
  };
}

/** Ends one token's chain, or all of them. */
export interface Revoke {
  readonly kind: 'revoke';
  readonly hash?: string;
}

/** Ends the session, for good. */
export interface Close {
  readonly kind: 'close';
  /** Absent: from the application or its operator, whoever is attached. */
  readonly attachment?: number;
  readonly reason: string;
}

/** Closes the session if its clock has run out; else changes nothing. */
export interface Expire {
  readonly kind: 'expire';
}

/** Why a token is refused, for the audit trail: clients get one answer for all of them. */
export type RefusalReason = 'malformed' | 'unknown' | 'expired' | 'reused' | 'revoked' | 'closed';

export type Refusal =
  | { readonly kind: 'refused'; readonly reason: RefusalReason }
  /** A passing obstacle: the token stays good. */
  | { readonly kind: 'later'; readonly retryAfterMs: number }
  /** The candidate was made for another generation: read the session and try again. */
  | { readonly kind: 'stale' };

export interface Attached {
  readonly kind: 'attached';
  readonly chain: string;
  /** Of the successor. */
  readonly generation: number;
  /** The successor, under the token that was shown. */
  readonly sealed: string;
  readonly held: readonly CommandEntry[];
  readonly session: Session;
  /** The attachment was taken from a connection. */
  readonly takeover: boolean;
  /** The last accepted command that came from this chain. */
  readonly own: number;
  /** How long nobody was attached, in ms. */
  readonly awayMs: number;
}

type Stale = { readonly kind: 'stale' };
type Done = { readonly kind: 'done' };

export interface Outcomes {
  attach: Attached | Refusal;
  describe: Done | Stale;
  detach: Done | Stale;
  confirm: Done | Stale;
  issue: Done | { readonly kind: 'refused'; readonly reason: 'not_playing' | 'expired' | 'stale' };
  refresh: Done | { readonly kind: 'refused'; readonly reason: 'closed' | 'expired' };
  append:
    | {
        readonly kind: 'accepted';
        readonly accepted: number;
        readonly refused: readonly number[];
        /** Taken in the same step, for the world's end that waits for it: the log does not have it. */
        readonly taken?: CommandEntry | undefined;
      }
    | { readonly kind: 'jump'; readonly expected: number }
    | Stale;
  decide: Done | Stale;
  acknowledge: Done | Stale | { readonly kind: 'beyond'; readonly end: number };
  commit:
    | { readonly kind: 'committed'; readonly end: number; readonly session: Session }
    | { readonly kind: 'fenced' }
    | { readonly kind: 'tail_lost'; readonly end: number }
    | { readonly kind: 'closed' };
  revoke: Done;
  close: Done | Stale;
  expire: Done | Stale;
}

/**
 * What an operation changes: the session as it is afterwards, and the entries that it adds. What is trimmed
 * follows from the session (`commands.taken`, `isKept`). Absent `session`: nothing changed.
 */
export interface Transition<Outcome> {
  readonly outcome: Outcome;
  readonly session?: Session;
  readonly commands?: readonly CommandEntry[];
  readonly output?: readonly OutputEntry[];
  /** Hashes by which the session is found from now on. */
  readonly addedHashes?: readonly string[];
  readonly forgottenHashes?: readonly string[];
}
