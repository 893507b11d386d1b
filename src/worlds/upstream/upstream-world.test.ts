import { setImmediate } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { ManualClock } from '../../../test/support/manual-clock.ts';
import { freePort, openWorld, play, Player, startGame, until } from '../../../test/support/upstream.ts';
import { upstreamWorld } from './upstream-world.ts';

const UNREACHABLE = 'The game cannot be reached. Holdfast keeps trying.\n';
const LOGIN_AGAIN = 'The game has forgotten where you were and shows its login again.\n';

describe('a player in a game behind the gateway', () => {
  it('is shown the login, with its echo, and the game behind it', async () => {
    const { player } = await play();
    expect(player.text).toBe('What is your name? Password: \n1: Welcome, Ada.\n> ');
    expect(player.facts).toEqual([
      'login',
      { kind: 'echo', on: false },
      { kind: 'echo', on: true },
      'playing',
    ]);
  });

  it('has every command carried out once and in order', async () => {
    const { game, player } = await play();
    const lines = Array.from({ length: 200 }, (_, index) => `say ${index} é`);
    await player.type(...lines);
    await player.sees('You said: say 199 é');
    expect(game.received('Ada')).toEqual(lines);
    expect(game.logins).toEqual([{ name: 'Ada', password: 'secret' }]);
  });

  it('reads on while away, over the same connection', async () => {
    const { game, player } = await play();
    player.detach();
    game.say('Ada', 'A gull cries.');
    await player.sees('2: A gull cries.');
    player.attach();
    await player.type('look');
    await player.sees('3: You said: look');
    expect(game.accepted).toBe(1);
    expect(player.facts.filter((fact) => fact === 'login')).toHaveLength(1);
  });

  it('cannot send two lines in one', async () => {
    const { game, player } = await play();
    await player.type('say one\r\nquit\r', 'say Ċquit');
    await player.sees('You said: say Ċquit');
    expect(game.received('Ada')).toEqual(['say onequit', 'say Ċquit']);
  });

  it.each(['ga', 'eor'] as const)('gets prompts that the game marks by %s', async (prompt) => {
    const { player } = await play({ prompt });
    await player.type('look');
    await player.sees('You said: look');
    const texts = player.session.deeds.filter(({ kind }) => kind === 'text');
    expect(texts).toEqual([
      { kind: 'text', text: 'What is your name? ', prompt: true },
      { kind: 'text', text: 'Password: ', prompt: true },
      { kind: 'text', text: '\n1: Welcome, Ada.\n' },
      { kind: 'text', text: '> ', prompt: true },
      { kind: 'text', text: '2: You said: look\n' },
      { kind: 'text', text: '> ', prompt: true },
    ]);
  });

  it('plays a game without Telnet, with lines that end like those of a DikuMUD', async () => {
    const { game, player } = await play({ telnet: false, lineEnd: '\n\r' });
    await player.type('sag Grüße');
    await player.sees(/> 2: You said: sag Grüße\n> $/);
    expect(game.received('Ada')).toEqual(['sag Grüße']);
    expect(player.text).not.toContain('\r');
  });

  it('plays a game in Latin-1, where a letter is an IAC', async () => {
    const { game, player } = await play({ encoding: 'latin1' }, { encoding: 'latin1' });
    await player.type('sag ÿ Grüße');
    await player.sees('You said: sag ÿ Grüße');
    expect(game.received('Ada')).toEqual(['sag ÿ Grüße']);
  });

  it('gets a flood in entries of at most 16 kB, and no character broken', async () => {
    const { game, player } = await play();
    const flood = 'aé€🐉'.repeat(50_000);
    game.raw(Buffer.from(`${flood}\n`));
    await player.sees(/🐉\n$/);
    expect(player.text).toContain(flood);
    const sizes = player.session.deeds.map((deed) =>
      deed.kind === 'text' ? Buffer.byteLength(deed.text) : 0,
    );
    // A character that was cut off one entry comes with the next.
    expect(Math.max(...sizes)).toBeLessThan(16_384 + 4);
  });

  it('is known to the game by window size and terminal', async () => {
    const { game, player } = await play();
    const [talk] = game.talks;
    const sizes = (): readonly (readonly number[])[] =>
      talk?.subnegotiations.filter(({ option }) => option === 31).map(({ payload }) => [...payload]) ?? [];
    await until(() => {
      expect(talk?.negotiations).toEqual(['WILL 24', 'WILL 31', 'DO 201', 'DO 1', 'DONT 1']);
    });
    expect(sizes()).toEqual([[0, 80, 0, 24]]);
    player.resize(300, 40);
    await until(() => expect(sizes().at(-1)).toEqual([1, 44, 0, 40]));
    player.detach();
    player.attach({ transport: 'websocket', columns: 40, rows: 10 });
    await until(() => expect(sizes().at(-1)).toEqual([0, 40, 0, 10]));
  });

  it('gets no message that cannot be read; the operator is told, once for all players and messages', async () => {
    const { game, player, world } = await play();
    const other = new Player(world).attach();
    await other.logIn('Bob');
    const broken = Buffer.concat([
      Buffer.of(255, 250, 201),
      Buffer.from('Client.GUI 1\nhttp://example.org/secret'),
      Buffer.of(255, 240),
    ]);
    game.raw(Buffer.concat([broken, broken, Buffer.from('Done.')]));
    await player.sees('Done.');
    await other.sees('Done.');
    const isReport = (fact: unknown): boolean =>
      typeof fact === 'object' && fact !== null && 'kind' in fact && fact.kind === 'report';
    expect([...player.facts, ...other.facts].filter(isReport)).toEqual([
      { kind: 'report', where: 'gmcp', error: new Error('Client.GUI has data that is not JSON') },
    ]);
    expect([...player.facts, ...other.facts]).not.toContainEqual(expect.objectContaining({ kind: 'gmcp' }));
  });

  it('gets a large message whole', async () => {
    const { game, player } = await play();
    const map = 'x'.repeat(20_000);
    game.gmcp('Room.Map', { map });
    await player.becomes({ kind: 'gmcp', package: 'Room.Map', data: { map }, state: true });
  });

  it('talks GMCP with the game', async () => {
    const { game, player } = await play();
    const [talk] = game.talks;
    player.pass('Core.Supports.Set', ['Char 1']);
    await player.send({ package: 'Char.Skills.Get', data: { group: 'ä' } });
    await until(() => {
      expect(talk?.gmcp).toEqual([
        'Core.Hello {"client":"Holdfast","version":""}',
        'Core.Supports.Set ["Char 1"]',
        'Char.Skills.Get {"group":"ä"}',
      ]);
    });
    game.gmcp('Char.Vitals', { hp: 7 });
    game.gmcp('Comm.Channel.Text', { text: 'Hello' });
    game.gmcp('Room.Leave');
    await player.becomes(
      { kind: 'gmcp', package: 'Char.Vitals', data: { hp: 7 }, state: true },
      { kind: 'gmcp', package: 'Comm.Channel.Text', data: { text: 'Hello' } },
      { kind: 'gmcp', package: 'Room.Leave', state: true },
    );
  });

  it('leaves behind what the game tells of itself to those who list games', async () => {
    const { game, world } = await play();
    expect(world.listing?.()).toEqual(new Map());
    game.raw(Buffer.from('\u00ff\u00fb\u0046\u00ff\u00fa\u0046\u0001NAME\u0002Avalon\u00ff\u00f0', 'latin1'));
    await until(() => expect(world.listing?.()).toEqual(new Map([['NAME', ['Avalon']]])));
  });

  it('is introduced as its client did before the game was there', async () => {
    const game = await startGame();
    const player = new Player(openWorld(game.port));
    player.pass('Core.Hello', { client: 'Mudlet', version: '5' });
    player.pass('Core.Supports.Set', ['Char 1']);
    player.attach();
    await until(() => {
      expect(game.talks[0]?.gmcp).toEqual([
        'Core.Hello {"client":"Mudlet","version":"5"}',
        'Core.Supports.Set ["Char 1"]',
      ]);
    });
  });
});

describe('the login', () => {
  it('is private through the third line, where the first one is taken for it', async () => {
    const game = await startGame();
    const player = new Player(openWorld(game.port));
    expect(player.isPrivate).toBe(true);
    player.attach();
    await player.logIn();
    expect(player.isPrivate).toBe(true);
    await player.type('look');
    expect(player.isPrivate).toBe(false);
  });

  it('ends with a line that matches', async () => {
    const game = await startGame();
    const player = new Player(openWorld(game.port, { upPattern: /: Welcome, \w+\.$/ })).attach();
    await player.sees('name');
    await player.type('Ada');
    await player.sees('Password');
    expect(player.isPrivate).toBe(true);
    expect(player.facts).not.toContain('playing');
    await player.type('secret');
    await player.becomes('playing');
    // The player reads that it worked before hearing so.
    expect(player.session.deeds.at(-2)).toEqual({ kind: 'text', text: '\n1: Welcome, Ada.\n> ' });
  });

  it('ends with a GMCP package', async () => {
    const { game, player } = await play({}, { upGmcp: 'Char.Name' });
    await player.type('one', 'two', 'three');
    expect(player.isPrivate).toBe(true);
    game.gmcp('char.name', { name: 'Ada' });
    await player.becomes(
      { kind: 'gmcp', package: 'char.name', data: { name: 'Ada' }, state: true },
      'playing as Ada',
    );
    expect(player.isPrivate).toBe(false);
  });

  it('waits for what was typed before the game was there', async () => {
    const game = await startGame();
    const player = new Player(openWorld(game.port)).attach();
    await player.type('Ada', 'secret', 'look');
    await player.sees('You said: look');
    expect(game.received('Ada')).toEqual(['look']);
  });
});

describe('when the game closes a connection', () => {
  it('ends the session behind the farewell, where it still accepts others', async () => {
    const { player } = await play();
    await player.type('quit');
    await player.becomes({ kind: 'echo', on: true }, 'end');
    expect(player.text).toMatch(/2: Goodbye, Ada\.\n$/);
    await player.loses('look', 'failed');
    player.detach();
    player.attach();
    expect(player.ended).toBe(true);
  });

  it('ends it for a player who is away, too', async () => {
    const { game, player } = await play();
    player.detach();
    game.drop('Ada');
    await player.becomes('end');
  });

  it('keeps the session where nobody was at its login', async () => {
    const { game, player } = await play({}, { upPattern: /never/ });
    player.detach();
    game.drop('Ada');
    await until(() => expect(game.connections).toBe(0));
    // What is held is not for a login.
    await player.becomes({ kind: 'echo', on: true }, 'lose', 'login');
    expect(player.ended).toBe(false);
    player.attach();
    await player.sees(`${LOGIN_AGAIN}What is your name? `);
    expect(game.accepted).toBe(2);
  });

  it('tries again where it is down, and is at the login when it comes back', async () => {
    const { game, world, player } = await play();
    await player.type('look');
    await player.sees(/You said: look\n> $/);
    await game.crash();
    await player.sees(UNREACHABLE);
    await player.becomes('down');
    expect(player.isPrivate).toBe(true);
    await player.loses('kill rat', 'world_lost');

    const again = await startGame({ port: game.port });
    world.clock.advance(499);
    await setImmediate();
    expect(again.accepted).toBe(0);
    world.clock.advance(1);
    await player.becomes('lose', 'login');
    await player.logIn('Ada');
    expect(player.text).toContain(`> \n${UNREACHABLE}${LOGIN_AGAIN}What is your name?`);
    expect(player.isPrivate).toBe(true);
    await player.type('look');
    await player.sees(/2: You said: look\n> $/);
    expect(again.received('Ada')).toEqual(['look']);
    expect(player.text.match(/cannot be reached/g)).toHaveLength(1);
  });

  it('doubles the time between two tries', async () => {
    const tries: number[] = [];
    const { world, game, player } = await play();
    await game.crash();
    await player.becomes('down');
    for (const ms of [500, 1000, 2000, 4000, 8000, 15_000, 15_000]) {
      const downs = player.facts.length;
      world.clock.advance(ms - 1);
      await setImmediate();
      expect(player.facts).toHaveLength(downs);
      world.clock.advance(1);
      await until(() => expect(player.facts).toHaveLength(downs + 1));
      tries.push(ms);
    }
    expect(player.facts.slice(-7)).toEqual(tries.map(() => 'down'));
  });

  it('does not try while the player is away, and at once at the return', async () => {
    const { world, game, player } = await play();
    player.detach();
    await game.crash();
    await player.becomes('down');
    const again = await startGame({ port: game.port });
    world.clock.advance(3_600_000);
    await setImmediate();
    expect(again.accepted).toBe(0);
    player.attach();
    await player.becomes('lose', 'login');
    await player.logIn();
  });

  it('stops trying when the player leaves', async () => {
    const { world, game, player } = await play();
    await game.crash();
    await player.becomes('down');
    player.detach();
    const again = await startGame({ port: game.port });
    world.clock.advance(60_000);
    await setImmediate();
    expect(again.accepted).toBe(0);
  });

  it('asks once for all whom it closed', async () => {
    const game = await startGame();
    const world = openWorld(game.port);
    const players = Array.from({ length: 20 }, () => new Player(world).attach());
    await Promise.all(players.map((player, index) => player.logIn(`Ada${index}`)));
    for (let index = 0; index < 20; index += 1) game.drop(`Ada${index}`);
    // All closes are not heard in one turn: who comes late shares the try of the next second.
    await until(() => {
      world.clock.advance(1000);
      expect(players.every(({ ended }) => ended)).toBe(true);
    });
    expect(game.accepted).toBeLessThan(30);
  });

  it('ends the session at once where it is not to be tried again', async () => {
    const { game, player } = await play({}, { reconnect: false });
    await game.crash();
    await player.becomes('end');
    const other = new Player(openWorld(game.port, { reconnect: false })).attach();
    await other.becomes('end');
  });
});

describe('a game that cannot be reached', () => {
  it('is told of once, and tried until it is there', async () => {
    const port = await freePort();
    const world = openWorld(port);
    const player = new Player(world).attach();
    await player.becomes('down');
    expect(player.text).toBe(UNREACHABLE);
    expect(player.isPrivate).toBe(true);
    world.clock.advance(500);
    await player.becomes('down', 'down');
    await startGame({ port });
    world.clock.advance(1000);
    await player.logIn();
    expect(player.text).toMatch(`${UNREACHABLE}What is your name`);
    expect(player.facts).not.toContain('lose');
  });

  it('is told of again to a player who returns', async () => {
    const port = await freePort();
    const player = new Player(openWorld(port)).attach();
    await player.becomes('down');
    player.detach();
    player.attach();
    await player.becomes('down', 'down');
    expect(player.text).toBe(UNREACHABLE + UNREACHABLE);
  });

  it('counts as not there when it does not accept within 10 s', async () => {
    const clock = new ManualClock();
    const destroyed: string[] = [];
    const upstream = upstreamWorld({
      host: 'game',
      port: 1,
      clock,
      connect: ({ host }) => ({
        writable: true,
        writableLength: 0,
        on: () => undefined,
        write: () => undefined,
        pause: () => undefined,
        resume: () => undefined,
        end: () => undefined,
        destroy: () => destroyed.push(host),
      }),
    });
    const player = new Player({ ...upstream, clock }).attach();
    const typed = player.type('Ada');
    clock.advance(10_000);
    await typed;
    await player.becomes('down', { kind: 'dropped', seq: 1, reason: 'world_lost' });
    expect(destroyed).toEqual(['game']);
  });
});

describe('a session that was kept over a restart of the gateway', () => {
  it('is at the login of a new connection, which is opened when its player is there', async () => {
    const game = await startGame();
    const player = new Player(openWorld(game.port), { restored: true });
    expect(player.facts).toEqual([{ kind: 'echo', on: true }, 'lose', 'login']);
    expect(player.isPrivate).toBe(true);
    await setImmediate();
    expect(game.accepted).toBe(0);

    player.attach();
    // Not for the login: the player does not know yet that there is one.
    await player.loses('kill rat', 'world_lost');
    await player.logIn();
    expect(player.text).toMatch(`\n${LOGIN_AGAIN}What is your name`);
    expect(game.logins).toEqual([{ name: 'Ada', password: 'secret' }]);
  });
});

describe('the end', () => {
  it('of a session ends its connection', async () => {
    const { game, player } = await play();
    player.close();
    await until(() => expect(game.connections).toBe(0));
    expect(player.ended).toBe(false);
    await player.loses('look', 'failed');
  });

  it('of the world ends all connections', async () => {
    const game = await startGame();
    const world = openWorld(game.port);
    const players = [new Player(world).attach(), new Player(world).attach()];
    await Promise.all(players.map((player, index) => player.logIn(`Ada${index}`)));
    await world.close?.();
    await until(() => expect(game.connections).toBe(0));
    expect(players.some(({ ended }) => ended)).toBe(false);
  });

  it('of a game that does not read leaves the command in hand uncertain', async () => {
    const { game, player } = await play();
    game.stopReading();
    let isSent = false;
    const sent = player.type('x'.repeat(32 * 1024 * 1024)).then(() => {
      isSent = true;
    });
    await setImmediate();
    expect(isSent).toBe(false);
    const failed = expect(sent).rejects.toThrow();
    await game.crash();
    await failed;
  });
});
