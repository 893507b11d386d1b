import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';

const realRoot = fileURLToPath(new URL('..', import.meta.url));

// A checkout whose npm, tsc, vitest and gateway only say that they were called.
let root: string;

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'holdfast-scripts-'));
  cpSync(join(realRoot, 'scripts'), join(root, 'scripts'), { recursive: true });
  write('package.json', '{"type":"module"}');
  write('npm-cli.js', "console.log('npm', ...process.argv.slice(2));");
  write('node_modules/typescript/bin/tsc', "console.log('tsc', process.argv[2]);");
  write('node_modules/vite/bin/vite.js', "console.log('vite', process.argv[2], process.argv.at(-1));");
  write('node_modules/vitest/vitest.mjs', 'process.send({ passed: 2, failed: 0, skipped: 1 });');
  write('dist/cli/main.js', "console.log('main', ...process.argv.slice(2));");
  lock({ 'node_modules/ws': { version: '1.0.0' }, 'node_modules/mac': { version: '1.0.0', optional: true } });
  installed({ 'node_modules/ws': { version: '1.0.0' } });
  write('node_modules/ws/package.json', '{}');
});

afterEach(() => {
  rmSync(root, { recursive: true, force: true });
});

describe('npm start', () => {
  test('builds and serves, with its flags, from any folder', () => {
    expect(run('start', ['--telnet', '0'])).toEqual({ code: 0, lines: ['tsc -b', 'main serve --telnet 0'] });
  });

  test.each([
    ['is missing', () => rmSync(join(root, 'node_modules/.package-lock.json')), 'node_modules is missing'],
    [
      'has another version',
      () => installed({ 'node_modules/ws': { version: '0.9.0' } }),
      'node_modules/ws is not as in package-lock.json',
    ],
    ['lacks a package', () => installed({}), 'node_modules/ws is not as in package-lock.json'],
    [
      'lost a folder',
      () => rmSync(join(root, 'node_modules/ws'), { recursive: true }),
      'node_modules/ws is not as in package-lock.json',
    ],
  ])('installs where node_modules %s, and says why', (_, damage, reason) => {
    damage();
    expect(run('start').lines.slice(0, 2)).toEqual([
      `Installing packages: ${reason}.`,
      'npm ci --include=dev',
    ]);
  });

  test('builds a page that was not built, and one whose source is newer, by the client library too', () => {
    const config = (page: string): string => join(root, 'web', page, 'vite.config.ts');
    for (const page of ['terminal', 'operator']) {
      write(`web/${page}/vite.config.ts`, '');
      write(`web/${page}/main.ts`, '');
    }
    write('src/client/index.ts', '');
    write('dist/web/operator/index.html', '');
    expect(run('start').lines).toEqual(['tsc -b', `vite build ${config('terminal')}`, 'main serve']);
    write('dist/web/terminal/index.html', '');
    expect(run('start').lines).toEqual(['tsc -b', 'main serve']);
    touchLater('web/operator/main.ts');
    expect(run('start').lines).toEqual(['tsc -b', `vite build ${config('operator')}`, 'main serve']);
    touchLater('src/client/index.ts');
    expect(run('start').lines.filter((line) => line.startsWith('vite'))).toHaveLength(2);
  });

  test('stops where the build fails', () => {
    write('node_modules/typescript/bin/tsc', "console.log('error TS1'); process.exit(2);");
    expect(run('start')).toEqual({ code: 2, lines: ['error TS1'] });
  });

  test('stops on a Node that is too old', () => {
    write('old.mjs', "Object.defineProperty(process.versions, 'node', { value: '20.18.3' });");
    expect(run('start', [], { NODE_OPTIONS: `--import=${join(root, 'old.mjs')}` })).toEqual({
      code: 1,
      lines: ['Holdfast needs Node 20.19 or newer; this is 20.18.3.'],
    });
  });
});

describe('npm test', () => {
  const allThere = Object.fromEntries(
    ['CHROMIUM', 'TINYMUX', 'TINTIN', 'TINYFUGUE', 'TELNET', 'NC', 'TMUX'].map((name) => [
      `HOLDFAST_TEST_${name}`,
      '/bin/true',
    ]),
  );

  test('ends with the counts, alone on their line', () => {
    expect(run('test', [], allThere)).toEqual({
      code: 0,
      lines: ['tsc -b', '2 passed, 0 failed, 1 skipped'],
    });
  });

  test("passes arguments on, and vitest's exit code back", () => {
    write('node_modules/vitest/vitest.mjs', 'console.log(process.argv.at(-1)); process.exitCode = 3;');
    const { code, lines } = run('test', ['src/core'], allThere);
    expect({ code, line: lines[1] }).toEqual({ code: 1, line: 'src/core' });
    write(
      'node_modules/vitest/vitest.mjs',
      'process.send({ passed: 1, failed: 1, skipped: 0 }); process.exitCode = 3;',
    );
    expect(run('test', [], allThere).code).toBe(3);
  });

  test('fails where no test was run', () => {
    write('node_modules/vitest/vitest.mjs', 'process.send({ passed: 0, failed: 0, skipped: 9 });');
    expect(run('test', [], allThere)).toEqual({
      code: 1,
      lines: ['tsc -b', 'No test was run.', '0 passed, 0 failed, 9 skipped'],
    });
  });

  test('tells the tests where the programs are', () => {
    write('bin/tmux', '', 0o755);
    write('bin/nc', '', 0o644);
    write(
      'node_modules/vitest/vitest.mjs',
      "console.log(process.env.HOLDFAST_TEST_TMUX, process.env.HOLDFAST_TEST_NC ?? 'none');",
    );
    expect(run('test', [], { PATH: join(root, 'bin') }).lines[1]).toBe(`${join(root, 'bin/tmux')} none`);
  });

  test('says loudly what was not tested, right before the counts', () => {
    const { code, lines } = run('test', [], { ...allThere, HOLDFAST_TEST_TMUX: '', PATH: '' });
    expect(code).toBe(0);
    expect(lines.slice(1)).toEqual([
      '*** NOT TESTED, for want of a program:',
      '***   all of these clients, which want a terminal (tmux)',
      '*** On Debian, as root, this installs them: npm run test:setup',
      '2 passed, 0 failed, 1 skipped',
    ]);
  });
});

function write(path: string, text: string, mode?: number): void {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), text, { mode });
}

/** As if it was changed after everything else. */
function touchLater(path: string): void {
  const later = new Date(Date.now() + 60_000);
  utimesSync(join(root, path), later, later);
}

function lock(packages: object): void {
  write('package-lock.json', JSON.stringify({ packages: { '': {}, ...packages } }));
}

function installed(packages: object): void {
  write('node_modules/.package-lock.json', JSON.stringify({ packages }));
}

/** Runs a script from a folder that is not the checkout; gives its lines but the empty ones. */
function run(
  script: string,
  args: readonly string[] = [],
  environment: Readonly<Record<string, string>> = {},
): { readonly code: number | null; readonly lines: readonly string[] } {
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [join(root, `scripts/${script}.mjs`), ...args],
    {
      cwd: tmpdir(),
      encoding: 'utf8',
      env: { npm_execpath: join(root, 'npm-cli.js'), ...environment },
    },
  );
  return { code: status, lines: `${stdout}${stderr}`.split('\n').filter((line) => line !== '') };
}
