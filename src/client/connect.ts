import type { ClientDescription } from '../protocol/index.ts';
import type { OutboxLimits } from './outbox.ts';
import { platform, type Signal, type WebSocketConstructor, type WebStorage } from './platform.ts';
import { Session } from './session.ts';
import { browserStorage } from './storage/browser-storage.ts';
import { itemStorage } from './storage/item-storage.ts';
import type { TokenStorage } from './storage/token-storage.ts';

export interface ConnectOptions {
  /**
   * Where the token is kept. Default: `browserStorage`, which is memory outside of browsers. A web storage keeps it as
   * one item, so that all that share the storage share the session.
   */
  readonly tokenStorage?: TokenStorage | WebStorage;
  /** A token from another device, to begin with instead of what is kept. Refused, the session goes on with that. */
  readonly token?: string;
  /** What the game is told of the client. */
  readonly client?: ClientDescription;
  /** What becomes of commands that the game did not have yet: they run (default), or not, or `choose` decides. */
  readonly heldCommands?: 'run' | 'skip' | 'ask';
  /** What may wait without being settled. Default: 100 commands and GMCP messages, of 64 KiB in all. */
  readonly queue?: OutboxLimits;
  /** Default: the global one, which Node has from version 22 on; before, that of the package `ws`. */
  readonly WebSocket?: WebSocketConstructor;
  /** Aborted: as `close`. */
  readonly signal?: Signal;
}

/** A `URL`. */
interface Address {
  readonly href: string;
  toString(): string;
}

/**
 * Begins a session with the gateway at this `ws:` or `wss:` address, or comes back to the one whose token is kept.
 * Returns at once; it connects, and connects again, by itself. Listen with `on` before the next turn of the event
 * loop, and nothing is missed.
 */
export function connect(url: string | Address, options: ConnectOptions = {}): Session {
  const address = String(url);
  const WebSocket = options.WebSocket ?? platform.WebSocket;
  if (!/^wss?:/.test(address)) throw new TypeError('not a ws: URL');
  if (!WebSocket) throw new TypeError('pass a WebSocket');
  return new Session({
    ...options,
    url: address,
    WebSocket,
    storage: storageOf(options.tokenStorage, `holdfast ${address}`),
  });
}

function storageOf(storage: TokenStorage | WebStorage | undefined, name: string): TokenStorage {
  if (!storage) return browserStorage(name);
  if (!('getItem' in storage)) return storage;
  return itemStorage(storage, name, storage === platform.sessionStorage ? 'tab' : 'device');
}
