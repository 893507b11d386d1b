import { describe, expect, test } from 'vitest';
import { readFlags } from './flags.ts';

const given = (...args: readonly string[]): Record<string, unknown> =>
  Object.fromEntries([...readFlags(args).given].map(([name, { raw }]) => [name, raw]));

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
