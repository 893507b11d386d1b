// `npm run test:setup`: installs the programs that some tests play against. Needs Debian (or its like) and root; does
// nothing where all are there.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { missingPrograms, testPrograms } from './test-programs.mjs';

const packages = missingPrograms().map((program) => program.debian);
if (packages.length === 0) {
  console.log(`All ${testPrograms.length} programs that the tests use are installed.`);
} else if (!existsSync('/etc/debian_version')) {
  fail(`This is no Debian. Please install in your system's way: ${packages.join(', ')}.`);
} else if (process.getuid?.() !== 0) {
  fail(`This needs root. Please run: sudo apt-get install ${packages.join(' ')}`);
} else {
  console.log(`Installing ${packages.join(', ')}.`);
  apt('update');
  apt('install', '--yes', '--no-install-recommends', ...packages);
  const missing = missingPrograms().map((program) => program.debian);
  if (missing.length > 0) fail(`Installed, but their programs were not found: ${missing.join(', ')}.`);
}

function apt(...args) {
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  const { status } = spawnSync('apt-get', ['--quiet', ...args], {
    env,
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  if (status !== 0) fail(`apt-get ${args[0]} failed.`);
}

function fail(message) {
  console.error(message);
  process.exit(1);
}
