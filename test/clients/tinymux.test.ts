import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startFaultyLink, type FaultyLink } from '../../src/testing/index.ts';
import { GatewayProcess, temporaryFolder } from '../support/gateway-process.ts';
import { LinePlayer } from '../support/line-player.ts';
import { TelnetObserver } from '../support/telnet-observer.ts';
import { TinyMux } from '../support/tinymux.ts';

/** TinyMUX restarts itself only when it has run for so long, in ms. */
const RESTARTS_AFTER_MS = 15_000;

describe.skipIf(process.env['HOLDFAST_TEST_TINYMUX'] === undefined)('TinyMUX behind the gateway', () => {
  let game: TinyMux;
  let wizard: LinePlayer;
  let network: FaultyLink;
  const talk = new TelnetObserver();
  let folder: ReturnType<typeof temporaryFolder>;
  let gateway: GatewayProcess;

  beforeAll(async () => {
    game = await TinyMux.start();
    wizard = await game.wizard();
    network = await startFaultyLink(game.port, { watch: talk.watch });
    folder = temporaryFolder();
    gateway = await GatewayProcess.start(folder.path, '--upstream', `127.0.0.1:${network.port}`);
  });

  afterAll(async () => {
    wizard.cut();
    await gateway.kill();
    await network.close();
    await game.close();
    folder.remove();
  });

  async function enter(name: string): Promise<LinePlayer> {
    wizard.line(`@pcreate ${name}=longleaf`);
    await wizard.sees(`New player '${name}'`);
    const player = new LinePlayer(gateway.telnet);
    player.line(`connect ${name} longleaf`);
    await player.sees('MAIL:');
    return player;
  }

  async function restart(): Promise<void> {
    for (let tries = 1; !wizard.text.includes('GAME: Restart finished.'); tries += 1) {
      wizard.line('@restart');
      await wizard.until('an answer', () => {
        const refusals = wizard.text.split('Server just started.').length - 1;
        return refusals === tries || wizard.text.includes('GAME: Restart finished.');
      });
      await delay(250);
    }
  }

  it(
    'restarts itself, and keeps those who are there and those who are away',
    async () => {
      const ann = await enter('Ann');
      const bob = await enter('Bob');
      const token = await bob.token();
      bob.cut();
      await restart();
      wizard.line('page Ann Bob=hello again');
      await ann.sees('hello again');
      expect(ann.text).toContain('GAME: Restart by Wizard');

      const back = await LinePlayer.resume(gateway.telnet, token);
      await back.sees('hello again');
      expect(back.text).toContain('GAME: Restart finished.');
      for (const [player, name] of [
        [ann, 'Ann'],
        [back, 'Bob'],
      ] as const) {
        player.line(`page Wizard=${name} is here`);
        await wizard.sees(`${name} pages: ${name} is here`);
        expect(player.text).not.toMatch(/cannot be reached|shows its login again/);
        player.cut();
      }
    },
    RESTARTS_AFTER_MS + 20_000,
  );

  it('negotiates anew after that, and comes to an end with it', async () => {
    const cid = await enter('Cid');
    for (let before = -1; before !== talk.negotiations;) {
      before = talk.negotiations;
      cid.line('page Wizard=settled?');
      const times = wizard.text.split('settled?').length;
      await wizard.until('the page', () => wizard.text.split('settled?').length > times);
    }
    // Three connections, two of which it was restarted under.
    expect(talk.negotiations).toBeLessThan(200);
    cid.cut();
  });
});
