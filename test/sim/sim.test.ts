import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';

const root = fileURLToPath(new URL('../..', import.meta.url));

/** As many as a test run can wait for; docs/simulation.md has the long form. */
const SEEDS = 2000;

it(`keeps its promises in ${SEEDS} schedules of faults, and in all that once broke one`, () => {
  // Compiled and in processes of its own: at full speed.
  const compiled = node('node_modules/typescript/bin/tsc', '-p', 'test/sim');
  expect(compiled.stdout).toBe('');
  const run = node('dist-sim/test/sim/main.js', '--seeds', String(SEEDS));
  expect(run.status, `${run.stdout}\n${run.stderr}`).toBe(0);
  expect(run.stdout).toContain('No promise was broken.');
}, 300_000);

function node(
  file: string,
  ...flags: readonly string[]
): { status: number | null; stdout: string; stderr: string } {
  return spawnSync(process.execPath, [join(root, file), ...flags], { cwd: root, encoding: 'utf8' });
}
