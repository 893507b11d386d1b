import type { ErrorFrame, Retry } from './frames/error.ts';

interface ErrorRow {
  /** For people; part of the answer's bytes, so it says nothing that the code does not. */
  readonly message: string;
  readonly retry: Retry;
  readonly closeCode: number;
}

/**
 * Every `error.code`. The hundreds of a close code follow `retry`: 41xx resume, 42xx later, 46xx fresh, 47xx never;
 * 1003 and 1009 are the WebSocket's own words for theirs.
 *
 * Who broke the protocol is answered `never`: a client with a bug would break it again at once, for ever.
 */
export const ERRORS = {
  internal: { message: 'The gateway failed; the session is kept.', retry: 'resume', closeCode: 4100 },
  slow_reader: {
    message: 'Nothing was acknowledged for too long while a full window was waiting.',
    retry: 'resume',
    closeCode: 4101,
  },
  idle_timeout: {
    message: 'Nothing was heard from the client for too long.',
    retry: 'resume',
    closeCode: 4102,
  },
  hello_timeout: { message: 'No hello came in time.', retry: 'resume', closeCode: 4103 },
  stored_timeout: { message: 'No stored came in time after resumed.', retry: 'resume', closeCode: 4104 },

  store_unavailable: { message: 'The store does not answer at the moment.', retry: 'later', closeCode: 4200 },
  draining: { message: 'This node takes no new connections.', retry: 'later', closeCode: 4201 },
  rate_limited: { message: 'Too many attempts.', retry: 'later', closeCode: 4202 },
  too_soon: { message: 'This token was replaced a moment ago.', retry: 'later', closeCode: 4203 },
  server_full: { message: 'There is no room for another session.', retry: 'later', closeCode: 4204 },
  world_unavailable: { message: 'The game cannot be reached.', retry: 'later', closeCode: 4205 },

  token_refused: { message: 'This token is not valid.', retry: 'fresh', closeCode: 4600 },
  token_reused: {
    message: 'A token of this device was shown after it had been replaced; its tokens are revoked.',
    retry: 'fresh',
    closeCode: 4601,
  },
  resume_disabled: { message: 'This gateway does not keep sessions.', retry: 'fresh', closeCode: 4602 },
  login_timeout: { message: 'The login took too long.', retry: 'fresh', closeCode: 4603 },

  not_authorized: { message: 'The game does not let you in.', retry: 'never', closeCode: 4700 },
  bad_frame: { message: 'That is not a frame of holdfast.v1.', retry: 'never', closeCode: 4701 },
  unexpected_frame: { message: 'That frame may not come now.', retry: 'never', closeCode: 4702 },
  bad_seq: { message: 'A command number was left out.', retry: 'never', closeCode: 4703 },
  bad_ack: { message: 'That was acknowledged before it was sent.', retry: 'never', closeCode: 4704 },
  binary_frame: { message: 'holdfast.v1 has only text frames.', retry: 'never', closeCode: 1003 },
  frame_too_large: { message: 'That frame is larger than frame_bytes.', retry: 'never', closeCode: 1009 },
} as const;

export type ErrorCode = keyof typeof ERRORS;

/** Every `bye.reason`. */
export const BYES = {
  /** The gateway stops, or starts anew. */
  shutdown: { resume: true, closeCode: 4000 },
  /** This node is emptied; another, or its successor, takes the session. */
  drain: { resume: true, closeCode: 4001 },
  /** The account's kept session is there: resume it with the token of this `bye`. */
  welcome_back: { resume: true, closeCode: 4002 },
  /** The session was taken from this connection, but not by another client. */
  detached: { resume: true, closeCode: 4003 },

  /** The player ended the session. */
  quit: { resume: false, closeCode: 4500 },
  /** Another client is attached now. The token stays good, for when the player asks. */
  taken_over: { resume: false, closeCode: 4501 },
  /** The game ended the session. */
  world_closed: { resume: false, closeCode: 4502 },
  /** The session's time ran out. */
  expired: { resume: false, closeCode: 4503 },
  /** The tokens of the client, its session or its account were revoked. */
  revoked: { resume: false, closeCode: 4504 },
  /** An operator, or a new login of the same account, closed the session. */
  closed: { resume: false, closeCode: 4505 },
  /** More output was unread than is kept, and the game wants the session closed then. */
  overflow: { resume: false, closeCode: 4506 },
} as const;

export type ByeReason = keyof typeof BYES;

/**
 * The `error` frame for a code. `detail` (the problem of a frame) goes with the message; it must not quote the
 * player, and never goes with `token_refused`, whose bytes are always the same.
 */
export function createError(
  code: ErrorCode,
  { detail, retryAfterMs }: { readonly detail?: string; readonly retryAfterMs?: number } = {},
): ErrorFrame {
  const { message, retry }: ErrorRow = ERRORS[code];
  return {
    type: 'error',
    code,
    message: detail === undefined ? message : `${message} (${detail})`,
    retry,
    ...(retryAfterMs === undefined ? {} : { retry_after_ms: Math.ceil(retryAfterMs) }),
  };
}

/** Whether a session that ended for this reason has a `bye` of its own; if not, it is `closed`. */
export function isByeReason(reason: string): reason is ByeReason {
  return Object.hasOwn(BYES, reason);
}

const FINAL_WEBSOCKET_CODES: readonly number[] = [1002, 1003, 1007, 1008, 1009];

/**
 * Whether a client comes back by itself after a close with this code. Codes that nobody gave a meaning here count as
 * a broken link, which is what most of them are.
 */
export function shouldReconnect(closeCode: number): boolean {
  return !(closeCode >= 4500 && closeCode <= 4999) && !FINAL_WEBSOCKET_CODES.includes(closeCode);
}
