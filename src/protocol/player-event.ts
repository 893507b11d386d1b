import type {
  Append,
  Attached,
  Json,
  NewCommand,
  Operation,
  OutcomeOf,
  OutputPage,
  Session,
} from '../core/index.ts';
import type { ByeReason, ErrorCode } from './errors.ts';
import type { ClientFrame, HelloFrame, ServerFrame } from './frames/index.ts';
import type { ReadRequest } from './output-flow.ts';
import type { TokenGrant } from './session-frames.ts';

/** `detail` never quotes the player. */
export interface FailureDetail {
  readonly detail?: string;
  readonly retryAfterMs?: number;
}

/** What happens to the player's end of a conversation. */
export type PlayerEvent =
  | { readonly kind: 'frame'; readonly frame: ClientFrame }
  /** A new session was made for this conversation. */
  | { readonly kind: 'opened'; readonly session: Session }
  /** The token was good: this conversation is the session's attachment. */
  | { readonly kind: 'resumed'; readonly attached: Attached; readonly token: TokenGrant }
  | { readonly kind: 'appended'; readonly outcome: OutcomeOf<Append> }
  | { readonly kind: 'changed'; readonly session: Session; readonly visibleEnd: number }
  | { readonly kind: 'page'; readonly page: OutputPage }
  | { readonly kind: 'granted'; readonly token: TokenGrant; readonly link: boolean }
  /** Everything through this offset left for the player (for transports that cannot acknowledge). */
  | { readonly kind: 'flushed'; readonly offset: number }
  | { readonly kind: 'failed'; readonly code: ErrorCode; readonly why?: FailureDetail }
  /** The player's account has another session, which is resumed with this token instead. */
  | { readonly kind: 'welcomed'; readonly token: TokenGrant }
  /** The gateway ends the conversation. */
  | { readonly kind: 'dismissed'; readonly reason: ByeReason }
  | { readonly kind: 'deadline' };

/** What it asks its driver to do, in order. */
export type PlayerEffect =
  | { readonly kind: 'send'; readonly frame: ServerFrame }
  /** Make a session, or resume one: answered by `opened`, `resumed` or `failed`. */
  | { readonly kind: 'open'; readonly hello: HelloFrame }
  /** Answered by `appended`; the driver seals what is private. */
  | { readonly kind: 'append'; readonly seq: number; readonly command: NewCommand }
  | { readonly kind: 'apply'; readonly operation: Operation }
  /** Answered by `page`. */
  | { readonly kind: 'read'; readonly request: ReadRequest }
  /** Make a token: answered by `granted`. */
  | { readonly kind: 'grant'; readonly link: boolean }
  /** For the world at once, without the commands log. */
  | { readonly kind: 'passing'; readonly package: string; readonly data: Json | undefined }
  | { readonly kind: 'resized'; readonly columns: number; readonly rows: number }
  /** Close the link with this code; nothing follows. */
  | { readonly kind: 'end'; readonly closeCode: number; readonly reason: string };
