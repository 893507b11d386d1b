import { platform } from '../platform.ts';
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
    const { sessionStorage: tab, localStorage: browser, navigator } = platform;
    if (!platform.document || !tab || !browser) return memoryStorage();
    // A storage that is there may still refuse to keep anything.
    tab.setItem(name, tab.getItem(name) ?? '');
    if (tab.getItem(name) === '') tab.removeItem(name);
    const locks = navigator?.locks;
    return locks ? new LockedStorage(name, tab, browser, locks) : itemStorage(tab, name, 'tab');
  } catch {
    return memoryStorage();
  }
}
