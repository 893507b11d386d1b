import { createServer, type Socket } from 'node:net';
import { createDeflate, deflateSync } from 'node:zlib';
import { expect, describe, it, onTestFinished } from 'vitest';
import { deflated } from '../../../test/support/deflated.ts';
import { openWorld, Player, until } from '../../../test/support/upstream.ts';
import type { UpstreamWorldOptions } from './upstream-world.ts';

const [SE, SB, WILL, DO, DONT, IAC] = [240, 250, 251, 253, 254, 255] as const;
const MCCP2 = 86;
const MARK = Buffer.of(IAC, SB, MCCP2, IAC, SE);

/** A game that offers to compress, to each who connects, and what it was answered. */
class CompressingGame {
  readonly answers: Buffer[] = [];
  readonly sockets: Socket[] = [];
  port = 0;

  static async start(): Promise<CompressingGame> {
    const game = new CompressingGame();
    const server = createServer((socket) => {
      const index = game.sockets.push(socket) - 1;
      socket.write(Buffer.of(IAC, WILL, MCCP2));
      socket.on('data', (bytes) => {
        game.answers[index] = Buffer.concat([game.answers[index] ?? Buffer.alloc(0), bytes]);
      });
      socket.on('error', () => undefined);
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    onTestFinished(() => {
      for (const socket of game.sockets) socket.destroy();
      server.close();
    });
    const address = server.address();
    game.port = address !== null && typeof address === 'object' ? address.port : 0;
    return game;
  }
}

/** A player whose game may compress. */
async function connect(options: Partial<UpstreamWorldOptions> = {}): Promise<{
  game: CompressingGame;
  world: ReturnType<typeof openWorld>;
  player: Player;
  socket: Socket;
}> {
  const game = await CompressingGame.start();
  const world = openWorld(game.port, options);
  const player = new Player(world).attach();
  await until(() => expect(game.answers[0]).toEqual(Buffer.of(IAC, DO, MCCP2)));
  const socket = game.sockets[0];
  if (socket === undefined) throw new Error('nobody connected');
  return { game, world, player, socket };
}

describe('a game that compresses', () => {
  it.each([
    ['in one packet with the mark', true],
    ['in the next packet', false],
  ])('is read from the exact byte on, %s, and plain again after the end', async (_, isTogether) => {
    const { player, socket } = await connect();
    const deflate = createDeflate();
    const small = await deflated(deflate, 'small, \u00ff');
    if (isTogether) socket.write(Buffer.concat([Buffer.from('plain, '), MARK, small]));
    else {
      socket.write(Buffer.concat([Buffer.from('plain, '), MARK]));
      await player.sees('plain, ');
      socket.write(small);
    }
    await player.sees('plain, small, ÿ');
    socket.write(await deflated(deflate, ' and on'));
    await player.sees('plain, small, ÿ and on');
    // A copyover: the stream ends, and a new one begins.
    const [other, more] = [Buffer.from('\nplain again, '), deflateSync('small again')];
    deflate.end();
    const last: unknown[] = await deflate.toArray();
    socket.write(
      Buffer.concat([...last.filter((bytes) => Buffer.isBuffer(bytes)), other, Buffer.of(IAC, WILL, MCCP2)]),
    );
    await player.sees('plain again, ');
    socket.write(Buffer.concat([MARK, more]));
    await player.sees('plain again, small again');
  });

  it('is read to its last word before its end', async () => {
    const { player, world, socket } = await connect();
    await player.type('Ada');
    socket.end(Buffer.concat([MARK, deflateSync(`${'x'.repeat(200_000)}Goodbye.\n`)]));
    await until(() => {
      world.clock.advance(250);
      expect(player.ended).toBe(true);
    });
    expect(player.text).toMatch(/Goodbye\.\n$/);
    expect(player.text).toHaveLength(200_009);
  });

  it.each([
    ['a bomb', deflateSync(Buffer.alloc(64 * 1_048_576)), 'beyond all measure'],
    ['no zlib stream', Buffer.from('garbage'), 'header'],
  ])(
    'loses the connection by %s, with one report, and is asked for plain text then',
    async (_, bytes, why) => {
      const { game, player, world, socket } = await connect();
      socket.write(Buffer.concat([MARK, bytes]));
      await player.becomes('down');
      const reports = player.facts.filter((fact) => typeof fact === 'object' && fact.kind === 'report');
      expect(reports).toEqual([
        {
          kind: 'report',
          where: 'mccp2',
          error: expect.objectContaining({ message: expect.stringContaining(why) }),
        },
      ]);
      expect(player.text.length).toBeLessThan(9 * 1_048_576);
      expect(player.ended).toBe(false);
      await until(() => {
        world.clock.advance(500);
        expect(game.answers[1]).toEqual(Buffer.of(IAC, DONT, MCCP2));
      });
    },
  );
});
