import type { SessionStatus } from 'holdfast/client';
import { shortDuration } from './wording.ts';

/** What the buttons beside the status do, of which at most one is offered at a time. */
export const ACTIONS = [
  { action: 'try_now', label: 'Try now' },
  { action: 'play_here', label: 'Play here' },
  { action: 'begin_anew', label: 'Begin anew' },
] as const;

export type StatusAction = (typeof ACTIONS)[number]['action'];

export interface StatusWords {
  readonly tone: 'good' | 'busy' | 'bad' | 'idle';
  readonly text: string;
  readonly action?: StatusAction;
}

/** Why there is no connection, where it is not just a lost one. */
const WAITING: Readonly<Record<string, string>> = {
  shutdown: 'Server restarts',
  drain: 'Server restarts',
  draining: 'Server restarts',
  server_full: 'Server full',
  rate_limited: 'Too many attempts',
  world_unavailable: 'Game unreachable',
  store_unavailable: 'Server busy',
};

/** How a session ended. */
const ENDED: Readonly<Record<string, string>> = {
  quit: 'You have logged out',
  world_closed: 'The game has ended',
  expired: 'Your session has ended',
  token_refused: 'Your last session is over',
  token_reused: 'Your session was opened elsewhere: please log in again',
  revoked: 'Your session was closed',
  closed: 'Your session was closed',
  overflow: 'Too much was unread: your session was closed',
  not_authorized: 'The game does not let you in',
  resume_disabled: 'Your last session is over',
};

/** The few words about the connection that always stand at the top of the page. `now` is in ms since 1970. */
export function statusWords(status: SessionStatus, now: number, isOnline: boolean): StatusWords {
  switch (status.kind) {
    case 'open':
      return { tone: 'good', text: 'Connected' };
    case 'replaying':
      return { tone: 'busy', text: 'Catching up…' };
    case 'connecting':
      return { tone: 'busy', text: 'Connecting…' };
    case 'waiting': {
      if (!isOnline) return { tone: 'bad', text: 'You are offline', action: 'try_now' };
      const wait = status.retryAt - now;
      const why = WAITING[status.reason];
      const when = wait < 1000 ? '…' : ` in ${shortDuration(Math.ceil(wait / 1000) * 1000)}`;
      const text = why === undefined ? `Reconnecting${when}` : `${why}, retrying${when}`;
      return { tone: wait < 1000 ? 'busy' : 'bad', text, action: 'try_now' };
    }
    case 'blocked':
      return { tone: 'idle', text: 'You play in another tab', action: 'play_here' };
    case 'closed':
      return closedWords(status);
  }
}

function closedWords({ reason, canResume }: Extract<SessionStatus, { kind: 'closed' }>): StatusWords {
  if (reason === 'another_tab') return { tone: 'idle', text: 'You play in another tab', action: 'play_here' };
  if (reason === 'taken_over')
    return { tone: 'idle', text: 'You play on another device', action: 'play_here' };
  if (canResume) return { tone: 'bad', text: 'Disconnected', action: 'try_now' };
  return { tone: 'idle', text: ENDED[reason] ?? 'Your session is over', action: 'begin_anew' };
}
