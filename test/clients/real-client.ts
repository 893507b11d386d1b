import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { startFaultyLink, type FaultyLink } from '../../src/testing/index.ts';
import { GatewayProcess, temporaryFolder } from '../support/gateway-process.ts';
import { LinePlayer } from '../support/line-player.ts';
import { TelnetObserver } from '../support/telnet-observer.ts';
import { TinyMux } from '../support/tinymux.ts';
import { TmuxScreen } from '../support/tmux-screen.ts';

/** A client as players have it, with the script that we give them. */
export interface RealClient {
  readonly name: string;
  /** Where its program is, in the environment. */
  readonly variable: string;
  /** What a player does once: prepares the home folder, and knows the command that connects. */
  readonly setUp: (place: Place) => readonly string[];
  /** Its script logs in to the game by itself. */
  readonly logsIn: boolean;
  /** It answers every timing mark, so that nothing is shown twice. */
  readonly acknowledges: boolean;
  /** Its script keeps the token from the screen. */
  readonly hidesToken: boolean;
}

export interface Place {
  readonly program: string;
  /** The player's home folder. */
  readonly home: string;
  readonly port: number;
}

/** What the player calls the session, in the client; the script keeps the token under this name. */
export const SESSION = 'ann';
export const CHARACTER = { name: 'Ann', password: 'longleaf' };
export const LOGIN: string = `connect ${CHARACTER.name} ${CHARACTER.password}`;

/** Within so many ms of the new connection all that was missed is on the screen. */
const RETURN_MS = 2000;
/** In so many ms a client that does not stay away is back: its first try comes after a second. */
const STAYS_AWAY_MS = 1500;
/** Far over what any client needs, and far under what a loop makes. */
const NEGOTIATIONS_LIMIT = 60;

/** The suite for one client: the real program in a terminal, the real gateway, and a real game behind it. */
export function describeRealClient(client: RealClient): void {
  const program = process.env[client.variable];
  const isReady = ['HOLDFAST_TEST_TINYMUX', 'HOLDFAST_TEST_TMUX', client.variable].every(
    (variable) => process.env[variable] !== undefined,
  );
  describe.skipIf(!isReady)(`${client.name} in front of TinyMUX`, () => {
    let game: TinyMux;
    let wizard: LinePlayer;
    /** Between the gateway and the game. */
    let gameSide: FaultyLink;
    const gameTalk = new TelnetObserver();
    let folder: ReturnType<typeof temporaryFolder>;
    let gateway: GatewayProcess;

    let home: ReturnType<typeof temporaryFolder>;
    /** Between the client and the gateway. */
    let network: FaultyLink;
    let talk: TelnetObserver;
    let command: readonly string[];
    let screen: TmuxScreen;
    let said = 0;

    beforeAll(async () => {
      game = await TinyMux.start();
      gameSide = await startFaultyLink(game.port, { watch: gameTalk.watch });
      wizard = await game.wizard();
      wizard.line(`@pcreate ${CHARACTER.name}=${CHARACTER.password}`);
      await wizard.sees(`New player '${CHARACTER.name}'`);
      folder = temporaryFolder();
      gateway = await startGateway();
    });

    afterAll(async () => {
      wizard.cut();
      await gateway.kill();
      await gameSide.close();
      await game.close();
      folder.remove();
    });

    beforeEach(async () => {
      home = temporaryFolder();
      talk = new TelnetObserver();
      network = await startFaultyLink(gateway.telnet, { watch: talk.watch });
      command = client.setUp({ program: program ?? '', home: home.path, port: network.port });
      screen = await startClient();
      await screen.sees('connects you to an existing character');
      if (!client.logsIn) await screen.line(LOGIN);
      await screen.sees('MAIL:');
      await screen.until('a token to be kept', () => keptToken() !== '');
    });

    afterEach(async () => {
      await screen.close();
      await network.close();
      home.remove();
    });

    function startGateway(): Promise<GatewayProcess> {
      return GatewayProcess.start(folder.path, '--upstream', `127.0.0.1:${gameSide.port}`);
    }

    function startClient(): Promise<TmuxScreen> {
      return TmuxScreen.start({ command, cwd: home.path, environment: { HOME: home.path } });
    }

    function keptToken(): string {
      const file = join(home.path, '.holdfast', SESSION);
      return existsSync(file) ? readFileSync(file, 'utf8') : '';
    }

    /** The wizard tells the player something. */
    async function tell(): Promise<number> {
      said += 1;
      wizard.line(`page ${CHARACTER.name}=word ${said}`);
      await wizard.sees(`word ${said}'`);
      return said;
    }

    async function tellAndSee(): Promise<number> {
      const word = await tell();
      await screen.until(`word ${word}`, (text) => words(text).includes(word));
      return word;
    }

    /** The player has read the last word and, where the client can show it, the gateway knows. */
    async function tellUntilKnown(): Promise<number> {
      for (;;) {
        const word = await tellAndSee();
        if (!client.acknowledges) return word;
        await screen.until('an answer to the timing mark', () => talk.isAcknowledged);
        // The gateway believes a client that has answered twice.
        if (talk.marks >= 3) return word;
      }
    }

    /** What the wizard says while the player is away. */
    async function tellMuch(): Promise<number[]> {
      const told: number[] = [];
      for (let times = 0; times < 5; times += 1) told.push(await tell());
      return told;
    }

    /**
     * The player is back and has read what was missed, all of it, in order, once. Where the client acknowledges
     * nothing, some that was seen before stands before it.
     */
    async function readsWhatWasMissed(missed: readonly number[], seen: number): Promise<void> {
      const text = await screen.until('the end of what was missed', (all) => {
        return all.slice(lastReturn(all)).includes('From here on it is live.');
      });
      expect(Date.now() - talk.connectedAt).toBeLessThan(RETURN_MS);
      const read = words(text.slice(lastReturn(text)));
      const again = read.slice(0, -missed.length);
      expect(read.slice(again.length)).toEqual(missed);
      expect(again).toEqual(again.map((_, index) => seen - again.length + 1 + index));
      if (client.acknowledges) expect(again).toEqual([]);
      if (client.hidesToken) expect(text).not.toContain('reconnect h1');
    }

    async function plays(): Promise<void> {
      said += 1;
      await screen.line(`page Wizard=reply ${said}`);
      await wizard.sees(`${CHARACTER.name} pages: reply ${said}`);
      await tellAndSee();
    }

    it('comes back by itself when the connection was lost, and reads what was missed', async () => {
      const seen = await tellUntilKnown();
      const token = keptToken();
      await network.refuse();
      const missed = await tellMuch();
      await network.heal();
      await readsWhatWasMissed(missed, seen);
      expect(keptToken()).not.toBe(token);
      await plays();
    });

    it('comes back when the client was killed, and reads what was missed', async () => {
      const seen = await tellUntilKnown();
      await screen.kill();
      await screen.close();
      const missed = await tellMuch();
      screen = await startClient();
      await readsWhatWasMissed(missed, seen);
      await plays();
    });

    it('comes back when the gateway was killed, to the login of a game that forgot the player', async () => {
      await tellAndSee();
      await gateway.kill();
      gateway = await startGateway();
      network.leadTo(gateway.telnet);
      const text = await screen.until('the login', (all) => {
        return all.slice(lastReturn(all)).includes('shows its login again.');
      });
      expect(lastReturn(text)).toBeGreaterThan(0);
      if (!client.logsIn) await screen.line(LOGIN);
      await screen.until('the player to be in', (all) => {
        return all.slice(all.lastIndexOf('shows its login again.')).includes('MAIL:');
      });
      await plays();
    });

    it('stays away when another client has taken over', async () => {
      const token = keptToken().trim().replace('reconnect ', '');
      const other = await LinePlayer.resume(gateway.telnet, token);
      await screen.sees('Another client has taken over this session.');
      const { connectedAt } = talk;
      await delay(STAYS_AWAY_MS);
      expect(talk.connectedAt).toBe(connectedAt);
      expect(other.isClosed).toBe(false);
      other.cut();
    });

    it('settles with the gateway, and the gateway with the game, and asks no more', async () => {
      const counts = (): number[] => [talk.negotiations, gameTalk.negotiations];
      await tellAndSee();
      for (let before = counts(); ; before = counts()) {
        await tellAndSee();
        expect(talk.negotiations).toBeLessThan(NEGOTIATIONS_LIMIT);
        if (counts().join() === before.join()) break;
      }
      const settled = counts();
      const { marks } = talk;
      for (let times = 0; times < 5; times += 1) await plays();
      expect(counts()).toEqual(settled);
      // No more than there were pieces of output.
      expect(talk.marks - marks).toBeLessThanOrEqual(20);
    });
  });
}

function lastReturn(text: string): number {
  return text.lastIndexOf('Welcome back.');
}

function words(text: string): number[] {
  return [...text.matchAll(/Wizard pages: word (\d+)/g)].map(([, word]) => Number(word));
}
