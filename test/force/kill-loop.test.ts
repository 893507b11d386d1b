import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { GatewayProcess, temporaryFolder } from '../support/gateway-process.ts';
import { startLineGame } from '../support/line-game.ts';
import { Changes } from '../support/until.ts';
import { isLong, SEED, seeded } from './seeded.ts';
import { Typist, type TypistOptions } from './typist.ts';

// `kill -9` again and again, under load, on the real gateway with the embedded store.

const KILLS = isLong ? 100 : 6;
const NAMES = ['Ada', 'Bert', 'Carla', 'Dora'];

/** At most so many commands are accepted, of all players together, before the next kill. */
const LIFETIME = 200;

const TIMEOUT_MS = isLong ? 600_000 : 60_000;

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
): Promise<ReadonlyMap<string, Typist>> {
  const changes = new Changes();
  const named = new Map(NAMES.map((name) => [name, new Typist(optionsOf(name), changes)]));
  const typists = [...named.values()];
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
    expect(gateway.isRunning, gateway.log).toBe(true);
    await gateway.kill();
    await playing;
  }
  return named;
}

describe(`a gateway that is killed ${KILLS} times under load (HOLDFAST_TEST_SEED=${SEED})`, () => {
  it(
    'carries out every command once and in order, in a world of its own',
    { timeout: TIMEOUT_MS },
    async () => {
      const said = new Map(NAMES.map((name) => [name, new Array<number>()]));
      const typists = await killAgainAndAgain((name) => ({
        command: (n) => `say ${n}`,
        login(text, typed) {
          if (/Welcome ashore|You are still here/.test(text)) return 'in';
          return typed === 0 && text.includes('By what name') ? { type: name } : undefined;
        },
        shown: (text) => said.get(name)?.push(...numbersIn(text, /You say, "(\d+)/g)),
        carriedOut: () => said.get(name) ?? [],
      }));
      for (const [name, { accepted, dropped }] of typists) {
        expect(accepted.length).toBeGreaterThan(KILLS);
        expect(accepted).toEqual(accepted.map((_, i) => i + 1));
        expect(said.get(name)).toEqual(accepted.filter((n) => !dropped.has(n)));
        // What two processes died over is not tried a third time.
        expect([...dropped.values()].filter((reason) => reason !== 'failed')).toEqual([]);
      }
    },
  );

  it('sends every command at most once to a game behind it', { timeout: TIMEOUT_MS }, async () => {
    const game = await startLineGame();
    const arrived = (name: string): number[] => {
      return game.received(name).flatMap((line) => numbersIn(line, /^say (\d+)$/g));
    };
    try {
      const typists = await killAgainAndAgain(
        (name) => ({
          command: (n) => `say ${n}`,
          login(text, typed) {
            if (text.includes(`Welcome, ${name}.`)) return 'in';
            if (typed === 0) return text.includes('What is your name?') ? { type: name } : undefined;
            return typed === 1 && text.includes('Password:') ? { type: 'lovelace' } : undefined;
          },
          carriedOut: () => arrived(name),
        }),
        '--upstream',
        `127.0.0.1:${game.port}`,
      );
      for (const [name, { accepted, dropped }] of typists) {
        const once = arrived(name);
        expect(once, 'in order, each at most once').toEqual([...new Set(once)].toSorted((a, b) => a - b));
        for (const n of accepted) {
          const report = dropped.get(n);
          // Where the gateway cannot know, the player is told so; else it is one or the other.
          if (report === 'uncertain') continue;
          expect([n, report], 'reported').toEqual([n, once.includes(n) ? undefined : expect.any(String)]);
          if (report !== undefined) expect(['private', 'world_lost']).toContain(report);
        }
      }
    } finally {
      await game.close();
    }
  });
});

function numbersIn(text: string, pattern: RegExp): number[] {
  return [...text.matchAll(pattern)].map(([, n]) => Number(n));
}
