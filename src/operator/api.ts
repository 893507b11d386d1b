import type { GapReason, Overflow, SessionState, WorldState } from '../core/index.ts';
import type { GatewayPhase } from '../gateway/index.ts';

// What the operator's API says, as JSON: times are ISO 8601 in UTC, `_ms` are milliseconds, `session` is a session's
// id. `docs/admin-api.md` has every field.

/** A player's client, in its own words. */
export interface ClientView {
  readonly transport: string;
  readonly address?: string;
  readonly name?: string;
  readonly version?: string;
  readonly terminal?: string;
  readonly columns?: number;
  readonly rows?: number;
  readonly encoding?: string;
  readonly screen_reader?: boolean;
}

export interface SessionRow {
  readonly session: string;
  readonly account?: string;
  readonly state: SessionState;
  readonly world: string;
  readonly world_state: WorldState;
  readonly created_at: string;
  /** Since when its player is there, or away. */
  readonly since: string;
  /** When it ends; absent while its player is there. */
  readonly ends_at?: string;
  /** Commands that wait for the world. */
  readonly queued: number;
  readonly backlog_entries: number;
  readonly backlog_bytes: number;
  /** Of the connection; while the player is away, of the last one that this process saw. */
  readonly client?: ClientView;
}

export interface SessionsPage {
  readonly sessions: readonly SessionRow[];
  /** Sessions that the search found, on all pages. */
  readonly matched: number;
  /** Sessions that were looked at. */
  readonly total: number;
  /** True: there are more than are looked at for one answer. */
  readonly truncated: boolean;
  /** Where the next page begins. */
  readonly next?: string;
}

/** One device's tokens: a chain. */
export interface DeviceView {
  readonly device: string;
  /** The id of its newest token. */
  readonly token: string;
  /** The newest token's number; the first is 1. */
  readonly generation: number;
  readonly used_at: string;
  /** Whether the newest token is known to have arrived. */
  readonly confirmed: boolean;
  /** Whether it is the one that is attached, or was last. */
  readonly current: boolean;
  /** When it ends if it is never used: a token that was made to be carried to another device. */
  readonly unused_ends_at?: string;
  readonly revoked?: 'reused' | 'surplus' | 'revoked';
}

export interface SessionDetail extends SessionRow {
  /** How often somebody attached. */
  readonly attachments: number;
  readonly connected_at?: string;
  readonly resume_window_ms: number;
  readonly overflow: Overflow;
  readonly echo: boolean;
  readonly commands: {
    readonly accepted: number;
    readonly taken: number;
    /** Of those that wait, how many are held because their player left. */
    readonly held: number;
  };
  readonly output: { readonly end: number; readonly acknowledged: number; readonly evicted: number };
  readonly devices: readonly DeviceView[];
}

/** An event of the gateway, with its fields in snake_case. */
export interface EventView {
  /** Grows with each event of this process. */
  readonly id: number;
  readonly at: string;
  readonly kind: string;
  readonly session?: string;
  readonly reason?: string;
  readonly transport?: string;
  readonly takeover?: boolean;
  readonly away_ms?: number;
  readonly took_ms?: number;
  readonly held?: number;
  readonly token?: string;
  readonly entries?: number;
  readonly bytes?: number;
  readonly where?: string;
  readonly error?: string;
}

export interface EventsPage {
  /** Newest first. */
  readonly events: readonly EventView[];
  /** Where older ones begin: for `before`. */
  readonly next?: number;
}

export interface Percentiles {
  readonly count: number;
  readonly p50?: number;
  readonly p95?: number;
  readonly p99?: number;
  readonly largest: number;
}

export interface GapTotals {
  readonly count: number;
  readonly entries: number;
  readonly bytes: number;
}

/** Since the process started. */
export interface Totals {
  readonly opened: number;
  readonly resumed: number;
  readonly takeover: number;
  readonly refused: Readonly<Record<string, number>>;
  readonly postponed: Readonly<Record<string, number>>;
  readonly revoked: Readonly<Record<string, number>>;
  readonly detached: Readonly<Record<string, number>>;
  readonly closed: Readonly<Record<string, number>>;
  readonly gaps: Readonly<Partial<Record<GapReason, GapTotals>>>;
  readonly failed: number;
}

export interface WorldHealth {
  readonly world: string;
  readonly delivery: 'commit' | 'mark';
  readonly lease: number;
  /** Sessions that are open in it in this process. */
  readonly running: number;
  /** Sessions by what their world is doing. */
  readonly up: number;
  readonly login: number;
  readonly down: number;
}

export interface StoreHealth {
  readonly status: 'ok' | 'slow' | 'failing';
  readonly checked_at?: string;
  /** How long a look-up took. */
  readonly read_ms?: number;
  readonly error?: string;
}

export interface Status {
  readonly version: string;
  readonly phase: GatewayPhase;
  /** False: the store fails, or a world is down for all its sessions. */
  readonly healthy: boolean;
  readonly now: string;
  readonly started_at: string;
  readonly connections: number;
  /** As of the last census, `counted_at`. */
  readonly counted_at?: string;
  readonly sessions: Readonly<Record<Exclude<SessionState, 'closed'>, number>>;
  readonly queued: number;
  readonly backlog_entries: number;
  readonly backlog_bytes: Percentiles;
  /** In the last hour. */
  readonly resume_ms: Percentiles;
  readonly totals: Totals;
  readonly store: StoreHealth;
  readonly worlds: readonly WorldHealth[];
  readonly process: {
    readonly memory_bytes: number;
    /** The part of the time in which the process had work to do, from 0 to 1, since the last census. */
    readonly busy: number;
  };
}

export type Points = readonly (number | null)[];

/** Equal steps of time, oldest first; `null` where nothing is known. */
export interface SeriesView {
  readonly from: string;
  readonly step_ms: number;
  readonly opened: Points;
  readonly resumed: Points;
  readonly takeover: Points;
  readonly refused: Points;
  readonly postponed: Points;
  readonly gaps: Points;
  readonly resume_ms: { readonly p50: Points; readonly p95: Points; readonly p99: Points };
  readonly sessions: Points;
  readonly away: Points;
  readonly queued: Points;
  readonly backlog_bytes: { readonly total: Points; readonly p95: Points; readonly largest: Points };
}

export interface ErrorView {
  readonly error: { readonly code: string; readonly message: string };
}
