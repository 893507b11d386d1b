import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { GatewayProcess, temporaryFolder } from './support/gateway-process.ts';
import { startLineGame, type LineGame } from './support/line-game.ts';
import { LinePlayer } from './support/line-player.ts';
import { WebPlayer } from './support/web-player.ts';

// Whoever returns, by the same or another kind of client, finds the whole connection as it has to be.

const [SE, GA, SB, WILL, DO, IAC] = [240, 249, 250, 251, 253, 255] as const;
const [TTYPE, NAWS, CHARSET, GMCP] = [24, 31, 42, 201] as const;
const ESC = '\u001b';

let folder: ReturnType<typeof temporaryFolder>;
let game: LineGame;
let gateway: GatewayProcess;
let ada: WebPlayer;

async function start(...args: readonly string[]): Promise<void> {
  gateway = await GatewayProcess.start(folder.path, '--upstream', `127.0.0.1:${game.port}`, ...args);
  ada = new WebPlayer(gateway.http);
  await ada.sees('What is your name?');
  ada.command('Ada');
  await ada.sees('Password:');
  ada.command('lovelace');
  await ada.sees('1: Welcome, Ada.');
  await ada.frame('token');
}

beforeEach(async () => {
  folder = temporaryFolder();
  game = await startLineGame({ prompt: 'ga' });
});

afterEach(async () => {
  await gateway.kill();
  await game.close();
  folder.remove();
});

/** Ada goes in the middle of red text, and the game goes on without her. */
async function leaveInRed(): Promise<string> {
  game.raw(Buffer.from(`${ESC}[1;31mAlarm!\r\n`));
  await ada.sees('Alarm!');
  ada.acknowledge();
  const { token } = ada.kept;
  ada.cut();
  await gateway.logs(/"msg":"detached"/);
  game.raw(Buffer.from('Fire in the café — “run”!\r\n!!SOUND(bell.wav)\r\n'));
  game.raw(Buffer.concat([Buffer.from('> '), Buffer.of(IAC, GA)]));
  game.gmcp('Client.Media.Play', { name: 'bell.wav' });
  game.gmcp('Char.Vitals', { hp: 1 });
  game.gmcp('Char.Vitals', { hp: 2 });
  return token;
}

/** A client by Telnet that comes back, and says first what it has to say by Telnet. */
async function comeBack(token: string, ...said: readonly Buffer[]): Promise<LinePlayer> {
  const player = new LinePlayer(gateway.telnet);
  for (const bytes of said) player.raw(bytes);
  player.line(`reconnect ${token}`);
  await player.sees('That was all.');
  await player.until('the prompt', () => player.bytes.includes('\xff\xf9'));
  return player;
}

function sub(option: number, ...payload: readonly (number | string)[]): Buffer {
  const parts = payload.map((part) => (typeof part === 'string' ? Buffer.from(part) : Buffer.of(part)));
  return Buffer.concat([Buffer.of(IAC, SB, option), ...parts, Buffer.of(IAC, SE)]);
}

describe('a return by Telnet', () => {
  it('counts what follows, shows it plain, and goes on in the colours of the game, with one prompt', async () => {
    await start();
    const back = await comeBack(await leaveInRed(), Buffer.of(IAC, DO, GMCP));
    const [, replay = ''] = back.text.split(/^reconnect .*\n/m);
    expect(back.text).toMatch(
      /Welcome back\. You were away for \d+ seconds?\. 1 line follows; you may have seen it\.\n/,
    );
    expect(replay).toBe(
      `${ESC}[0mFire in the café — “run”!\nThat was all. From here on it is live.\n${ESC}[0m${ESC}[1;31m> `,
    );
    expect(back.bytes.split('\xff\xf9')).toHaveLength(2);
    expect(back.bytes).toContain('Char.Vitals {"hp":2}');
    expect(back.bytes).not.toContain('"hp":1');
    expect(back.bytes).not.toContain('bell.wav');
    back.cut();
  });

  it('has what is state for a client that shows its token first, and agrees to GMCP when all was shown', async () => {
    await start();
    const back = await comeBack(await leaveInRed());
    expect(back.bytes).not.toContain('Char.Vitals');
    back.raw(Buffer.of(IAC, DO, GMCP));
    await back.until('the state', () => back.bytes.includes('Char.Vitals {"hp":2}'));
    game.gmcp('Room.Info', { num: 7 });
    await back.until('what is new', () => back.bytes.includes('Room.Info {"num":7}'));
    expect(back.bytes.split('Char.Vitals')).toHaveLength(2);
    expect(back.bytes).not.toContain('bell.wav');
    back.cut();
  });

  it('writes and reads the character set that the client settles', async () => {
    await start();
    const back = await comeBack(
      await leaveInRed(),
      Buffer.of(IAC, DO, CHARSET),
      sub(CHARSET, 2, 'ISO-8859-1'),
    );
    expect(back.bytes).toContain('Fire in the caf\xe9 - "run"!\r\n');
    back.raw(Buffer.from('say \xe0 la carte\r\n', 'latin1'));
    await back.until(
      'the game to hear it',
      () => game.received('Ada').includes('say à la carte') || undefined,
    );
    back.cut();
  });

  it('has no colours for a client that has none', async () => {
    await start();
    const back = await comeBack(
      await leaveInRed(),
      Buffer.of(IAC, WILL, TTYPE),
      ...['PLAIN', 'DUMB', 'MTTS 4', 'MTTS 4'].map((name) => sub(TTYPE, 0, name)),
    );
    expect(back.text).toContain('Fire in the café');
    expect(back.bytes).not.toContain(ESC);
    back.cut();
  });

  it('is known to the game from its first moment on', async () => {
    await start();
    const back = await comeBack(await leaveInRed(), Buffer.of(IAC, WILL, NAWS), sub(NAWS, 0, 200, 0, 50));
    back.line('look');
    await back.sees('You said: look');
    // Neither of an unknown client, nor of the one before.
    const [talk] = game.talks;
    const sizes = talk?.subnegotiations.filter(({ option }) => option === NAWS);
    expect(sizes?.map(({ payload }) => [...payload])).toEqual([[0, 200, 0, 50]]);
    back.cut();
  });

  it('speaks as the operator wants it, and writes as the operator says where the client does not', async () => {
    const texts = join(folder.path, 'de.yaml');
    writeFileSync(
      texts,
      [
        'language: de',
        'away: Willkommen zurück. Du warst {duration} fort.',
        'missed_lines: { one: Es folgt eine Zeile., other: "Es folgen {count} Zeilen." }',
        'caught_up: "Das war alles. That was all."',
      ].join('\n'),
    );
    await start('--texts', texts, '--telnet-charset', 'cp437');
    const back = await comeBack(await leaveInRed());
    expect(back.bytes).toMatch(
      /Willkommen zur\x81ck\. Du warst \d+ Sekunden? fort\. Es folgt eine Zeile\.\r\n/,
    );
    back.cut();
  });
});

describe('a return by WebSocket', () => {
  it('has no sound that was on its way when the connection was lost, and all else', async () => {
    await start();
    ada.acknowledge();
    const { kept } = ada;
    game.gmcp('Client.Media.Play', { name: 'bell.wav' });
    game.raw(Buffer.from('The bell rings.\r\n'));
    // Both have come, and nobody can know it.
    await ada.sees('The bell rings.');
    expect(ada.framesOf('gmcp')).toMatchObject([{ package: 'Client.Media.Play' }]);
    ada.cut();
    const back = await WebPlayer.resume(gateway.http, { ...ada.kept, ...kept });
    await back.frame('caught_up');
    expect(back.text).toContain('The bell rings.');
    expect(back.framesOf('gmcp')).toEqual([]);
    game.gmcp('Client.Media.Play', { name: 'again.wav' });
    await back.frame('gmcp');
    back.cut();
  });

  it('is told the colours that the game has set long before', async () => {
    await start();
    const back = await WebPlayer.resume(gateway.http, { token: await leaveInRed() });
    expect(await back.frame('caught_up')).toMatchObject({ style: '1;31' });
    back.cut();
  });
});

describe('a file of texts with mistakes', () => {
  it('is not started with', async () => {
    await start();
    const texts = join(folder.path, 'bad.yaml');
    writeFileSync(texts, 'godbye: Tschüss.\naway: "{time}"\n');
    const { code, said } = await GatewayProcess.refuses('--texts', texts);
    expect(code).toBe(1);
    expect(said).toContain('bad.yaml:1: godbye: no such sentence; did you mean goodbye?');
    expect(said).toContain('bad.yaml:2: away: nothing stands for {time} here; it has {duration}');
  });
});
