import type { TokenStorage } from './token-storage.ts';

/** Keeps nothing beyond the session object itself, which has it all in memory anyway. */
export function memoryStorage(): TokenStorage {
  return { keeps: 'memory', open: nothing, save: nothing, remove: nothing };
}

function nothing(): undefined {
  return undefined;
}
