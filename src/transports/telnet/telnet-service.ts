import type { Clock, Translation } from '../../core/index.ts';

/** How players are served who speak Telnet, or a part of it over WebSocket. */
export interface TelnetService {
  readonly clock: Clock;
  /** Whether tokens are shown as lines of text to clients that cannot be given them otherwise. Default true. */
  readonly tokenLine?: boolean;
  /** Whether tokens are given and taken by GMCP `Char.Login` version 2, which Mudlet 5 speaks. Default true. */
  readonly charLogin?: boolean;
  /** Sentences for players in other words. Default: English. */
  readonly translation?: Translation | undefined;
}
