import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ClassicLevel } from 'classic-level';
import { beforeAll, describe, expect, it } from 'vitest';
import { isSoundTable } from './table-file.ts';

const FOOTER_BYTES = 48;

describe('a table of LevelDB', () => {
  let table: Buffer;

  beforeAll(async () => {
    const folder = await mkdtemp(join(tmpdir(), 'holdfast-'));
    const db = new ClassicLevel(folder);
    for (let n = 0; n < 1000; n += 1) await db.put(`key ${n}`, `${n} `.repeat(n % 100));
    await db.compactRange('', '~');
    await db.close();
    const name = (await readdir(folder)).find((file) => file.endsWith('.ldb'));
    table = await readFile(join(folder, name ?? ''));
    await rm(folder, { recursive: true });
  });

  it('is sound as it was written', () => {
    expect(table.length).toBeGreaterThan(10_000);
    expect(isSoundTable(table)).toBe(true);
  });

  it('is not when any byte before its footer changed', () => {
    const passed: number[] = [];
    for (let at = 0; at < table.length - FOOTER_BYTES; at += 13) {
      const harmed = Buffer.from(table);
      harmed[at] = (harmed[at] ?? 0) ^ 1;
      if (isSoundTable(harmed)) passed.push(at);
    }
    expect(passed).toEqual([]);
  });

  it('is not when its footer leads elsewhere, and reads nothing beyond', () => {
    const footer = table.length - FOOTER_BYTES;
    // Two places, then zeros, which mean nothing, then the mark.
    const places = table.subarray(footer, table.length - 8).findLastIndex((byte) => byte !== 0) + 1;
    for (let at = footer; at < table.length; at += 1) {
      if (at >= footer + places && at < table.length - 8) continue;
      const harmed = Buffer.from(table);
      harmed[at] = (harmed[at] ?? 0) ^ 1;
      expect(isSoundTable(harmed), `byte ${at}`).toBe(false);
    }
  });

  it('is not when it was cut short', () => {
    for (let end = 0; end < table.length; end += 307)
      expect(isSoundTable(table.subarray(0, end))).toBe(false);
  });
});
