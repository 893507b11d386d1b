import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startFaultyLink, type FaultyLink } from '../../src/testing/index.ts';
import { GatewayProcess, temporaryFolder } from '../support/gateway-process.ts';
import { TmuxScreen } from '../support/tmux-screen.ts';
import { WebPlayer } from '../support/web-player.ts';

const program = process.env['HOLDFAST_TEST_NC'] ?? '';
const isReady = program !== '' && process.env['HOLDFAST_TEST_TMUX'] !== undefined;

describe.skipIf(!isReady)('nc', () => {
  let folder: ReturnType<typeof temporaryFolder>;
  let gateway: GatewayProcess;
  let network: FaultyLink;
  let bob: WebPlayer;
  let screen: TmuxScreen;

  beforeEach(async () => {
    folder = temporaryFolder();
    gateway = await GatewayProcess.start(join(folder.path, 'data'));
    network = await startFaultyLink(gateway.telnet);
    bob = (await WebPlayer.enter(gateway.http, 'Bob')).keepUp();
    screen = await start(`${program} 127.0.0.1 ${network.port}`);
    await screen.line('Ann');
  });

  afterEach(async () => {
    bob.cut();
    await screen.close();
    await network.close();
    await gateway.kill();
    folder.remove();
  });

  function start(command: string): Promise<TmuxScreen> {
    return TmuxScreen.start({ command: ['sh', '-c', command], cwd: folder.path });
  }

  async function tokenLine(): Promise<string> {
    const text = await screen.until('a token', (all) => /^reconnect h1[\w-]{54}$/m.test(all));
    return text.match(/^reconnect h1[\w-]{54}$/m)?.[0] ?? '';
  }

  async function leave(): Promise<void> {
    network.cut();
    await screen.ended();
    await screen.close();
    await bob.sees('Ann freezes, link-dead.');
    await bob.accepted(bob.command('say missed'));
  }

  it('comes back with the line pasted as the first', async () => {
    const line = await tokenLine();
    await leave();
    screen = await start(`${program} 127.0.0.1 ${network.port}`);
    await screen.line(line);
    await screen.sees('Bob says, "missed');
    expect(await screen.text()).toContain('Welcome back.');
  });

  it('comes back with the line from a file', async () => {
    writeFileSync(join(folder.path, 'line'), `${await tokenLine()}\n`);
    await leave();
    screen = await start(`cat line - | ${program} 127.0.0.1 ${network.port}`);
    await screen.sees('Bob says, "missed');
    await screen.line('say here');
    await bob.sees('Ann says, "here');
  });
});
