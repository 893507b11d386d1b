import { describe, expect, it } from 'vitest';
import { ManualClock } from '../../../test/support/manual-clock.ts';
import { LoginWatch, type UpSign } from './login-watch.ts';
import type { GameEvent } from './telnet-client.ts';

/** A login, and when its player was through it, as whom. */
function watch(sign: UpSign = {}): {
  login: LoginWatch;
  clock: ManualClock;
  entered: (string | undefined)[];
  says: (...said: readonly (string | GameEvent)[]) => void;
} {
  const clock = new ManualClock();
  const entered: (string | undefined)[] = [];
  const login = new LoginWatch({ sign, clock, entered: (account) => entered.push(account) });
  const says = (...said: readonly (string | GameEvent)[]): void =>
    login.saw(said.map((item) => (typeof item === 'string' ? { kind: 'text', text: item } : item)));
  return { login, clock, entered, says };
}

const HIDES: GameEvent = { kind: 'echo', on: false };
const SHOWS: GameEvent = { kind: 'echo', on: true };

describe('LoginWatch', () => {
  it('takes the first line that is answered for the login where nothing else shows it', () => {
    const { login, clock, entered, says } = watch();
    says('Your name?');
    clock.advance(1000);
    login.lineSent();
    expect(login.isUp).toBe(false);
    says('Hello Ada.\n');
    clock.advance(249);
    expect(login.isUp).toBe(false);
    clock.advance(1);
    expect(login.isUp).toBe(true);
    says('More.\n');
    clock.advance(1000);
    expect(entered).toEqual([undefined]);
  });

  it('does not take a question for a password for the end of it, also where that is hidden a little later', () => {
    const { login, clock, entered, says } = watch();
    login.lineSent();
    says('Password: ');
    clock.advance(200);
    says(HIDES);
    clock.advance(60_000);
    expect(entered).toEqual([]);
    login.lineSent();
    says(SHOWS, '\nWelcome, Ada.\n');
    clock.advance(250);
    expect(entered).toEqual([undefined]);
  });

  it('says nothing after its connection', () => {
    const { login, clock, entered, says } = watch();
    login.lineSent();
    says('Goodbye.');
    login.stop();
    clock.advance(1000);
    expect(entered).toEqual([]);
  });

  it('keeps the first three lines private, and all of the login, and what is hidden', () => {
    const { login, says, clock } = watch();
    login.lineSent();
    says('Hello.');
    clock.advance(250);
    expect(login.isUp).toBe(true);
    for (const _ of [2, 3]) {
      expect(login.isPrivate).toBe(true);
      login.lineSent();
    }
    expect(login.isPrivate).toBe(false);
    says(HIDES);
    expect(login.isPrivate).toBe(true);
    // A new password in mid-game, say.
    expect(login.isLogin).toBe(false);

    const slow = watch({ pattern: /^Welcome/ });
    for (const _ of [1, 2, 3, 4]) slow.login.lineSent();
    expect(slow.login.isPrivate).toBe(true);
    slow.says('Welcome\n');
    expect(slow.login.isPrivate).toBe(false);
  });

  it('finds its pattern in a line that comes in pieces and in colours, once', () => {
    const { login, entered, says, clock } = watch({ pattern: /^Welcome back, \w+\.$/g });
    login.lineSent();
    says('Not yet.\nSay: Welcome back, Ada.\n\u001b[1;3');
    says('2mWel');
    clock.advance(1000);
    expect(login.isUp).toBe(false);
    says('come back, Ada.\u001b[0m\nThe room');
    expect(login.isUp).toBe(true);
    says('Welcome back, Ada.\n');
    expect(entered).toEqual([undefined]);
  });

  it('finds it in a prompt, too', () => {
    const { login, says } = watch({ pattern: /^HP:\d+ >/ });
    says('The room\nHP:10 >');
    expect(login.isUp).toBe(true);
  });

  it('looks at the last 1024 characters of a line only', () => {
    const { login, says } = watch({ pattern: /start/ });
    says(`start${'x'.repeat(1024)}`);
    expect(login.isUp).toBe(false);
  });

  it('reads the account from a group of the pattern', () => {
    const { entered, says } = watch({ pattern: /^Welcome, (?<account>\w+)[.!]/ });
    says('Who?\nWelcome, Ada!\n');
    expect(entered).toEqual(['Ada']);
  });

  it('knows a GMCP package in any case', () => {
    const { login, says } = watch({ gmcp: 'Char.Name' });
    says({ kind: 'gmcp', package: 'Char.Names' });
    expect(login.isUp).toBe(false);
    says({ kind: 'gmcp', package: 'char.name', data: {} });
    expect(login.isUp).toBe(true);
  });

  it('does not take a login that failed for one', () => {
    const { login, entered, says } = watch({ gmcp: 'Char.Login.Result' });
    for (const success of [false, 'false', 0, null]) {
      says({ kind: 'gmcp', package: 'Char.Login.Result', data: { success } });
      expect(login.isUp).toBe(false);
    }
    says({ kind: 'gmcp', package: 'Char.Login.Result', data: { success: 'true', account: 'Ada' } });
    expect(entered).toEqual(['Ada']);
  });

  it.each([
    [{ name: 'Ada', fullname: 'Countess Ada' }, 'Ada'],
    [{ account: 'lovelace', name: 'Ada' }, 'lovelace'],
    [{ account: 7, name: '' }, undefined],
    [['Ada'], undefined],
    ['Ada', undefined],
  ])('reads the account of %j', (data, account) => {
    const { entered, says } = watch({ gmcp: 'Char.Name' });
    says({ kind: 'gmcp', package: 'Char.Name', data });
    expect(entered).toEqual([account]);
  });
});
