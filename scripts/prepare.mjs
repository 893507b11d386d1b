// Makes a checkout ready to run: the right Node, the packages that package-lock.json names, an up-to-date build.
// Runs before anything is installed, so it may import nothing but Node and what is beside it.
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { stalePages } from './build-pages.mjs';

export const root = fileURLToPath(new URL('..', import.meta.url));

/** Installs and builds what is missing or stale. Ends the process where that fails. */
export function prepare() {
  requireNode(20, 19);
  const reason = reasonToInstall();
  if (reason !== undefined) {
    console.log(`Installing packages: ${reason}.`);
    // The build needs the development packages, also under NODE_ENV=production.
    runNpm('ci', '--include=dev');
  }
  // tsc knows best what is stale. Where nothing is, it takes a moment.
  run(process.execPath, [join(root, 'node_modules/typescript/bin/tsc'), '-b', root]);
  for (const page of stalePages(root)) buildPage(page);
}

function buildPage(page) {
  const vite = join(root, 'node_modules/vite/bin/vite.js');
  run(process.execPath, [
    vite,
    'build',
    '--logLevel',
    'warn',
    '--config',
    join(root, 'web', page, 'vite.config.ts'),
  ]);
}

function requireNode(major, minor) {
  const [haveMajor, haveMinor] = process.versions.node.split('.').map(Number);
  if (haveMajor > major || (haveMajor === major && haveMinor >= minor)) return;
  fail(`Holdfast needs Node ${major}.${minor} or newer; this is ${process.versions.node}.`);
}

/** Compares what is installed with what package-lock.json names. npm keeps the same record inside node_modules. */
function reasonToInstall() {
  const installed = readPackages('node_modules/.package-lock.json');
  if (installed === undefined) return 'node_modules is missing';
  for (const [path, wanted] of Object.entries(readPackages('package-lock.json') ?? {})) {
    if (!path.includes('node_modules/')) continue;
    const found = installed[path];
    // Optional packages are for other platforms too: those are rightly absent.
    if (found === undefined && wanted.optional) continue;
    const isSame = found?.version === wanted.version && found?.integrity === wanted.integrity;
    if (!isSame || !existsSync(join(root, path))) return `${path} is not as in package-lock.json`;
  }
  return undefined;
}

function readPackages(file) {
  try {
    return JSON.parse(readFileSync(join(root, file), 'utf8')).packages;
  } catch {
    return undefined;
  }
}

function runNpm(...args) {
  // Inside `npm start` npm says where it is, which also works where no `npm` is on the path.
  const npm = process.env.npm_execpath;
  if (npm?.endsWith('npm-cli.js')) run(process.execPath, [npm, ...args]);
  else run('npm', args, { shell: process.platform === 'win32' });
}

function run(command, args, options = {}) {
  const { status, error } = spawnSync(command, args, { cwd: root, stdio: 'inherit', ...options });
  if (error !== undefined) fail(`${command} could not be started: ${error.message}`);
  if (status !== 0) process.exit(status ?? 1);
}

function fail(message) {
  console.error(message);
  process.exit(1);
}
