import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ClassicLevel } from 'classic-level';
import { beforeAll, describe, expect, it } from 'vitest';
import { findDamage } from './log-file.ts';

const BLOCK_BYTES = 32_768;

describe('a log of LevelDB', () => {
  let log: Buffer;
  /** Where the last batch begins. */
  let lastBatch: number;

  beforeAll(async () => {
    const folder = await mkdtemp(join(tmpdir(), 'holdfast-'));
    const db = new ClassicLevel(folder);
    await db.open();
    // Small batches, and some over several blocks.
    for (let n = 0; n < 200; n += 1) {
      lastBatch = (await read(folder)).length;
      const value = 'x'.repeat(n % 40 === 7 ? 100_000 : (n * 37) % 900);
      await db.batch([{ type: 'put', key: `key ${n}`, value }], { sync: true });
    }
    log = await read(folder);
    await db.close();
    await rm(folder, { recursive: true });
  });

  it('is sound as it was written, and wherever it ends', () => {
    expect(findDamage(log)).toBeUndefined();
    for (let end = 0; end < log.length; end += 3989) {
      expect(findDamage(log.subarray(0, end)), `cut at ${end}`).toBeUndefined();
    }
  });

  it('is sound when its last batch is garbage, as after a power failure', () => {
    for (const filler of [0, 255, 1]) {
      const torn = Buffer.from(log);
      torn.fill(filler, lastBatch);
      expect(findDamage(torn)).toBeUndefined();
      expect(findDamage(Buffer.concat([log, Buffer.alloc(5000, filler)]))).toBeUndefined();
    }
  });

  it('is damaged by any other byte that changed', () => {
    for (let at = 0; at < lastBatch; at += 5987) {
      const harmed = Buffer.from(log);
      harmed[at] = (harmed[at] ?? 0) ^ 4;
      const isPadding = BLOCK_BYTES - (at % BLOCK_BYTES) < 7 && log[at] === 0;
      if (!isPadding) expect(findDamage(harmed), `byte ${at}`).toBeDefined();
    }
  });

  it('is damaged by a hole', () => {
    for (let at = 0; at < lastBatch - 5000; at += 29_989) {
      const zeroed = Buffer.from(log).fill(0, at, at + 4096);
      expect(findDamage(zeroed), `zeros at ${at}`).toBeDefined();
    }
  });
});

async function read(folder: string): Promise<Buffer> {
  const name = (await readdir(folder)).find((file) => file.endsWith('.log'));
  return readFile(join(folder, name ?? ''));
}
