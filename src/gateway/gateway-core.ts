import type { ClientInfo, Clock, Cryptography, Session, Store } from '../core/index.ts';
import type { PlayerEndSettings } from '../protocol/index.ts';
import type { Batch } from './batch.ts';
import type { OnEvent } from './event.ts';
import type { PrivateInput } from './private-input.ts';
import type { Registry } from './registry.ts';
import type { Sessions } from './sessions.ts';
import type { TokenDesk } from './token-desk.ts';
import type { WorldHost } from './world-host.ts';

/** What every conversation of a gateway shares. */
export interface GatewayCore {
  readonly store: Store;
  readonly clock: Clock;
  readonly crypto: Cryptography;
  readonly host: WorldHost;
  readonly desk: TokenDesk;
  readonly registry: Registry;
  readonly sessions: Sessions;
  readonly privateInput: PrivateInput;
  /** In which its conversations act. */
  readonly batch: Batch;
  readonly playerSettings: PlayerEndSettings;
  readonly resumeWindowMs: number;
  readonly onEvent: OnEvent;
  /** Asked at every resume, before the token is spent. */
  authorize(session: Session, client: ClientInfo): boolean | Promise<boolean>;
  isPrivateLine(text: string): boolean;
  isPassing(error: unknown): boolean;
}
