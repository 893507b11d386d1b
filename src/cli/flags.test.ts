import { describe, expect, test } from 'vitest';
import { readCommand, readFlags } from './flags.ts';

const given = (...args: readonly string[]): Record<string, unknown> =>
  Object.fromEntries([...readFlags(args).given].map(([name, { raw }]) => [name, raw]));

describe('a command line', () => {
  test.each([
    ['', { kind: 'help', about: 'holdfast' }],
    ['help', { kind: 'help', about: 'holdfast' }],
    ['--help', { kind: 'help', about: 'holdfast' }],
    ['-h', { kind: 'help', about: 'holdfast' }],
    ['help serve', { kind: 'help', about: 'serve' }],
    ['serve --telnet 1 --help', { kind: 'help', about: 'serve' }],
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

describe('flags', () => {
  test('have their value behind them or behind an equals sign', () => {
    expect(given('--telnet', '1', '--http=2', '--upstream-up-pattern=a=--b')).toEqual({
      telnet: { kind: 'text', text: '1' },
      http: { kind: 'text', text: '2' },
      upstreamUpPattern: { kind: 'text', text: 'a=--b' },
    });
  });

  test('of yes or no mean yes without a value; others then have nothing', () => {
    expect(given('--telnet', '--enable-reconnection', '--data')).toEqual({
      telnet: { kind: 'other', found: 'nothing' },
      enableReconnection: { kind: 'text', text: 'true' },
      data: { kind: 'other', found: 'nothing' },
    });
  });

  test.each([
    [['--telnte', '1'], '--telnte: unknown setting; did you mean --telnet?'],
    [['--token_ttl_seconds', '1'], '--token_ttl_seconds: unknown setting; did you mean --token-ttl-seconds?'],
    [
      ['--no-telnet-token-line'],
      '--no-telnet-token-line: unknown setting; did you mean --telnet-token-line?',
    ],
    [['--xyzzy=1'], '--xyzzy: unknown setting'],
    [['4000'], '"4000": expected a flag, such as --telnet'],
    [['-t', '4000'], '"-t": expected a flag, such as --telnet'],
    [['--telnet', '1', '--telnet', '2'], '--telnet: given twice'],
  ])('%j is reported', (args, problem) => {
    expect(readFlags(args).problems).toContain(problem);
  });
});
