import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { certificate } from './support/certificate.ts';
import { GatewayProcess, temporaryFolder } from './support/gateway-process.ts';
import { startLineGame, type LineGame } from './support/line-game.ts';
import { Mudlet, TokenStore, type Profile } from './support/mudlet.ts';
import { Changes } from './support/until.ts';
import { WebPlayer } from './support/web-player.ts';

// Mudlet 5 comes back by what it ships, and is played here by `support/mudlet.ts`.

let folder: ReturnType<typeof temporaryFolder>;
let gateway: GatewayProcess;
let profile: Profile;

beforeEach(() => {
  profile = { store: new TokenStore() };
});

async function start(...args: readonly string[]): Promise<void> {
  folder = temporaryFolder();
  gateway = await GatewayProcess.start(folder.path, ...args);
}

async function stop(): Promise<void> {
  await gateway.kill();
  folder.remove();
}

/** A new player of the demo world, whose client has the token. */
async function enter(name: string, using = profile): Promise<Mudlet> {
  const mudlet = new Mudlet(gateway.telnet, using);
  await mudlet.sees('name');
  mudlet.line(name);
  await mudlet.message('Char.Login.Token');
  return mudlet;
}

async function comeBack(using = profile): Promise<Mudlet> {
  const mudlet = new Mudlet(gateway.telnet, using);
  await mudlet.sees('Welcome back.');
  return mudlet;
}

describe('a stock Mudlet in the demo world', () => {
  let bob: WebPlayer;

  // One gateway for all: each test has players of its own.
  beforeAll(async () => {
    await start();
    bob = (await WebPlayer.enter(gateway.http, 'Bob')).keepUp();
  });

  afterAll(async () => {
    bob.cut();
    await stop();
  });

  it('hands over to the login of the game, is given a token, and comes back by it again and again', async () => {
    const ann = await enter('Ann');
    expect(ann.messagesOf('Char.Login.Default')).toEqual([{ version: 2, type: ['oauth'] }]);
    expect(ann.sent.filter((name) => name.startsWith('Char'))).toEqual(['Char.Login.Credentials']);
    expect(profile.store.entry).toMatchObject({ account: 'ann', secureOnly: false });
    const first = profile.store.entry?.token;
    ann.cut();
    await bob.sees('Ann freezes, link-dead.');

    const second = await comeBack();
    expect(await second.message('Char.Login.Result')).toEqual({ success: true });
    second.line('say hello');
    await bob.sees('Ann says, "hello');
    expect(profile.store.entry?.token).not.toBe(first);
    second.cut();
    const third = await comeBack();
    third.line('say again');
    await bob.sees('Ann says, "again');
    third.cut();
  });

  it('is shown no token as text', async () => {
    const cleo = await enter('Cleo');
    cleo.cut();
    const back = await comeBack();
    back.line('say done');
    await back.sees('You say, "done');
    expect(cleo.text + back.text).not.toMatch(/reconnect|To come back/);
    back.cut();
  });

  it('types no stored name or password into the game that it came back to', async () => {
    profile = { ...profile, name: 'Dora', password: 'secret' };
    const dora = await enter('Dora');
    dora.cut();
    const back = await comeBack();
    back.runLoginTimers();
    back.line('say done');
    await back.sees('You say, "done');
    expect(back.text).not.toContain('secret');
    expect(back.sent).not.toContain('Char.Login.Credentials');
    back.cut();
  });

  it('whose token is not good any more is told so, forgets it, and logs in', async () => {
    const fay = await enter('Fay');
    fay.line('quit');
    await fay.closed();
    const back = new Mudlet(gateway.telnet, profile);
    expect(await back.message('Char.Login.Result')).toEqual({
      success: false,
      message: 'That reconnection token is not valid any more.',
    });
    expect(back).toMatchObject({ wantsReconnect: true, told: ['expired'] });
    expect(profile.store.entry).toBeUndefined();
    back.cut();
    const again = await enter('Fay');
    expect(again.sent).not.toContain('Char.Login.Reconnect');
    expect(profile.store.entry).toBeDefined();
    again.cut();
  });

  it('keeps its token where the refusal passes: the connection closes without a word about it', async () => {
    const gwen = await enter('Gwen');
    const old = profile.store.entry;
    gwen.cut();
    (await comeBack()).cut();
    const now = await comeBack();
    // The use of the second token has just confirmed it: this may be the owner's own late attempt.
    const late = new Mudlet(gateway.telnet, profile, { stale: old });
    await late.sees('your token stays good');
    await late.closed();
    expect(late.messagesOf('Char.Login.Result')).toEqual([]);
    expect(profile.store.entry).toBeDefined();
    now.line('say still here');
    await bob.sees('Gwen says, "still here');
    now.cut();
  });

  it('shares its tokens with another instance: whoever is later gets the same successor', async () => {
    (await enter('Hope')).cut();
    const old = profile.store.entry;
    const one = await comeBack();
    const successor = profile.store.entry;
    const other = new Mudlet(gateway.telnet, profile, { stale: old });
    await other.message('Char.Login.Result');
    expect(profile.store.entry).toEqual(successor);
    await one.sees('Another client has taken over this session.');
    other.line('say mine');
    await bob.sees('Hope says, "mine');
    other.cut();
  });

  it('shows the token that another instance has stored meanwhile, on the same connection', async () => {
    const ida = await enter('Ida');
    const dead = profile.store.entry;
    ida.line('quit');
    await ida.closed();
    profile.isRejected = true;
    (await enter('Ida')).cut();
    const other = new Mudlet(gateway.telnet, profile, { stale: dead });
    await other.message('Char.Login.Result', (data) => JSON.stringify(data) === '{"success":true}');
    expect(other.messagesOf('Char.Login.Result')).toHaveLength(2);
    await other.sees('Welcome back.');
    other.line('say found it');
    await bob.sees('Ida says, "found it');
    other.cut();
  });

  it('that keeps no tokens is promised nothing, and shown the line instead', async () => {
    profile = { ...profile, tokenStorage: false };
    const jane = new Mudlet(gateway.telnet, profile);
    await jane.sees('name');
    jane.line('Jane');
    await jane.sees('reconnect h1');
    expect(jane.messagesOf('Char.Login.Token')).toEqual([]);
    jane.cut();
  });

  it.each([
    ['words', 'Jill', (value: boolean | number) => String(value)],
    ['numbers', 'Joan', (value: boolean | number) => Number(value)],
    ['numbers in words', 'June', (value: boolean | number) => String(Number(value))],
  ])('may write its booleans and version as %s', async (_, name, write) => {
    profile = { ...profile, write };
    (await enter(name)).cut();
    const back = await comeBack();
    expect(await back.message('Char.Login.Result')).toEqual({ success: true });
    back.cut();
    const forgetful = new Mudlet(gateway.telnet, {
      ...profile,
      store: new TokenStore(),
      tokenStorage: false,
    });
    await forgetful.sees('name');
    forgetful.line(`Forgetful${name}`);
    await forgetful.sees('reconnect h1');
    expect(forgetful.messagesOf('Char.Login.Token')).toEqual([]);
    forgetful.cut();
  });

  it('of version 1 is asked nothing, and has the line', async () => {
    profile = { ...profile, version: 1 };
    const lea = new Mudlet(gateway.telnet, profile);
    await lea.sees('name');
    lea.line('Lea');
    await lea.sees('reconnect h1');
    expect(lea.messages.filter(({ name }) => name.startsWith('Char.Login'))).toEqual([]);
    lea.cut();
  });
});

describe('a Mudlet whose token came encrypted', () => {
  beforeEach(() => {
    const files = certificate('first');
    return start('--telnet-tls', '0', '--tls-certificate', files.certificate, '--tls-key', files.key);
  });

  afterEach(stop);

  it('comes back encrypted, and never shows it in the clear', async () => {
    const ann = new Mudlet(gateway.telnetTls, profile, { tls: true });
    await ann.sees('name');
    ann.line('Ann');
    expect(await ann.message('Char.Login.Token')).toMatchObject({ secure_only: true });
    expect(profile.store.entry?.secureOnly).toBe(true);
    ann.cut();

    const open = new Mudlet(gateway.telnet, profile);
    await open.sees('name');
    expect(open.told).toEqual(['not encrypted']);
    expect(open.sent).not.toContain('Char.Login.Reconnect');
    open.cut();

    const back = new Mudlet(gateway.telnetTls, profile, { tls: true });
    await back.sees('Welcome back.');
    expect(await back.message('Char.Login.Result')).toEqual({ success: true });
    back.cut();
  });
});

describe('a Mudlet where the operator turned char_login off', () => {
  afterEach(stop);

  it('is asked nothing, types its stored name, and has the line', async () => {
    await start('--char-login', 'off');
    const ann = new Mudlet(gateway.telnet, { ...profile, name: 'Ann' });
    await ann.sees('name');
    ann.runLoginTimers();
    await ann.sees('reconnect h1');
    expect(ann.messages.filter(({ name }) => name.startsWith('Char.Login'))).toEqual([]);
    ann.cut();
  });
});

describe('a Mudlet in front of a game elsewhere', () => {
  let game: LineGame;
  const changes = new Changes();
  let look: NodeJS.Timeout;

  beforeEach(async () => {
    game = await startLineGame();
    await start('--upstream', `127.0.0.1:${game.port}`);
    look = setInterval(() => changes.changed(), 10);
  });

  afterEach(async () => {
    clearInterval(look);
    await stop();
    await game.close();
  });

  /** What the game heard of this in `Char.Login`. */
  function heard(): readonly string[] {
    return game.talks.flatMap(({ gmcp }) => gmcp).filter((message) => message.startsWith('Char.Login'));
  }

  /** The game knows what the client of its newest connection speaks. */
  function hasIntroduction(): boolean {
    return game.talks.at(-1)?.gmcp.some((message) => message.includes('Char.Login 2')) ?? false;
  }

  async function logIn(mudlet: Mudlet): Promise<void> {
    await mudlet.sees('What is your name?');
    mudlet.line('Ada');
    await mudlet.sees('Password:');
    mudlet.line('lovelace');
    await mudlet.sees('1: Welcome, Ada.');
    await mudlet.message('Char.Login.Token');
  }

  it('comes back to the game without a password, and the game hears nothing of it', async () => {
    const ada = new Mudlet(gateway.telnet, profile);
    await logIn(ada);
    // The game named no account, and a token without one would be ignored.
    expect(profile.store.entry?.account).toBe('player');
    expect(ada.told).toEqual([]);
    ada.cut();
    const back = await comeBack();
    back.line('look');
    await back.sees('You said: look');
    expect(game.logins).toHaveLength(1);
    expect(heard()).toEqual([]);
    back.cut();
  });

  it('has its password typed to the game, in two lines that are nowhere else', async () => {
    // A client of the standard that shows stored credentials whatever is offered.
    const ada = new Mudlet(gateway.telnet, profile);
    await ada.message('Char.Login.Default');
    ada.say('Char.Login.Credentials', { account: 'Ada', password: 'lovelace' });
    await ada.sees('1: Welcome, Ada.');
    expect(game.logins).toEqual([{ name: 'Ada', password: 'lovelace' }]);
    expect(heard()).toEqual([]);
    expect(await ada.message('Char.Login.Token')).toMatchObject({ account: 'Ada' });
    // Who is playing is logged in: nothing of it may reach the room.
    ada.say('Char.Login.Credentials', { account: 'Ada', password: 'lovelace' });
    ada.line('look');
    await ada.sees('You said: look');
    expect(game.received('Ada')).toEqual(['look']);
    expect(gateway.log).not.toContain('lovelace');
    ada.cut();
  });

  it('signs in to a game that speaks Char.Login itself, with the words of that game', async () => {
    profile = { ...profile, name: 'Ada', password: 'lovelace' };
    const ada = new Mudlet(gateway.telnet, profile);
    await ada.sees('What is your name?');
    await changes.until('the game to have GMCP', hasIntroduction);
    game.gmcp('Char.Login.Default', { type: ['password-credentials'] });
    await changes.until('the credentials', () => heard().length === 1);
    expect(heard()[0]).toContain('"account":"Ada","password":"lovelace"');
    game.gmcp('Char.Login.Result', { success: true });
    expect(await ada.message('Char.Login.Result')).toEqual({ success: true });
    expect(game.logins).toEqual([]);
    ada.cut();
  });

  it('carries the token of the game behind ours, and each goes to whom it belongs', async () => {
    const ada = new Mudlet(gateway.telnet, profile);
    await logIn(ada);
    const ours = profile.store.entry?.token;
    game.gmcp('Char.Login.Token', { account: 'Ada L.', token: 'game.1', secure_only: 'false' });
    await ada.message('Char.Login.Token', () => profile.store.entry?.token === `${ours}.game.1`);
    expect(profile.store.entry?.account).toBe('Ada L.');
    ada.cut();

    const back = await comeBack();
    expect(profile.store.entry?.token).toMatch(/^h1[\w-]{54}\.game\.1$/);
    expect(profile.store.entry?.token).not.toContain(ours);
    expect(heard()).toEqual([]);
    back.line('quit');
    await back.closed();

    // Our part is over; the game may still know its own, and says so.
    const late = new Mudlet(gateway.telnet, profile);
    await late.sees('What is your name?');
    await changes.until('the game to have GMCP', hasIntroduction);
    game.gmcp('Char.Login.Default', { version: 2, type: ['oauth'] });
    await changes.until('the token', () => heard().length === 1);
    expect(heard()[0]).toContain('"token":"game.1"');
    expect(late.messagesOf('Char.Login.Result')).toEqual([]);
    expect(profile.store.entry).toBeDefined();
    late.cut();
  });
});
