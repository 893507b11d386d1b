import { readdirSync, readFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { GatewayProcess, temporaryFolder } from './support/gateway-process.ts';
import { startLineGame, type LineGame } from './support/line-game.ts';
import { LinePlayer } from './support/line-player.ts';
import { Changes } from './support/until.ts';
import { WebPlayer } from './support/web-player.ts';

// `holdfast serve --upstream` in front of a game that knows nothing of it.

let folder: ReturnType<typeof temporaryFolder>;
let game: LineGame;
let gateway: GatewayProcess;
/** The game stays with a player until the connection to it closes. */
const changes = new Changes();
let look: NodeJS.Timeout;

beforeEach(async () => {
  folder = temporaryFolder();
  game = await startLineGame();
  gateway = await GatewayProcess.start(folder.path, '--upstream', `127.0.0.1:${game.port}`);
  look = setInterval(() => changes.changed(), 10);
});

afterEach(async () => {
  clearInterval(look);
  await gateway.kill();
  await game.close();
  folder.remove();
});

/** Another gateway, with these flags, on the same sessions. */
async function restart(...flags: readonly string[]): Promise<void> {
  await gateway.kill();
  gateway = await GatewayProcess.start(folder.path, '--upstream', `127.0.0.1:${game.port}`, ...flags);
}

/** All that is in its files. */
function readFolder(path: string): string {
  return readdirSync(path)
    .map((name) => readFileSync(`${path}/${name}`).toString('latin1'))
    .join('');
}

const COMMANDS = ['slow one', 'slow two', 'slow three'];

/** The numbers of the game's lines in a text. */
function numbers(text: string): number[] {
  return [...text.matchAll(/^(?:> )?(\d+): /gm)].map(([, number]) => Number(number));
}

async function logIn(player: WebPlayer | LinePlayer, type: (text: string) => void): Promise<void> {
  await player.sees('What is your name?');
  type('Ada');
  await player.sees('Password:');
  type('lovelace');
  await player.sees(': Welcome, Ada.');
}

/** The game carried out all that was sent, and goes on talking to somebody who is not there. */
async function talkOn(): Promise<void> {
  await changes.until('the game to have the commands', () => game.received('Ada').length === COMMANDS.length);
  for (const text of ['red', 'green', 'blue']) game.say('Ada', text);
}

describe('a player of a game behind the gateway', () => {
  it('returns by WebSocket to the same place in the game, and reads what the game said meanwhile', async () => {
    const ada = new WebPlayer(gateway.http);
    await logIn(ada, (text) => ada.command(text));
    await ada.frame('token');
    for (const text of COMMANDS) await ada.accepted(ada.command(text));
    await ada.sees('2: ');
    ada.cut();
    await talkOn();

    const back = await WebPlayer.resume(gateway.http, ada.kept);
    await back.sees('7: ');
    expect(numbers(ada.text + back.text)).toEqual([1, 2, 3, 4, 5, 6, 7]);
    expect(game.received('Ada')).toEqual(COMMANDS);
    expect(game.accepted).toBe(1);
    back.command('look');
    await back.sees('You said: look');
    back.cut();
  });

  it('returns by Telnet to the same place in the game, and reads what the game said meanwhile', async () => {
    const ada = new LinePlayer(gateway.telnet);
    await logIn(ada, (text) => ada.line(text));
    const token = await ada.token();
    for (const text of COMMANDS) ada.line(text);
    await ada.sees('2: ');
    const before = ada.text;
    ada.cut();
    await talkOn();

    const back = await LinePlayer.resume(gateway.telnet, token);
    await back.sees('7: ');
    // Without acknowledgements the last seconds come again, marked as possibly seen.
    const seen = numbers(back.text);
    expect(seen.slice(seen.indexOf(2))).toEqual([2, 3, 4, 5, 6, 7]);
    expect(numbers(before).at(-1)).toBeGreaterThanOrEqual(2);
    expect(back.text).toContain('you may have seen the first of them');
    expect(game.received('Ada')).toEqual(COMMANDS);
    back.line('look');
    await back.sees('You said: look');
    expect(game.accepted).toBe(1);
    back.cut();
  });

  it('finds the prompt again that it had read, though the game marks none', async () => {
    const ada = new WebPlayer(gateway.http);
    await logIn(ada, (text) => ada.command(text));
    await ada.frame('token');
    ada.command('look');
    await ada.sees('You said: look\n> ');
    ada.acknowledge();
    ada.cut();
    const back = await WebPlayer.resume(gateway.http, ada.kept);
    expect(await back.frame('caught_up')).toMatchObject({ prompt: '> ', unmarked: true });
    back.cut();
    // And so does one who comes to an empty screen, by Telnet.
    const late = await LinePlayer.resume(gateway.telnet, back.kept.token);
    await late.until('the prompt', () => late.text.endsWith('\u001b[0m> '));
    expect(late.bytes).not.toContain('\xff\xf9');
    late.cut();
  });

  it('is masked while a password is typed, which is in no file and no log', async () => {
    const ada = new WebPlayer(gateway.http);
    await logIn(ada, (text) => ada.command(text));
    expect(ada.framesOf('echo').map(({ on }) => on)).toEqual([false, true]);
    expect(game.logins).toEqual([{ name: 'Ada', password: 'lovelace' }]);
    await ada.accepted(ada.command('look'));
    await gateway.kill();
    expect(gateway.log).not.toContain('lovelace');
    expect(readFolder(folder.path)).not.toContain('lovelace');
    expect(readFolder(folder.path)).toContain('Welcome, Ada');
  });

  it('has no password that came by GMCP in a file or a log, nor held, whatever its package', async () => {
    const ada = new WebPlayer(gateway.http);
    const signIn = async (password: string): Promise<void> => {
      ada.message('Char.Login', { name: 'Ada', password });
      await ada.accepted(ada.message('Account.SignIn', { name: 'Ada', password }));
    };
    await ada.sees('What is your name?');
    await signIn('lovelace');
    const heard = (): readonly string[] =>
      game.talks[0]?.gmcp.filter((each) => each.includes('lovelace')) ?? [];
    // As they came. The first one does not wait for anything.
    await changes.until('the messages', () => heard().length === 2);
    expect(heard()).toEqual(
      ['Char.Login', 'Account.SignIn'].map((name) => `${name} {"name":"Ada","password":"lovelace"}`),
    );

    await logIn(ada, (text) => ada.command(text));
    await ada.frame('token');
    await game.crash();
    await ada.frame('state', ({ world }) => world === 'down');
    await signIn('byron');
    ada.cut();
    const back = await WebPlayer.resume(gateway.http, ada.kept, 'ask');
    expect((await back.frame('resumed')).held).toEqual([]);
    await gateway.kill();
    const kept = gateway.log + readFolder(folder.path);
    expect(['lovelace', 'byron'].filter((password) => kept.includes(password))).toEqual([]);
    expect(kept).toContain('Welcome, Ada');
  });

  it('finds the game at its login after the gateway was killed, and can play on', async () => {
    const ada = new WebPlayer(gateway.http);
    await logIn(ada, (text) => ada.command(text));
    await ada.frame('token');
    await restart();
    const back = await WebPlayer.resume(gateway.http, ada.kept);
    await back.sees('What is your name?');
    back.command('Ada');
    await back.sees('Password:');
    back.command('lovelace');
    await back.sees('Welcome, Ada.');
    back.cut();
  });

  it('leaves the game for good when the game closes the connection', async () => {
    const ada = new WebPlayer(gateway.http);
    await logIn(ada, (text) => ada.command(text));
    await ada.frame('token');
    ada.command('quit');
    await ada.sees('Goodbye, Ada.');
    ada.acknowledge();
    expect(await ada.frame('bye')).toMatchObject({ reason: 'world_closed', resume: false });
    const late = new WebPlayer(gateway.http, { type: 'hello', resume: ada.kept });
    expect((await late.frame('error')).code).toBe('token_refused');
  });

  it('is told when the game is down, and keeps the session until it is back', async () => {
    const ada = new WebPlayer(gateway.http);
    await logIn(ada, (text) => ada.command(text));
    await ada.frame('token');
    const { port } = game;
    await game.crash();
    await ada.frame('state', ({ world }) => world === 'down');
    game = await startLineGame({ port });
    await ada.until('the login', () => ada.text.split('What is your name?').length === 3);
    expect(ada.closeCode).toBeUndefined();
    ada.cut();
  });
});

describe('the account that logs in to the game anew', () => {
  it('closes its older session, with its connection, and reads first what was unread there', async () => {
    await restart('--upstream-up-pattern', String.raw`^\d+: Welcome, (?<account>\w+)\.`);
    const ada = new WebPlayer(gateway.http);
    await logIn(ada, (text) => ada.command(text));
    await ada.frame('token');
    ada.acknowledge();
    ada.cut();
    await changes.until('the drop', () => gateway.log.includes('"msg":"detached"'));
    game.say('Ada', 'A gull cries.');

    const again = new LinePlayer(gateway.telnet);
    await logIn(again, (text) => again.line(text));
    await again.sees('2: A gull cries.');
    await again.token();
    await changes.until('the end of the older connection', () => game.connections === 1);
    const late = new WebPlayer(gateway.http, { type: 'hello', resume: ada.kept });
    expect((await late.frame('error')).code).toBe('token_refused');
    again.cut();
  });
});

describe('a client that introduces itself by GMCP before the game is there', () => {
  it('is introduced to the game', async () => {
    const ada = new LinePlayer(gateway.telnet);
    const supports = Buffer.from('Core.Supports.Set ["Char 1"]');
    ada.raw(Buffer.concat([Buffer.of(255, 253, 201, 255, 250, 201), supports, Buffer.of(255, 240)]));
    await ada.sees('What is your name?');
    await changes.until('the introduction', () => game.talks[0]?.gmcp.at(-1) === supports.toString());
    ada.cut();
  });
});

describe('a client that types its login by a timer', () => {
  it('does so in vain after a return: the game does not hear it, and it is in no file and no log', async () => {
    const ada = new LinePlayer(gateway.telnet);
    await logIn(ada, (text) => ada.line(text));
    const token = await ada.token();
    // The first three lines are private in any case.
    ada.line('look');
    await ada.sees('You said: look');
    ada.cut();

    const back = await LinePlayer.resume(gateway.telnet, token);
    for (const text of ['Ada', 'lovelace', 'dance']) back.line(text);
    await back.sees('You said: dance');
    expect(game.received('Ada')).toEqual(['look', 'dance']);
    expect(back.text.match(/no longer made sense/g)).toHaveLength(2);
    back.cut();
    // In good order, so that all is written.
    await gateway.stop();
    expect(gateway.log + readFolder(folder.path)).not.toContain('lovelace');
    expect(readFolder(folder.path)).toContain('You said: dance');
  });
});

describe('a token line', () => {
  it('does not come between the name and the password', async () => {
    const ada = new LinePlayer(gateway.telnet);
    await logIn(ada, (text) => ada.line(text));
    await ada.token();
    expect(ada.text).toMatch(/Password:[^]*Welcome, Ada\.\n> [^]*\nreconnect h1/);
    ada.cut();
  });
});
