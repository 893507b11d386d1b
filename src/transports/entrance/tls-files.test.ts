import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { certificate } from '../../../test/support/certificate.ts';
import { Changes } from '../../../test/support/until.ts';
import { TlsFiles } from './tls-files.ts';

let folder: string;
let paths: { certificate: string; key: string };
let files: TlsFiles | undefined;
let problems: string[];
let reloads: number;
let changes: Changes;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'holdfast-tls-'));
  paths = { certificate: join(folder, 'tls.crt'), key: join(folder, 'tls.key') };
  problems = [];
  reloads = 0;
  changes = new Changes();
  put('first');
});

afterEach(() => {
  files?.close();
  rmSync(folder, { recursive: true, force: true });
});

function put(name: 'first' | 'second'): void {
  copyFileSync(certificate(name).certificate, paths.certificate);
  copyFileSync(certificate(name).key, paths.key);
}

function open(watchMs = 1_000_000): TlsFiles {
  files = new TlsFiles({
    ...paths,
    watchMs,
    onProblem: (problem) => problems.push(problem),
    onReload: () => {
      reloads += 1;
      changes.changed();
    },
  });
  return files;
}

test('new files are noticed, and used', async () => {
  const heard: Buffer[] = [];
  open(10).onChange(({ cert }) => heard.push(cert));
  put('second');
  await changes.until('the new certificate', () => reloads > 0);
  expect(heard.at(-1)).toEqual(readFileSync(certificate('second').certificate));
});

test('files that are the same are not reloaded', () => {
  open().reload();
  expect(reloads).toBe(0);
});

test('while a certificate and a key do not go together the old ones stay in use', () => {
  const opened = open();
  copyFileSync(certificate('second').certificate, paths.certificate);
  opened.reload();
  expect(problems).toEqual([expect.stringContaining('cannot be used')]);
  expect(opened.current.cert).toEqual(readFileSync(certificate('first').certificate));
  copyFileSync(certificate('second').key, paths.key);
  opened.reload();
  expect(reloads).toBe(1);
  expect(opened.current.cert).toEqual(readFileSync(certificate('second').certificate));
});

test('files that cannot be used at the start are an error that quotes nothing of them', () => {
  const secret = readFileSync(paths.key, 'utf8').split('\n')[1] ?? '';
  writeFileSync(paths.key, `-----BEGIN PRIVATE KEY-----\n${secret}\n-----END PRIVATE KEY-----\n`);
  const problem = problemOf(() => open());
  expect(problem).toContain(paths.key);
  expect(problem).not.toContain(secret.slice(0, 16));
});

test('a file that is not there is named', () => {
  rmSync(paths.key);
  expect(problemOf(() => open())).toBe(`the TLS key ${paths.key} cannot be read: ENOENT`);
});

function problemOf(act: () => unknown): string {
  try {
    act();
  } catch (error) {
    return String(error instanceof Error ? error.message : error);
  }
  throw new Error('nothing was wrong');
}
