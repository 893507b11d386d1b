import type { Clock, Cryptography, SessionLimits, Store, World } from '../core/index.ts';
import type { OnEvent } from './event.ts';
import type { FrontDoor } from './front-door.ts';
import type { PrivateInput } from './private-input.ts';

/** What the world's ends of one world share. */
export interface WorldContext {
  readonly store: Store;
  readonly world: World;
  readonly limits: SessionLimits;
  readonly clock: Clock;
  readonly crypto: Cryptography;
  readonly privateInput: PrivateInput;
  /** The right to write, as it was acquired for this world. */
  readonly lease: number;
  readonly onEvent: OnEvent;
  readonly frontDoor: FrontDoor;
  /** The session is over. */
  readonly forget: (sessionId: string) => void;
}
