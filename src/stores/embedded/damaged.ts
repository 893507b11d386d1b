import { StoreError } from '../../core/index.ts';

/** Says what is wrong with the folder, and what to do. */
export function damaged(folder: string, what: string, cause?: unknown): StoreError {
  return new StoreError(
    `the store in ${folder} is damaged: ${what}. Restore the folder from a backup, ` +
      `or move it away to start without any sessions`,
    { passing: false, cause },
  );
}
