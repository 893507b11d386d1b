import { describe, expect, test } from 'vitest';
import { readCommand } from './command.ts';
import { drain } from './operator/drain.ts';

describe('a command line', () => {
  test.each([
    ['', { kind: 'help', about: 'holdfast' }],
    ['help', { kind: 'help', about: 'holdfast' }],
    ['--help', { kind: 'help', about: 'holdfast' }],
    ['-h', { kind: 'help', about: 'holdfast' }],
    ['help serve', { kind: 'help', about: 'serve' }],
    ['serve --telnet 1 --help', { kind: 'help', about: 'serve' }],
    ['help drain', { kind: 'help', about: drain }],
    ['drain --undo --help', { kind: 'help', about: drain }],
    ['drain --undo', { kind: 'operate', command: drain, args: ['--undo'] }],
    ['--version', { kind: 'version' }],
    ['serve', { kind: 'serve', flags: [] }],
    ['serve --telnet 1', { kind: 'serve', flags: ['--telnet', '1'] }],
    ['sevre', { kind: 'unknown', problem: 'unknown command "sevre"; did you mean serve?' }],
    ['dance', { kind: 'unknown', problem: 'unknown command "dance"; see holdfast help' }],
    [
      '--telnet 1',
      { kind: 'unknown', problem: '--telnet: expected a command first: holdfast serve --telnet' },
    ],
  ])('holdfast %s', (line, command) => {
    expect(readCommand(line === '' ? [] : line.split(' '))).toEqual(command);
  });
});
