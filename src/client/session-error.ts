import type { DropReason } from '../core/index.ts';

/**
 * Why a call came to nothing.
 *
 * Of a command, beside the reasons of `dropped`: `unknown` (the gateway may have had it, and what became of it cannot
 * be known any more), `lost` (it never reached the gateway and never will), `queue_full` (too much is waiting), and
 * `invalid` (the gateway could not take it: not one line, too long, no GMCP). Of any call: `closed` (the session is
 * over, or went before there was an answer).
 */
export type SessionErrorCode = DropReason | 'unknown' | 'lost' | 'queue_full' | 'invalid' | 'closed';

export class SessionError extends Error {
  override readonly name = 'SessionError';
  readonly code: SessionErrorCode;

  constructor(code: SessionErrorCode) {
    super(code);
    this.code = code;
  }
}
