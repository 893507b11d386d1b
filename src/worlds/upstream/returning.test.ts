import { createServer } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import { openWorld, play, Player, startGame, until } from '../../../test/support/upstream.ts';

describe('a login that a client types by itself into a session that came back', () => {
  it('does not reach the game, is private, and is reported', async () => {
    const { game, player } = await play();
    await player.type('look');
    player.detach();
    player.attach();
    expect(player.isPrivateLine('secret')).toBe(true);
    expect(player.isPrivateLine('look')).toBe(false);
    await player.send({ seq: 7, text: 'Ada' });
    await player.send({ seq: 8, text: 'secret' });
    await player.type('Ada');
    await player.sees('You said: Ada\n');
    expect(game.received('Ada')).toEqual(['look', 'Ada']);
    expect(player.facts.slice(-2)).toEqual([
      { kind: 'dropped', seq: 7, reason: 'vetoed' },
      { kind: 'dropped', seq: 8, reason: 'vetoed' },
    ]);
  });

  it('is a command like any other after ten seconds', async () => {
    const { game, world, player } = await play();
    player.detach();
    player.attach();
    world.clock.advance(10_000);
    await player.type('Ada');
    await player.sees('You said: Ada\n');
    expect(game.received('Ada')).toEqual(['Ada']);
  });

  it('is not mistaken for a command that was held', async () => {
    const { game, player } = await play();
    player.detach();
    player.attach();
    await player.send({ text: 'Ada', held: true });
    await player.sees('You said: Ada\n');
    expect(game.received('Ada')).toEqual(['Ada']);
  });

  it('reaches the login of a game that has begun anew', async () => {
    const { game, player } = await play({}, { absence: { drop: 'close', afterMs: 0 } });
    player.detach();
    await until(() => expect(game.connections).toBe(0));
    player.attach();
    await player.sees('forgotten where you were');
    await player.logIn();
    await until(() => expect(game.logins).toHaveLength(2));
  });
});

describe("a player's account", () => {
  it('is told where the pattern of the login names it', async () => {
    const { player } = await play({}, { upPattern: /Welcome, (?<account>\w+)/ });
    await player.becomes('playing as Ada');
  });
});

describe("a player's address", () => {
  it.each([
    ['v1', 'PROXY TCP4 198.51.100.3 127.0.0.1 0 '],
    ['v2', '\r\n\r\n\0\r\nQUIT\n\u0021\u0011\0\f\u00c6\u0033\u0064\u0003'],
  ] as const)('comes before everything else by the PROXY protocol, %s', async (proxyProtocol, start) => {
    let received = '';
    const game = createServer((socket) => {
      socket.on('data', (bytes) => (received += bytes.toString('latin1')));
      socket.on('error', () => undefined);
    });
    await new Promise<void>((resolve) => game.listen(0, '127.0.0.1', resolve));
    onTestFinished(() => void game.close());
    const address = game.address();
    const port = address !== null && typeof address === 'object' ? address.port : 0;
    const player = new Player(openWorld(port, { proxyProtocol }));
    player.attach({ transport: 'telnet', address: '::ffff:198.51.100.3' });
    await player.type('Ada');
    await until(() => expect(received).toMatch(/Ada\r\n$/));
    expect(received.startsWith(start)).toBe(true);
  });
});

describe('a player who comes back with another client', () => {
  const sizes = (payloads: readonly { option: number; payload: Buffer }[]): readonly (readonly number[])[] =>
    payloads.filter(({ option }) => option === 31).map(({ payload }) => [...payload]);

  it('is shown to the game as the client is now, and what only the older one asked for is taken back', async () => {
    const game = await startGame();
    const world = openWorld(game.port);
    const player = new Player(world);
    player.pass('Core.Supports.Set', ['Char 1', 'Room 1']);
    player.attach({ transport: 'telnet', name: 'MUDLET', columns: 200, rows: 50 });
    await player.logIn();
    const [talk] = game.talks;
    player.detach();
    player.attach({ transport: 'telnet', name: 'TF5' });
    // Turned off, to be turned on when the game has agreed: it asks for the name again.
    await until(() => expect(talk?.negotiations.at(-1)).toBe('WONT 24'));
    expect(talk?.gmcp).not.toContainEqual(expect.stringContaining('Remove'));
    expect(sizes(talk?.subnegotiations ?? [])).toEqual([[0, 200, 0, 50]]);
    world.clock.advance(3000);
    await until(() => expect(talk?.gmcp.at(-1)).toBe('Core.Supports.Remove ["Char","Room"]'));
    expect(sizes(talk?.subnegotiations ?? []).at(-1)).toEqual([0, 80, 0, 24]);
  });

  it('is taken for who was there before while nothing else is known, and told as it is once it is', async () => {
    const game = await startGame();
    const player = new Player(openWorld(game.port));
    player.attach({ transport: 'telnet', name: 'MUDLET', columns: 200, rows: 50 });
    await player.logIn();
    const [talk] = game.talks;
    const before = talk?.subnegotiations.length;
    player.detach();
    player.attach({ transport: 'telnet', address: '192.0.2.9' });
    await player.type('look');
    await player.sees('You said: look\n');
    expect(talk?.subnegotiations).toHaveLength(before ?? 0);
    player.describe({ transport: 'telnet', name: 'MUDLET', columns: 100, rows: 40 });
    await until(() => expect(sizes(talk?.subnegotiations ?? []).at(-1)).toEqual([0, 100, 0, 40]));
    expect(talk?.negotiations).not.toContain('WONT 24');
  });

  it('keeps what the older one asked for by WebSocket, where all messages come', async () => {
    const { game, world, player } = await play();
    player.pass('Core.Supports.Set', ['Char 1']);
    player.detach();
    player.attach({ transport: 'websocket' });
    world.clock.advance(3000);
    await player.type('look');
    await player.sees('You said: look\n');
    expect(game.talks[0]?.gmcp.at(-1)).toBe('Core.Supports.Set ["Char 1"]');
  });
});
