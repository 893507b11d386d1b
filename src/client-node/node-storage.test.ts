import { readFileSync } from 'node:fs';
import type { FileHandle } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { expect, it, onTestFinished, vi } from 'vitest';
import { temporaryFolder } from '../../test/support/gateway-process.ts';
import { fileStorage } from './node-storage.ts';

/** What was made durable, in order. */
const done = vi.hoisted((): string[] => []);

vi.mock('node:fs/promises', async (original) => {
  const real = await original<typeof import('node:fs/promises')>();
  const open = async (path: string, ...how: readonly never[]): Promise<FileHandle> => {
    const handle = await real.open(path, ...how);
    const sync = handle.sync.bind(handle);
    handle.sync = () => {
      done.push(`sync ${basename(path)}`);
      return sync();
    };
    return handle;
  };
  const rename = (from: string, to: string): Promise<void> => {
    done.push(`rename ${basename(from)} ${basename(to)}`);
    return real.rename(from, to);
  };
  return { ...real, open, rename };
});

it('has made the text durable, and then that it is the one under the name, before a save is done', async () => {
  const folder = temporaryFolder();
  onTestFinished(() => folder.remove());
  const path = join(folder.path, 'sessions', 'mud.json');
  await fileStorage(path).save('a token');
  expect(done).toEqual(['sync mud.json.next', 'rename mud.json.next mud.json', 'sync sessions']);
  expect(readFileSync(path, 'utf8')).toBe('a token');
});
