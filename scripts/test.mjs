// `npm test -- <vitest arguments>`: makes the checkout ready, runs every test, and ends with what was not tested and
// one line of counts. With `--long` the tests by force go on for as long as they were thought: see CONTRIBUTING.md.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { closingLine } from './closing-line-reporter.mjs';
import { prepare, root } from './prepare.mjs';
import { findProgram, missingPrograms, testPrograms } from './test-programs.mjs';

prepare();

const environment = { ...process.env };
const flags = process.argv.slice(2).filter((flag) => flag !== '--long');
if (process.argv.includes('--long')) environment.HOLDFAST_TEST_LONG = '1';
for (const program of testPrograms) {
  const path = findProgram(program);
  if (path !== undefined) environment[program.variable] = path;
}

const vitest = spawn(
  process.execPath,
  [
    join(root, 'node_modules/vitest/vitest.mjs'),
    'run',
    '--reporter=default',
    `--reporter=${join(root, 'scripts/closing-line-reporter.mjs')}`,
    ...flags,
  ],
  { cwd: root, env: environment, stdio: ['inherit', 'inherit', 'inherit', 'ipc'] },
);
let counts = { passed: 0, failed: 0, skipped: 0 };
vitest.on('message', (message) => {
  counts = message;
});
// Ctrl-C reaches vitest too; what it still has to say comes first.
process.on('SIGINT', () => {});
process.on('SIGTERM', () => vitest.kill('SIGTERM'));
const [code] = await once(vitest, 'close');

const missing = missingPrograms();
if (missing.length > 0) {
  console.log('\n*** NOT TESTED, for want of a program:');
  for (const { debian, untested } of missing) console.log(`***   ${untested} (${debian})`);
  console.log('*** On Debian, as root, this installs them: npm run test:setup\n');
}
const isEmpty = counts.passed + counts.failed === 0;
if (isEmpty) console.log('No test was run.');
console.log(closingLine(counts));
process.exitCode = isEmpty ? 1 : (code ?? 1);
