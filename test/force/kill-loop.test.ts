import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { GatewayProcess, temporaryFolder } from '../support/gateway-process.ts';
import { startLineGame, type LineGame } from '../support/line-game.ts';
import { Changes } from '../support/until.ts';
import { isLong, SEED, seeded } from './seeded.ts';
import { Typist, type TypistOptions } from './typist.ts';

// `kill -9` again and again, under load, on the real gateway with the embedded store.

const KILLS = isLong ? 100 : 6;
const NAMES = ['Ada', 'Bert', 'Carla', 'Dora'];

/** At most so many commands are accepted, of all players together, before the next kill. */
const LIFETIME = 400;

const random = seeded(SEED);
let folder: ReturnType<typeof temporaryFolder>;
let gateway: GatewayProcess;

beforeEach(() => {
  folder = temporaryFolder();
});

afterEach(async () => {
  await gateway.kill();
  folder.remove();
});

/** Lets all type while the gateway is killed and started again, and then come to an end. */
async function killAgainAndAgain(
  optionsOf: (name: string) => TypistOptions,
  ...args: readonly string[]
): Promise<readonly Typist[]> {
  const changes = new Changes();
  const typists = NAMES.map((name) => new Typist(optionsOf(name), changes));
  const accepted = (): number => typists.reduce((sum, typist) => sum + typist.accepted.length, 0);
  for (let kills = 0; kills <= KILLS; kills += 1) {
    gateway = await GatewayProcess.start(folder.path, ...args);
    const playing = Promise.all(typists.map((typist) => typist.play(gateway.http)));
    // Rejects as soon as a promise to a player was broken.
    const until = (what: string, look: () => boolean): Promise<unknown> => {
      return Promise.race([playing, changes.until(what, look)]);
    };
    if (kills < KILLS) {
      // At times while all are still on their way back; but the first time only when all have a token.
      const target = accepted() + Math.floor(LIFETIME * Math.max(0, random() * 1.2 - 0.2));
      const isAround = (): boolean => typists.every(({ hasToken }) => hasToken);
      await until('commands to be accepted', () => accepted() >= target && isAround());
    } else {
      for (const typist of typists) typist.stop();
      await until('all to be settled', () => typists.every(({ isSettled }) => isSettled));
    }
    await gateway.kill();
    await playing;
  }
  return typists;
}

describe(`a gateway that is killed ${KILLS} times under load (HOLDFAST_TEST_SEED=${SEED})`, () => {
  it(
    'carries out every command once and in order, in a world of its own process',
    async () => {
      const typists = await killAgainAndAgain((name) => ({
        command: (n) => `say ${n}`,
        login(text, typed) {
          if (/Welcome ashore|You are still here/.test(text)) return 'in';
          return typed === 0 && text.includes('By what name') ? name : undefined;
        },
        carriedOut: (text) => numbersIn(text, /You say, "(\d+)/g),
      }));
      for (const { carriedOut, accepted, dropped } of typists) {
        expect(carriedOut).toEqual(accepted);
        expect(accepted).toEqual(accepted.map((_, i) => i + 1));
        expect([...dropped]).toEqual([]);
      }
    },
    isLong ? 600_000 : 60_000,
  );
});

function numbersIn(text: string, pattern: RegExp): number[] {
  return [...text.matchAll(pattern)].map(([, n]) => Number(n));
}
