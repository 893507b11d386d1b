// `npm run sim -- --seeds N`: compiles the simulation and runs it at full speed. See docs/simulation.md.
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { prepare, root } from './prepare.mjs';

prepare();
run(join(root, 'node_modules/typescript/bin/tsc'), '-p', join(root, 'test/sim'));
run(join(root, 'dist-sim/test/sim/main.js'), ...process.argv.slice(2));

function run(...command) {
  const { status } = spawnSync(process.execPath, command, { stdio: 'inherit' });
  if (status !== 0) process.exit(status ?? 1);
}
