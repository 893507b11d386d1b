// `game`: says every line again. `net <port>`: passes bytes on to the game and back, and does nothing else.
// Started by `echo.mjs`, each in a process of its own; the first line that it prints is its port.
import { connect, createServer } from 'node:net';

const [kind, gamePort] = process.argv.slice(2);
const HOST = '127.0.0.1';

function game(player) {
  player.pipe(player);
}

function pipe(player) {
  const upstream = connect({ port: Number(gamePort), host: HOST, noDelay: true });
  player.pipe(upstream);
  upstream.pipe(player);
  upstream.on('error', () => player.destroy());
}

const server = createServer({ noDelay: true }, (player) => {
  (kind === 'game' ? game : pipe)(player);
  player.on('error', () => undefined);
});
server.listen({ port: 0, host: HOST, backlog: 4096 }, () => console.log(server.address().port));
