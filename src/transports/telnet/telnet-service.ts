import type { Clock, Translation } from '../../core/index.ts';
import type { Charset } from './charset.ts';

/** How players are served who speak Telnet, or a part of it over WebSocket. */
export interface TelnetService {
  readonly clock: Clock;
  /** Whether tokens are shown as lines of text to clients that cannot be given them otherwise. Default true. */
  readonly tokenLine?: boolean;
  /** Whether tokens are given and taken by GMCP `Char.Login` version 2, which Mudlet 5 speaks. Default true. */
  readonly charLogin?: boolean;
  /** How text is written for Telnet clients that do not say what they read. Default UTF-8. */
  readonly charset?: Charset | undefined;
  /** Sentences for players in other words. Default: English. */
  readonly translation?: Translation | undefined;
}
