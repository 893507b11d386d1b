import type { LineStorage } from './kept-lines.ts';

/** The tab's own storage, or one that keeps nothing where the browser forbids it. */
export function tabStorage(): LineStorage {
  try {
    return sessionStorage;
  } catch {
    return { getItem: () => null, setItem: () => undefined, removeItem: () => undefined };
  }
}
