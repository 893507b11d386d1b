import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test, vi } from 'vitest';
import { temporaryFolder } from '../../test/support/gateway-process.ts';

const timingSafeEqual = vi.hoisted(() => vi.fn());
vi.mock('node:crypto', async (original) => {
  const real: typeof import('node:crypto') = await original();
  timingSafeEqual.mockImplementation(real.timingSafeEqual);
  return { ...real, timingSafeEqual };
});
const { Credential, keepCredential } = await import('./credential.ts');

const SECRET = 'correct-horse-battery-staple';

test('a credential matches itself and nothing else, compared in constant time whatever the length', () => {
  const credential = new Credential(SECRET);
  for (const other of ['', 'x', SECRET.slice(1), `${SECRET}x`, SECRET.toUpperCase(), 'x'.repeat(100_000)]) {
    expect(credential.matches(other)).toBe(false);
  }
  expect(credential.matches(SECRET)).toBe(true);
  expect(timingSafeEqual).toHaveBeenCalledTimes(7);
});

test.each([
  ['short', 'x'.repeat(19)],
  ['long', 'x'.repeat(513)],
  ['with a space', 'a b'.repeat(20)],
  ['with a line end', `${SECRET}\n`],
])('a credential that is too %s is none, and the error does not tell it', (_why, text) => {
  expect(() => new Credential(text)).toThrow(/must have 20 to 512/);
  expect(() => new Credential(text)).not.toThrow(text);
});

test('a file for it is made once, for its owner only, and kept', async () => {
  const folder = temporaryFolder();
  onTestFinished(() => folder.remove());
  const path = join(folder.path, 'credential');
  const made = await keepCredential(path);
  expect(made).toMatch(/^[\w-]{43}$/);
  expect(statSync(path).mode & 0o777).toBe(0o600);
  expect(readFileSync(path, 'utf8')).toBe(`${made}\n`);
  expect(await keepCredential(path)).toBe(made);
  writeFileSync(path, `  ${SECRET}\r\n`);
  expect(await keepCredential(path)).toBe(SECRET);
});
