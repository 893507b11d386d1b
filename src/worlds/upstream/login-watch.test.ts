import { describe, expect, it } from 'vitest';
import { LoginWatch } from './login-watch.ts';
import type { GameEvent } from './telnet-client.ts';

function text(value: string): GameEvent[] {
  return [{ kind: 'text', text: value }];
}

describe('LoginWatch', () => {
  it('takes the first line for the login where nothing else shows it', () => {
    const login = new LoginWatch({});
    expect(login.saw(text('Welcome!\n'))).toBe(false);
    expect(login.lineSent()).toBe(true);
    expect(login.lineSent()).toBe(false);
    expect(login.isUp).toBe(true);
  });

  it('keeps the first three lines private, and all of the login', () => {
    const login = new LoginWatch({});
    for (const _ of [1, 2, 3]) {
      expect(login.isPrivate).toBe(true);
      login.lineSent();
    }
    expect(login.isPrivate).toBe(false);

    const slow = new LoginWatch({ pattern: /^Welcome/ });
    for (const _ of [1, 2, 3, 4]) slow.lineSent();
    expect(slow.isPrivate).toBe(true);
    slow.saw(text('Welcome\n'));
    expect(slow.isPrivate).toBe(false);
  });

  it('finds its pattern in a line that comes in pieces and in colours, once', () => {
    const login = new LoginWatch({ pattern: /^Welcome back, \w+\.$/g });
    expect(login.lineSent()).toBe(false);
    expect(login.saw(text('Not yet.\nSay: Welcome back, Ada.\n\u001b[1;3'))).toBe(false);
    expect(login.saw(text('2mWel'))).toBe(false);
    expect(login.saw(text('come back, Ada.\u001b[0m\nThe room'))).toBe(true);
    expect(login.saw(text('Welcome back, Ada.\n'))).toBe(false);
  });

  it('finds it in a prompt, too', () => {
    const login = new LoginWatch({ pattern: /^HP:\d+ >/ });
    expect(login.saw(text('The room\nHP:10 >'))).toBe(true);
  });

  it('looks at the last 1024 characters of a line only', () => {
    const login = new LoginWatch({ pattern: /start/ });
    expect(login.saw(text(`start${'x'.repeat(1024)}`))).toBe(false);
  });

  it('knows a GMCP package in any case', () => {
    const login = new LoginWatch({ gmcp: 'Char.Name' });
    expect(login.saw([{ kind: 'gmcp', package: 'Char.Names' }])).toBe(false);
    expect(login.saw([{ kind: 'gmcp', package: 'char.name', data: {} }])).toBe(true);
  });
});
