import { mkdir, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { StoreError } from '../../core/index.ts';
import { findDamage } from './log-file.ts';

/**
 * Makes the folder, for its owner only, and looks for what LevelDB would pass over: a log with a hole, and files
 * that are gone. Resolves to true where there is a store already.
 */
export async function prepareFolder(folder: string): Promise<boolean> {
  await makeFolder(folder);
  const files = await readdir(folder);
  const logs = files.filter((name) => name.endsWith('.log'));
  if (!files.includes('CURRENT')) {
    // LevelDB would begin anew here, and delete what it does not know.
    const sizes = await Promise.all(logs.map(async (name) => (await readFile(join(folder, name))).length));
    if (files.some((name) => name.endsWith('.ldb')) || sizes.some((bytes) => bytes > 0)) {
      throw damaged(folder, 'its file CURRENT is gone');
    }
    return false;
  }
  if (logs.length === 0) throw damaged(folder, 'its write-ahead log (*.log, which is data) is gone');
  for (const name of logs) {
    const at = findDamage(await readFile(join(folder, name)));
    if (at !== undefined) throw damaged(folder, `${name} is damaged at byte ${at}`);
  }
  return true;
}

/** Not what it is in: where that is not there, the path is mistaken, or its disk is not mounted. */
async function makeFolder(folder: string): Promise<void> {
  try {
    await mkdir(folder, { mode: 0o700 });
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error;
  }
}

export function damaged(folder: string, what: string, cause?: unknown): StoreError {
  return new StoreError(
    `the store in ${folder} is damaged: ${what}. Restore the folder from a backup, ` +
      `or move it away to start without any sessions`,
    { passing: false, cause },
  );
}
