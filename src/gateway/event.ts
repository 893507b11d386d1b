import type { RefusalReason } from '../core/index.ts';
import type { ErrorCode } from '../protocol/index.ts';

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
    }
  | { readonly kind: 'detached'; readonly sessionId: string; readonly reason: string }
  /** A token was refused; the client hears nothing of the true reason. */
  | {
      readonly kind: 'refused';
      readonly reason: RefusalReason | ErrorCode;
      readonly sessionId?: string;
      readonly transport?: string;
    }
  | { readonly kind: 'closed'; readonly sessionId: string; readonly reason: string }
  | { readonly kind: 'failed'; readonly sessionId?: string; readonly where: string; readonly error: unknown };

export type OnEvent = (event: GatewayEvent) => void;
