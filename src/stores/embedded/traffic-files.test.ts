import { mkdtemp, readdir, readFile, rm, stat, truncate, unlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { FRAME_HEADER_BYTES, readTraffic, removeTraffic, TrafficFiles } from './traffic-files.ts';

let folder: string;
let files: TrafficFiles;
/** As it is told of. */
let begun: number;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'holdfast-'));
  begun = 0;
  files = new TrafficFiles(folder, 7, (count) => {
    begun = count;
    return Promise.resolve();
  });
});
afterEach(async () => {
  await files.close();
  await rm(folder, { recursive: true });
});

function frame(text: string): Buffer {
  return Buffer.concat([Buffer.alloc(FRAME_HEADER_BYTES), Buffer.from(text)]);
}

/** Frames 1 to `count`, of which all are needed. */
async function append(count: number, text = 'played'): Promise<void> {
  for (let number = 1; number <= count; number += 1) await files.append(frame(text), number, 1);
}

async function paths(): Promise<string[]> {
  return (await readdir(folder)).toSorted().map((name) => join(folder, name));
}

const MEGABYTE = 'x'.repeat(1024 * 1024);

it('gives back what was written', async () => {
  await files.append(frame('one'), 1, 1);
  await files.append(frame('two'), 2, 2);
  const frames = await readTraffic(folder, 7, begun);
  expect(frames.map(({ number, oldest, body }) => [number, oldest, body.toString()])).toEqual([
    [1, 1, 'one'],
    [2, 2, 'two'],
  ]);
});

it('is for its owner only', async () => {
  await append(1);
  const [path = ''] = await paths();
  expect((await stat(path)).mode & 0o777).toBe(0o600);
});

it('gives back only what the process of that number wrote', async () => {
  await append(1);
  expect(await readTraffic(folder, 6, 0)).toEqual([]);
  await removeTraffic(folder);
  expect(await readTraffic(folder, 7, 0)).toEqual([]);
});

it('begins another file after four megabytes, and drops those that nobody needs', async () => {
  await append(9, MEGABYTE);
  expect(await paths()).toHaveLength(3);
  const { bytes } = files;
  expect(bytes).toBeGreaterThan(9 * 1024 * 1024);
  await files.append(frame('small'), 10, 4);
  await files.removeBefore(4);
  expect(await paths()).toHaveLength(3);
  await files.append(frame('small'), 11, 5);
  expect(await paths(), 'what tells it elsewhere may not be durable').toHaveLength(3);
  await files.removeBefore(5);
  expect(await paths()).toHaveLength(2);
  expect(files.bytes).toBeLessThan(bytes - 4 * 1024 * 1024);
  expect((await readTraffic(folder, 7, begun)).map(({ number }) => number)).toEqual([5, 6, 7, 8, 9, 10, 11]);
  await files.append(frame('small'), 12, 12);
  await files.removeBefore(12);
  expect(await paths(), 'the one that is written to stays').toHaveLength(1);
});

it.each([1, FRAME_HEADER_BYTES - 1, FRAME_HEADER_BYTES, FRAME_HEADER_BYTES + 5])(
  'passes over a torn end, of %i bytes, in the middle of zeros and at the end of the file',
  async (left) => {
    await append(3);
    const [path = ''] = await paths();
    const end = 2 * frame('played').length + left;
    const bytes = await readFile(path);
    await writeFile(path, bytes.fill(0, end));
    expect((await readTraffic(folder, 7, begun)).map(({ number }) => number)).toEqual([1, 2]);
    await truncate(path, end);
    expect((await readTraffic(folder, 7, begun)).map(({ number }) => number)).toEqual([1, 2]);
  },
);

describe('is found damaged', () => {
  it.each([
    ['the checksum', 0],
    ['the length', 5],
    ['the number', 20],
    ['what was played', FRAME_HEADER_BYTES + 2],
  ])('where %s of a frame before others changed', async (_, at) => {
    await append(3);
    const [path = ''] = await paths();
    await flip(path, frame('played').length + at);
    await expect(readTraffic(folder, 7, begun)).rejects.toThrow(
      `is damaged at byte ${frame('played').length}`,
    );
  });

  it('where a file that is not the last one is cut short', async () => {
    await append(5, MEGABYTE);
    const [first = ''] = await paths();
    await truncate(first, 1000);
    await expect(readTraffic(folder, 7, begun)).rejects.toThrow('is damaged at byte 0');
  });

  it('where frames at the end of a file that is not the last one are gone', async () => {
    await append(5, MEGABYTE);
    const [first = ''] = await paths();
    const bytes = await readFile(first);
    await writeFile(first, bytes.fill(0, 3 * frame(MEGABYTE).length));
    await expect(readTraffic(folder, 7, begun)).rejects.toThrow('there is no traffic 4');
  });

  it('where a file between others is gone', async () => {
    await append(9, MEGABYTE);
    await unlink((await paths())[1] ?? '');
    await expect(readTraffic(folder, 7, begun)).rejects.toThrow('there is no traffic 5');
  });

  it('where the last file is gone, also where it was the only one', async () => {
    await append(5, MEGABYTE);
    const [first = '', last = ''] = await paths();
    await unlink(last);
    await expect(readTraffic(folder, 7, begun)).rejects.toThrow('a traffic file is gone');
    await unlink(first);
    await expect(readTraffic(folder, 7, begun)).rejects.toThrow('a traffic file is gone');
  });

  it('where the first file is gone, and is still needed', async () => {
    await append(5, MEGABYTE);
    await unlink((await paths())[0] ?? '');
    await expect(readTraffic(folder, 7, begun)).rejects.toThrow('a traffic file is gone');
  });
});

async function flip(path: string, at: number): Promise<void> {
  const bytes = await readFile(path);
  bytes[at] = (bytes[at] ?? 0) ^ 1;
  await writeFile(path, bytes);
}
