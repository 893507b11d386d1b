import { expect, it } from 'vitest';
import { privateLineMatcher } from './private-lines.ts';

it('knows lines with a password by their command, in any case', () => {
  const isPrivate = privateLineMatcher();
  const lines = ['connect Wizard secret', '  CONNECT Wizard', 'create x y', '@password\told=new', 'Create é'];
  expect(lines.filter((line) => !isPrivate(line))).toEqual([]);
});

it('leaves other lines, and commands without arguments', () => {
  const isPrivate = privateLineMatcher();
  const lines = ['connect', 'connect  ', 'reconnect Wizard', 'connected now', 'say connect me', ''];
  expect(lines.filter((line) => isPrivate(line))).toEqual([]);
});

it('takes commands as they are written', () => {
  const isPrivate = privateLineMatcher(['+pass.word', 'a|b']);
  expect(['+pass.word x', 'a|b x'].map((line) => isPrivate(line))).toEqual([true, true]);
  expect(['+passXword x', '+pass', 'a x', 'b x'].map((line) => isPrivate(line))).toEqual(
    Array.from({ length: 4 }, () => false),
  );
  expect(privateLineMatcher([])(' connect Wizard secret')).toBe(false);
});
