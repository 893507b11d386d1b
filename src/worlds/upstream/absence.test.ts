import { setImmediate } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { play, until } from '../../../test/support/upstream.ts';
import type { AbsencePolicy } from './absence-policy.ts';

const AFK: AbsencePolicy = {
  drop: { line: 'afk' },
  afterMs: 5000,
  returnLine: 'afk off',
  endLine: 'quit',
};

describe('a player who drops', () => {
  it('is said to have gone after a while, and said to be back at the return', async () => {
    const { game, world, player } = await play({}, { absence: AFK });
    player.detach();
    world.clock.advance(4999);
    await setImmediate();
    expect(game.received('Ada')).toEqual([]);
    world.clock.advance(1);
    await player.sees('You said: afk\n');
    player.attach();
    await player.sees('You said: afk off\n');
    expect(game.received('Ada')).toEqual(['afk', 'afk off']);
  });

  it('was never gone, as far as the game knows, where the return comes soon', async () => {
    const { game, world, player } = await play({}, { absence: AFK });
    player.detach();
    world.clock.advance(4000);
    player.attach();
    world.clock.advance(60_000);
    await player.type('look');
    await player.sees('You said: look\n');
    expect(game.received('Ada')).toEqual(['look']);
  });

  it('is not said to have gone to the login', async () => {
    const { game, world, player } = await play({}, { absence: AFK, upPattern: /never/ });
    player.detach();
    world.clock.advance(60_000);
    player.attach();
    await player.type('look');
    await player.sees('You said: look\n');
    expect(game.received('Ada')).toEqual(['look']);
  });

  it('leaves the game where that is the policy, and returns to its login', async () => {
    const { game, world, player } = await play({}, { absence: { drop: 'close', afterMs: 90_000 } });
    player.detach();
    world.clock.advance(89_999);
    await setImmediate();
    expect(game.connections).toBe(1);
    world.clock.advance(1);
    await until(() => expect(game.connections).toBe(0));
    expect(player.ended).toBe(false);
    expect(game.received('Ada')).toEqual([]);
    // What is held is for the game that knew the player.
    await player.becomes('lose', 'login');
    player.attach();
    await player.sees('forgotten where you were');
    expect(game.accepted).toBe(2);
  });

  it('stays in the game, which hears nothing, where nothing else is set', async () => {
    const { game, world, player } = await play();
    player.detach();
    world.clock.advance(3_600_000);
    player.attach();
    await player.type('look');
    await player.sees('You said: look\n');
    expect(game.received('Ada')).toEqual(['look']);
    expect(game.accepted).toBe(1);
  });
});

describe('a game that knows how long its player may be away', () => {
  it('says so by a message that goes no further, as long as it makes sense', async () => {
    const { game, player } = await play();
    for (const data of [{ seconds: 0 }, { seconds: -1 }, { seconds: '5' }, { seconds: 1e12 }, [5], null]) {
      game.gmcp('Session.Window', data);
    }
    game.gmcp('session.window', { seconds: 90 });
    await player.becomes({ kind: 'window', windowMs: 0 }, { kind: 'window', windowMs: 90_000 });
  });
});

describe('a session that ends', () => {
  it.each(['expired', 'quit'])('is said farewell for (%s)', async (reason) => {
    const { game, world, player } = await play({}, { absence: AFK });
    player.detach();
    world.clock.advance(1000);
    player.close(reason);
    await until(() => expect(game.connections).toBe(0));
    expect(game.received('Ada')).toEqual(['quit']);
    world.clock.advance(60_000);
    expect(game.received('Ada')).toEqual(['quit']);
  });

  it('is only closed where its player has come in anew: the game may take both for one', async () => {
    const { game, player } = await play({}, { absence: AFK });
    player.close('closed');
    await until(() => expect(game.connections).toBe(0));
    expect(game.received('Ada')).toEqual([]);
  });
});
