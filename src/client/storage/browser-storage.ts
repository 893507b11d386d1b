import { platform, type Browser } from '../platform.ts';
import { itemStorage } from './item-storage.ts';
import { LockedStorage } from './locked-storage.ts';
import { memoryStorage } from './memory-storage.ts';
import type { TokenStorage } from './token-storage.ts';

/**
 * The best that this browser has for one session for each tab, and elsewhere memory. `name` keeps sessions of one page
 * apart. Web Locks are there over TLS and on localhost only; without them the token lies in the tab's own storage,
 * which a copied tab copies too. Where storage is forbidden it is memory.
 */
export function browserStorage(name: string): TokenStorage {
  try {
    const { document, sessionStorage: tab, localStorage: browser } = platform;
    // Node has a `localStorage` too, of all programs.
    if (document && tab && browser)
      return hasLocks(platform) ? new LockedStorage(name, platform) : itemStorage(tab, name, 'tab');
  } catch {
    // Forbidden.
  }
  return memoryStorage();
}

/** The storages are there: they have been looked at. */
function hasLocks(place: Partial<Browser>): place is Browser {
  return place.navigator?.locks !== undefined;
}
