import { mkdir, open, readFile, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { TokenStorage } from '../client/index.ts';

/**
 * Keeps the token in a file that only its owner may read, so that a program that is started again finds its session.
 * It is durable before the gateway is told so, and whole at any moment: each save is a new file that takes the place of
 * the old one.
 *
 * One program at a time. Two with the same file take the session from each other, and the one that comes back with the
 * token that the other has used is taken for a thief.
 */
export function fileStorage(path: string): TokenStorage {
  return {
    keeps: 'device',
    open: () => read(path),
    save: (text) => write(path, text),
    remove: () => rm(path, { force: true }),
  };
}

async function read(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  }
}

async function write(path: string, text: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  const next = `${path}.next`;
  const file = await open(next, 'w', 0o600);
  try {
    await file.writeFile(text);
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(next, path);
  await syncFolder(dirname(path));
}

/**
 * Which file has the name is in the folder: without this a power cut could bring the file before it back, whose token
 * is spent. Windows has no such thing, and needs none.
 */
async function syncFolder(path: string): Promise<void> {
  if (process.platform === 'win32') return;
  const folder = await open(path);
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}
