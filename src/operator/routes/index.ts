import type { Route } from '../route.ts';
import { accept, drain } from './drain.ts';
import { events } from './events.ts';
import { revokeAccount, revokeDevice, revokeSession, revokeToken } from './revoke.ts';
import { series } from './series.ts';
import { close, disconnect, session, sessions } from './sessions.ts';
import { status } from './status.ts';

/** Everything that the operator's API answers. */
export const ROUTES: readonly Route[] = [
  status,
  series,
  events,
  sessions,
  session,
  disconnect,
  close,
  revokeSession,
  revokeDevice,
  revokeToken,
  revokeAccount,
  drain,
  accept,
];
