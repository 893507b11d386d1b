import type { WebStorage } from '../platform.ts';
import type { Keeping, TokenStorage } from './token-storage.ts';

/** Keeps the token as one item of a `sessionStorage`, a `localStorage`, or anything like them. */
export function itemStorage(storage: WebStorage, key: string, keeps: Keeping): TokenStorage {
  return {
    keeps,
    open() {
      const item = storage.getItem(key);
      return item instanceof Promise ? item.then(found) : found(item);
    },
    save: (text) => storage.setItem(key, text),
    remove: () => storage.removeItem(key),
  };
}

function found(item: string | null): string | undefined {
  return item ?? undefined;
}
