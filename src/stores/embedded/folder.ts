import { mkdir, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { damaged } from './damaged.ts';
import { findDamage } from './log-file.ts';
import { isSoundTable } from './table-file.ts';
import { isTrafficFile } from './traffic-files.ts';

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
    if (files.some(isData) || sizes.some((bytes) => bytes > 0)) {
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

/** What only a store has that was written to. */
function isData(name: string): boolean {
  return name.endsWith('.ldb') || isTrafficFile(name);
}

/** The files of tables in the folder. */
export async function tableFiles(folder: string): Promise<readonly string[]> {
  return (await readdir(folder)).filter((name) => name.endsWith('.ldb'));
}

/**
 * Looks at every byte of these tables, as far as they are still there. To be called when the database is open:
 * before, there may be tables that a killed process left unfinished, which belong to nothing.
 */
export async function checkTables(folder: string, names: readonly string[]): Promise<void> {
  const left = new Set(await tableFiles(folder));
  for (const name of names.filter((each) => left.has(each))) {
    const table = await readIfThere(join(folder, name));
    if (table && !isSoundTable(table)) throw damaged(folder, `${name} is not as it was written`);
  }
}

/** A table that was merged into others meanwhile is gone. */
async function readIfThere(path: string): Promise<Buffer | undefined> {
  try {
    return await readFile(path);
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  }
}

/** Not what it is in: where that is not there, the path is mistaken, or its disk is not mounted. */
async function makeFolder(folder: string): Promise<void> {
  try {
    await mkdir(folder, { mode: 0o700 });
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error;
  }
}
