import { beforeEach, describe, expect, it } from 'vitest';
import { seededCrypto } from '../../../test/support/seeded-crypto.ts';
import { ReconnectionToken } from '../../core/index.ts';
import { CharLogin, type CharLoginOptions, type CharLoginWish } from './char-login.ts';

const ID = '6b1f4f6e-9d3f-4f43-8c43-0f1c2f6f7d10';
const OURS = ReconnectionToken.generate(ID, seededCrypto(1), 0).encodeCompact();
const NEXT = ReconnectionToken.generate(ID, seededCrypto(2), 0).encodeCompact();

let sent: string[];
let login: CharLogin;

function begin(options: Partial<CharLoginOptions> = {}): void {
  sent = [];
  login = new CharLogin({
    isOn: true,
    isSecure: false,
    lineLimitBytes: 40,
    send: (name, data) => sent.push(`${name} ${JSON.stringify(data)}`),
    ...options,
  });
  login.supports(['Char.Login 2']);
  sent = [];
}

function says(name: string, data?: unknown): CharLoginWish {
  return login.receive({ kind: 'message', package: `Char.Login.${name}`, data });
}

beforeEach(() => begin());

describe('Char.Login', () => {
  it.each([[['Char.Login 2']], [['char.login 3', 'Room 1']], [['Room 1', ' Char.Login  2 ']]])(
    'is offered once to a client that supports %j',
    (modules) => {
      login = new CharLogin({
        isOn: true,
        isSecure: false,
        lineLimitBytes: 40,
        send: (name) => sent.push(name),
      });
      expect(login.supports(modules)).toBe(true);
      expect(login.supports(modules)).toBe(false);
      expect(sent).toEqual(['Char.Login.Default']);
      expect(login.keepsTokens).toBe(true);
    },
  );

  it.each([
    [['Char.Login 1']],
    [['Char.Login']],
    [['Char.Login.Extra 2']],
    [['Char 2']],
    ['Char.Login 2'],
    [[2]],
    [undefined],
  ])('is not offered to a client that supports %j', (modules) => {
    login = new CharLogin({
      isOn: true,
      isSecure: false,
      lineLimitBytes: 40,
      send: (name) => sent.push(name),
    });
    expect(login.supports(modules)).toBe(false);
    expect(sent).toEqual([]);
    expect(login.keepsTokens).toBe(false);
  });

  it('is left to client and game where it is turned off', () => {
    begin({ isOn: false });
    expect(login.supports(['Char.Login 2'])).toBe(false);
    expect(says('Reconnect', { token: OURS })).toMatchObject({ kind: 'pass' });
    expect(says('Credentials', {})).toMatchObject({ kind: 'pass' });
    expect(login.fromGame('Char.Login.Token', { token: 'x' })).toBe(false);
    expect(sent).toEqual([]);
  });

  it('says of a token that came over an encrypted connection that it is for such only', () => {
    login.give(OURS, 'Ann');
    expect(sent).toEqual([`Char.Login.Token {"account":"Ann","token":"${OURS}"}`]);
    begin({ isSecure: true });
    login.give(OURS, undefined);
    expect(sent).toEqual([`Char.Login.Token {"account":"player","token":"${OURS}","secure_only":true}`]);
  });

  it('calls the token by the account that the client named, which decides nothing', () => {
    expect(says('Reconnect', { account: 'Somebody', token: OURS })).toEqual({ kind: 'resume', token: OURS });
    login.give(NEXT, 'Ann');
    expect(sent[0]).toContain('"account":"Somebody"');
  });

  it.each([
    [{ token_storage: false }, false],
    [{ token_storage: 'FALSE' }, false],
    [{ token_storage: '0' }, false],
    [{ token_storage: 0 }, false],
    [{ token_storage: true }, true],
    [{ token_storage: 'maybe' }, true],
    [{}, true],
    [{ version: '2' }, true],
    [{ version: '1' }, false],
    [{ version: 1 }, false],
    [{ version: 7 }, true],
    [{ version: 'x' }, false],
  ])('takes from %j whether the client keeps tokens: %s', (fields, keeps) => {
    says('Credentials', fields);
    expect(login.keepsTokens).toBe(keeps);
  });

  it.each([
    {},
    { account: 'Ann' },
    { account: 'Ann', provider: 'github' },
    { password: 'x' },
    [],
    'x',
    undefined,
  ])('hands over to the login of the game at Credentials %j', (data) => {
    expect(says('Credentials', data)).toEqual({ kind: 'login', lines: [] });
  });

  it.each([
    [
      { account: 'Ann', password: 'secret' },
      { kind: 'login', lines: ['Ann', 'secret'] },
    ],
    [
      { account: 'An\nn', password: 'sec\u0000ret' },
      { kind: 'login', lines: ['Ann', 'secret'] },
    ],
    [
      { account: 'é'.repeat(20), password: '' },
      { kind: 'login', lines: ['é'.repeat(20), ''] },
    ],
    [{ account: 'é'.repeat(20), password: 'x'.repeat(41) }, { kind: 'overlong' }],
    [{ account: 'é'.repeat(21), password: '' }, { kind: 'overlong' }],
  ])('has what Credentials %j has typed as lines, if they are none too long', (data, wish) => {
    expect(says('Credentials', data)).toEqual(wish);
  });

  it('gives no Result that nobody waits for', () => {
    login.accepted();
    login.refused('no');
    expect(sent).toEqual([]);
    says('Reconnect', { token: OURS });
    login.begun();
    expect(login.isAwaited).toBe(true);
    login.accepted();
    login.accepted();
    expect(sent).toEqual(['Char.Login.Result {"success":true}']);
    expect(login.isAwaited).toBe(false);
  });

  it.each([
    {},
    { token: 7 },
    { token: '' },
    { token: 'theirs' },
    { token: `${OURS}x` },
    { token: `x.${OURS}` },
  ])('leaves to the game what is no token of ours: %j', (data) => {
    expect(says('Reconnect', data)).toEqual({ kind: 'pass', package: 'Char.Login.Reconnect', data });
  });
});

describe('Char.Login with a game that speaks it', () => {
  it('leaves credentials to the game from its question on', () => {
    expect(login.fromGame('char.login.default', { type: ['password-credentials'] })).toBe(false);
    const data = { account: 'Ann', password: 'secret' };
    expect(says('Credentials', data)).toEqual({ kind: 'pass', package: 'Char.Login.Credentials', data });
  });

  it('tries our token first, also after the question of the game', () => {
    login.fromGame('Char.Login.Default', { type: ['oauth'] });
    expect(says('Reconnect', { token: `${OURS}.theirs` })).toEqual({ kind: 'resume', token: OURS });
    const again = says('Reconnect', { account: 'Ann', token: `${OURS}.theirs` });
    const data = { account: 'Ann', token: 'theirs' };
    expect(again).toEqual({ kind: 'pass', package: 'Char.Login.Reconnect', data });
  });

  it('asks it for its own login where a tried token has no part for it', () => {
    login.fromGame('Char.Login.Default', { type: ['oauth'] });
    says('Reconnect', { token: OURS });
    const again = says('Reconnect', { token: OURS });
    expect(again).toEqual({ kind: 'pass', package: 'Char.Login.Credentials', data: {} });
  });

  it('gives both tokens as one, whichever came first', () => {
    expect(login.fromGame('Char.Login.Token', { account: 'Ann', token: 'theirs.1' })).toBe(false);
    login.give(OURS, undefined);
    expect(login.fromGame('Char.Login.Token', { token: 'theirs.2' })).toBe(true);
    login.give(NEXT, undefined);
    expect(sent).toEqual([
      `Char.Login.Token {"account":"Ann","token":"${OURS}.theirs.1"}`,
      `Char.Login.Token {"account":"Ann","token":"${OURS}.theirs.2"}`,
      `Char.Login.Token {"account":"Ann","token":"${NEXT}.theirs.2"}`,
    ]);
  });

  it.each([
    ['is too long', { token: 'x'.repeat(1025) }],
    ['may not be shown on this connection', { token: 'theirs', secure_only: '1' }],
    ['is none', {}],
  ])('keeps ours alone where that of the game %s', (_, data) => {
    login.give(OURS, undefined);
    expect(login.fromGame('Char.Login.Token', data)).toBe(true);
    login.give(NEXT, undefined);
    expect(sent.at(-1)).toContain(`"token":"${NEXT}"`);
  });

  it('leaves the last word on a refused token to the game that has a part in it', () => {
    says('Reconnect', { token: `${OURS}.theirs` });
    login.begun();
    login.refused('no');
    expect(sent).toEqual([]);
    expect(login.isAwaited).toBe(false);
  });
});
