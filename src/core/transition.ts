import type { SessionLimits } from './limits.ts';
import type { Operation, OutcomeOf, Outcomes, Transition } from './operation.ts';
import { close, expire, revokeTokens } from './operator-operations.ts';
import {
  acknowledgeOutput,
  append,
  attach,
  confirmToken,
  decide,
  describe,
  detach,
  issue,
  refresh,
} from './player-operations.ts';
import type { StoredSession } from './session.ts';
import { commit } from './world-operations.ts';

/**
 * Every rule of a session, in one place and pure: the session as it is and an operation give the session as it
 * becomes and the answer. A store loads, asks this, and writes the result, as one atomic step; it decides
 * nothing by itself. `now` is the store's time, in ms since 1970.
 */
export function transition<O extends Operation>(
  stored: StoredSession,
  operation: O,
  now: number,
  limits: SessionLimits,
): Transition<OutcomeOf<O>>;
export function transition(
  stored: StoredSession,
  operation: Operation,
  now: number,
  limits: SessionLimits,
): Transition<Outcomes[keyof Outcomes]> {
  switch (operation.kind) {
    case 'attach':
      return attach(stored, operation, now, limits);
    case 'describe':
      return describe(stored, operation);
    case 'detach':
      return detach(stored, operation, now);
    case 'confirm':
      return confirmToken(stored, operation, now, limits);
    case 'issue':
      return issue(stored, operation, now, limits);
    case 'refresh':
      return refresh(stored, operation, now);
    case 'append':
      return append(stored, operation, now, limits);
    case 'decide':
      return decide(stored, operation, now, limits);
    case 'acknowledge':
      return acknowledgeOutput(stored, operation);
    case 'commit':
      return commit(stored, operation, now, limits);
    case 'revoke':
      return revokeTokens(stored, operation);
    case 'close':
      return close(stored, operation);
    case 'expire':
      return expire(stored, now);
  }
}
