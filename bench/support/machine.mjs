import { closeSync, fsyncSync, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs';
import { cpus, loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { median } from './statistics.mjs';

/** What it runs on, and how busy that is with other things. */
export function printMachine() {
  const [cpu] = cpus();
  console.log(`Node ${process.version}, ${cpus().length} × ${cpu?.model.trim()}; load ${load()};`);
  console.log(`a write of 1 kB is on disk after ${fsyncMillis().toFixed(2)} ms.`);
}

/** Of the last minute: processes that run or want to. */
export function load() {
  return loadavg()[0].toFixed(1);
}

/** How long a write takes to be on disk here, in ms. */
function fsyncMillis() {
  const folder = mkdtempSync(join(tmpdir(), 'holdfast-fsync-'));
  const file = openSync(join(folder, 'file'), 'w');
  const times = Array.from({ length: 50 }, () => {
    const start = performance.now();
    writeSync(file, Buffer.alloc(1024, 1));
    fsyncSync(file);
    return performance.now() - start;
  });
  closeSync(file);
  rmSync(folder, { recursive: true });
  return median(times);
}
