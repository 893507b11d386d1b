import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { GatewayProcess, temporaryFolder } from './support/gateway-process.ts';
import { LinePlayer } from './support/line-player.ts';
import { TinyMux } from './support/tinymux.ts';

// A real game that goes away in each of its ways, behind the gateway. (One that keeps its connections over a restart does
// not do so in the first seconds of its life: that it may negotiate anew is tested beside `TelnetClient`.)

const LOGIN = 'connect wizard potrzebie';
const TOLD = 'The game cannot be reached. Holdfast keeps trying.';

describe.skipIf(process.env['HOLDFAST_TEST_TINYMUX'] === undefined)('a player of TinyMUX', () => {
  let folder: ReturnType<typeof temporaryFolder>;
  let game: TinyMux;
  let gateway: GatewayProcess;
  let player: LinePlayer;

  beforeEach(async () => {
    folder = temporaryFolder();
    game = await TinyMux.start();
    const flags = ['--upstream', `127.0.0.1:${game.port}`, '--upstream-up-pattern', '^MAIL:'];
    gateway = await GatewayProcess.start(folder.path, ...flags);
    player = new LinePlayer(gateway.telnet);
    await player.sees('Welcome to TinyMUX');
    player.line(LOGIN);
    await player.token();
  });

  afterEach(async () => {
    player.cut();
    await gateway.kill();
    await game.close();
    folder.remove();
  });

  async function logInAgain(): Promise<void> {
    await player.sees('The game has forgotten where you were');
    player.line(LOGIN);
    await player.until('the second login', () => player.text.split('MAIL: You have no mail').length === 3);
    player.line('say here again');
    await player.sees('You say, “here again”');
    expect(player.isClosed).toBe(false);
  }

  it('is told of a shutdown, keeps the session, and is at the login when the game is back', async () => {
    player.line('@shutdown');
    await player.sees(TOLD);
    player.line('say into the void');
    await game.ended();
    await game.run();
    await player.sees('A command was lost with the game that restarted.');
    await logInAgain();
    expect(player.text).not.toContain('into the void”');
  });

  it('is told of its sudden death just so, also while away', async () => {
    const token = await player.token();
    await game.kill();
    await player.sees(TOLD);
    player.cut();
    player = await LinePlayer.resume(gateway.telnet, token);
    await game.run();
    await player.sees('The game has forgotten where you were');
    player.line(LOGIN);
    player.line('say here again');
    await player.sees('You say, “here again”');
  });

  it('leaves for good by QUIT', async () => {
    const token = await player.token();
    player.line('QUIT');
    await player.sees('Goodbye.');
    await player.closed();
    player = new LinePlayer(gateway.telnet);
    player.line(`reconnect ${token}`);
    await player.sees('That reconnection token is not valid any more.');
  });
});
