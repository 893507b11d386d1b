import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startFaultyLink, type FaultyLink } from '../../src/testing/index.ts';
import { GatewayProcess, temporaryFolder } from '../support/gateway-process.ts';
import { TmuxScreen } from '../support/tmux-screen.ts';
import { WebPlayer } from '../support/web-player.ts';

const { HOLDFAST_TEST_TMUX, HOLDFAST_TEST_NC, HOLDFAST_TEST_TELNET } = process.env;

describe.skipIf(HOLDFAST_TEST_TMUX === undefined)('a player without a script', () => {
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
  });

  afterEach(async () => {
    bob.cut();
    await screen.close();
    await network.close();
    await gateway.kill();
    folder.remove();
  });

  async function start(command: string): Promise<void> {
    screen = await TmuxScreen.start({
      command: ['sh', '-c', `${command} 127.0.0.1 ${network.port}`],
      cwd: folder.path,
    });
  }

  /** Plays until the connection is lost, and then misses something; resolves with the line to come back with. */
  async function playAndLose(command: string): Promise<string> {
    await start(command);
    await screen.line('Ann');
    const text = await screen.until('a token', (all) => /^reconnect h1[\w-]{54}$/m.test(all));
    network.cut();
    await screen.ended();
    await screen.close();
    await bob.sees('Ann freezes, link-dead.');
    await bob.accepted(bob.command('say missed'));
    return text.match(/^reconnect h1[\w-]{54}$/m)?.[0] ?? '';
  }

  async function isBack(): Promise<void> {
    await screen.sees('Bob says, "missed');
    expect(await screen.text()).toContain('Welcome back.');
    await screen.line('say here');
    await bob.sees('Ann says, "here');
  }

  it.skipIf(HOLDFAST_TEST_NC === undefined)('comes back by nc, with the line pasted', async () => {
    const line = await playAndLose('nc');
    await start('nc');
    await screen.line(line);
    await isBack();
  });

  it.skipIf(HOLDFAST_TEST_NC === undefined)('comes back by nc, with the line from a file', async () => {
    writeFileSync(join(folder.path, 'line'), `${await playAndLose('nc')}\n`);
    await start('cat line - | nc');
    await isBack();
  });

  it.skipIf(HOLDFAST_TEST_TELNET === undefined)('comes back by telnet -l, with nothing typed', async () => {
    const line = await playAndLose('telnet');
    await start(`telnet -l ${line.replace('reconnect ', '')}`);
    await isBack();
  });
});
