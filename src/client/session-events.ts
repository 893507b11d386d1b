import type { DropReason, GapReason, Json, SessionState, WorldState } from '../core/index.ts';
import type { HeldCommand } from '../protocol/index.ts';
import type { Keeping } from './storage/token-storage.ts';

/** What a player may be shown of the connection. */
export type SessionStatus =
  /** Another tab of this browser has the session; `takeOver` asks it to let go. */
  | { readonly kind: 'blocked' }
  | { readonly kind: 'connecting' }
  /** Back, and reading what was missed. */
  | { readonly kind: 'replaying' }
  | { readonly kind: 'open' }
  /** Tries again at `retryAt` (ms since 1970). `reason`: the gateway's last code or reason, or `disconnected`. */
  | { readonly kind: 'waiting'; readonly retryAt: number; readonly reason: string }
  /**
   * Nothing more happens until `retry`, which comes back to the session where `canResume`, and else begins a new one.
   * `reason`: the gateway's last code or reason, `disconnected`, `left`, `another_tab` or `garbled`.
   */
  | { readonly kind: 'closed'; readonly reason: string; readonly canResume: boolean };

/** Entries of the output that are gone. */
export interface Gap {
  readonly reason: GapReason;
  readonly from: number;
  readonly to: number;
  readonly bytes?: number;
}

/** A return to the session. */
export interface Return {
  readonly session: string;
  /** How long nobody was there. 0: the session was taken from another connection. */
  readonly awayMs: number;
  /** Commands that the game did not have yet. */
  readonly held: readonly HeldCommand[];
  /** Entries of the output that were missed: text, and all else that has a number. */
  readonly missed: number;
  /** The first loss in what was missed, once it has been told. Each loss is told in its place too, as event `gap`. */
  readonly gap: Gap | undefined;
}

/** What a session tells, each by the name that `on` takes. Output comes once and in order, across all connections. */
export interface SessionEvents {
  readonly status: SessionStatus;
  /** A new session. */
  readonly welcome: { readonly session: string };
  /** The session is back. All output from here to `resumed` was missed. */
  readonly replay: Return;
  /** All that was missed has been told. */
  readonly resumed: Return;
  /** Text with ANSI sequences; perhaps a part of a line, or several lines. `prompt`: it ends with a prompt. */
  readonly output: { readonly text: string; readonly prompt: boolean; readonly isReplay: boolean };
  /** The game hides (false) or shows what is typed. While off, mask the input, and keep it out of the history. */
  readonly echo: { readonly on: boolean };
  /** A message out of band. */
  readonly gmcp: { readonly package: string; readonly data?: Json };
  /** Commands `seq` to `through` will not run. */
  readonly dropped: { readonly seq: number; readonly through: number; readonly reason: DropReason };
  /** Output is gone, here. With the reason `delivered` nothing is lost: another client of the session has it. */
  readonly gap: Gap;
  /** The session's state and the world's. */
  readonly state: { readonly state: SessionState; readonly world: WorldState };
  /** A command or GMCP message was not taken, because so many are waiting. Its promise rejects as `queue_full`. */
  readonly overflow: { readonly waiting: number };
  /** Where the token lies now. */
  readonly storage: { readonly keeps: Keeping };
  /** The gateway's words before it closed the connection. What follows from them is in the status. */
  readonly problem: { readonly code: string; readonly message: string };
}
