import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';

const root = fileURLToPath(new URL('../..', import.meta.url));

/** As many as a test run can wait for; docs/simulation.md has the long form. */
const SEEDS = 2000;

it(`keeps its promises in ${SEEDS} schedules of faults, and in all that once broke one`, async () => {
  // Compiled and in processes of its own: at full speed.
  expect(await node('node_modules/typescript/bin/tsc', '-p', 'test/sim')).toBe('');
  expect(await node('dist-sim/test/sim/main.js', '--seeds', String(SEEDS))).toContain(
    'No promise was broken.',
  );
}, 300_000);

function node(file: string, ...flags: readonly string[]): Promise<string> {
  return new Promise((resolve) => {
    execFile(process.execPath, [join(root, file), ...flags], { cwd: root }, (_, stdout, stderr) => {
      resolve(stdout + stderr);
    });
  });
}
