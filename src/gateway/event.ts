import type { GapReason, RefusalReason } from '../core/index.ts';
import type { ErrorCode } from '../protocol/index.ts';

/** Why tokens ended: one was shown again after it was spent, their account came in by the front door, or by request. */
export type RevokedBy = 'reused' | 'welcome_back' | 'revoked';

/**
 * What the host application may want to hear, count or write down. No event has a secret in it: tokens are named
 * by their ids.
 */
export type GatewayEvent =
  | { readonly kind: 'opened'; readonly sessionId: string; readonly transport: string }
  | {
      readonly kind: 'resumed';
      readonly sessionId: string;
      readonly transport: string;
      readonly takeover: boolean;
      readonly awayMs: number;
      readonly held: number;
      /** From the token's arrival to the answer, in ms. */
      readonly tookMs: number;
    }
  | { readonly kind: 'detached'; readonly sessionId: string; readonly reason: string }
  /** A token was refused; the client hears nothing of the true reason. */
  | {
      readonly kind: 'refused';
      readonly reason: RefusalReason | ErrorCode;
      readonly sessionId?: string;
      readonly transport?: string;
    }
  /** A client was sent away for a passing reason, to come again later. A token that it showed stays good. */
  | {
      readonly kind: 'postponed';
      readonly reason: ErrorCode;
      readonly sessionId?: string;
      readonly transport: string;
    }
  /** Tokens ended: all of a session, or those of the device that had the token with this id. */
  | {
      readonly kind: 'revoked';
      readonly sessionId: string;
      readonly reason: RevokedBy;
      readonly tokenId?: string;
    }
  /** A client was told that output is gone: how much at most, where that is known. */
  | {
      readonly kind: 'gap';
      readonly sessionId: string;
      readonly reason: GapReason;
      readonly entries?: number;
      readonly bytes?: number;
    }
  | { readonly kind: 'closed'; readonly sessionId: string; readonly reason: string }
  | { readonly kind: 'failed'; readonly sessionId?: string; readonly where: string; readonly error: unknown };

export type OnEvent = (event: GatewayEvent) => void;
