import { duration } from '../../src/operator/quantity.ts';
import type { ClientView, EventView, SessionRow } from '../../src/operator/api.ts';

// What the page calls things.

/** Who plays, as far as the game named them. */
export function nameOf({ account, session }: Pick<SessionRow, 'account' | 'session'>): string {
  return account ?? session.slice(0, 8);
}

export function stateWord(state: SessionRow['state']): string {
  return state === 'disconnected' ? 'away' : state;
}

/** `WebSocket`, `Telnet`, or whatever it calls itself. */
export function transportWord(transport: string): string {
  if (transport === 'websocket') return 'WebSocket';
  return transport === 'telnet' ? 'Telnet' : transport;
}

export function clientWords({ transport, address, name, version }: ClientView): string {
  const program =
    name === undefined ? undefined : [name, version].filter((part) => part !== undefined).join(' ');
  return [transportWord(transport), address, program].filter((part) => part !== undefined).join(' · ');
}

/** How long since a time of the gateway's, by the gateway's clock. */
export function since(iso: string, now: number): string {
  return duration(Math.max(0, now - Date.parse(iso)));
}

/** The time of day, with seconds. */
export function clockTime(iso: string): string {
  return new Date(iso).toLocaleTimeString(undefined, { hour12: false });
}

/** What an event is called in the list. */
export function eventWord(event: EventView): string {
  return event.takeover === true ? 'takeover' : event.kind;
}

/** Whether an event is good news, news, a thing to look at, or bad. */
export function toneOf({ kind, reason }: EventView): 'good' | 'plain' | 'warn' | 'bad' {
  if (kind === 'opened' || kind === 'resumed') return 'good';
  if (kind === 'failed' || kind === 'refused' || reason === 'reused') return 'bad';
  if (kind === 'revoked' || kind === 'postponed') return 'warn';
  if (kind === 'gap') return reason === 'delivered' ? 'plain' : 'warn';
  return 'plain';
}

const REASONS: Readonly<Record<string, string>> = {
  gone: 'the connection was lost',
  reused: 'a spent token was shown: somebody has a copy',
  unknown: 'no such token',
  malformed: 'no token at all',
  expired: 'its time is over',
  never_playing: 'left before playing',
  login_timeout: 'did not log in in time',
  taken_over: 'another client came',
  detached: 'sent away to come back',
  drain: 'drained',
  shutdown: 'the gateway stops',
  draining: 'the gateway drains',
  server_full: 'too many connections',
  store_unavailable: 'the store did not answer',
  too_soon: 'its successor was confirmed just now',
  world_unavailable: 'a session of another game',
  not_authorized: 'the game said no',
  welcome_back: 'the account came in by the login',
  world_closed: 'the game ended it',
  bound: 'more than is kept',
  oversize: 'one piece larger than all that is kept',
  crash: 'the gateway died',
  epoch: 'a position of another time',
  delivered: 'read by another client',
};

/** A reason with what it means, where the word alone does not say it. */
export function reasonWords(reason: string): string {
  const meaning = Object.hasOwn(REASONS, reason) ? REASONS[reason] : undefined;
  return meaning === undefined ? reason : `${reason} — ${meaning}`;
}
