import type { WebStorage } from '../platform.ts';
import type { Keeping, TokenStorage } from './token-storage.ts';

/** Keeps the token as one item of a `sessionStorage`, a `localStorage`, or anything like them. */
export function itemStorage(storage: WebStorage, key: string, keeps: Keeping): TokenStorage {
  return {
    keeps,
    open: () => storage.getItem(key),
    save: (text) => storage.setItem(key, text),
    remove: () => storage.removeItem(key),
  };
}
