import { describe, expect, it } from 'vitest';
import { LoginLines, lineDigest } from './login-lines.ts';

const digest = lineDigest();
const NOW = 1_000_000;

function loggedIn(...lines: readonly (readonly [text: string, isHidden: boolean])[]): LoginLines {
  const login = new LoginLines(digest);
  login.begin();
  for (const [text, isHidden] of lines) login.sent(text, isHidden);
  return login;
}

/** Which of these lines it would know again. */
function known(login: LoginLines, ...lines: readonly string[]): readonly string[] {
  login.returned(NOW);
  return lines.filter((line) => login.matches(line, NOW));
}

describe('LoginLines', () => {
  it('knows a name and a password again, once each, in the first ten seconds', () => {
    const login = loggedIn(['Ada', false], ['lovelace', true], ['look', false]);
    expect(login.take('Ada', NOW)).toBe(false);
    login.returned(NOW);
    expect(login.take('look', NOW)).toBe(false);
    expect(login.take('Ada', NOW + 2000)).toBe(true);
    expect(login.take('Ada', NOW + 2001)).toBe(false);
    expect(login.matches('lovelace', NOW + 10_000)).toBe(false);
    expect(login.take('lovelace', NOW + 9999)).toBe(true);
    login.returned(NOW + 60_000);
    expect(login.take('Ada', NOW + 61_000)).toBe(true);
  });

  it('takes the second only behind the first: after a login of one line it is a command that players repeat', () => {
    const login = loggedIn(['connect Ada lovelace', false], ['look', false]);
    login.returned(NOW);
    expect(login.take('look', NOW + 1000)).toBe(false);
    expect(login.take('connect Ada lovelace', NOW + 2000)).toBe(true);
    expect(login.take('look', NOW + 2001)).toBe(true);
    expect(login.take('look', NOW + 2002)).toBe(false);
  });

  it('keeps the first two lines where none is hidden', () => {
    const login = loggedIn(['connect Ada lovelace', false], ['', false], ['look', false], ['north', false]);
    expect(known(login, 'connect Ada lovelace', 'look', 'north', '')).toEqual([
      'connect Ada lovelace',
      'look',
    ]);
  });

  it('keeps the hidden one and the one before it, the last where there were several', () => {
    const login = loggedIn(['Adam', false], ['oops', true], ['Ada', false], ['lovelace', true], ['1', false]);
    expect(known(login, 'Adam', 'oops', 'Ada', 'lovelace', '1')).toEqual(['Ada', 'lovelace']);
  });

  it('forgets them when another login begins', () => {
    const login = loggedIn(['Ada', false]);
    login.begin();
    expect(known(login, 'Ada')).toEqual([]);
  });
});

describe('lineDigest', () => {
  it('is another one in each process, and says nothing of the line', () => {
    expect(digest('Ada')).toBe(digest('Ada'));
    expect(lineDigest()('Ada')).not.toBe(digest('Ada'));
    expect(digest('Ada')).toMatch(/^[\w+/]{43}=$/);
  });
});
