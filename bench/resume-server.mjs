// One side of `resume.mjs`, in a process of its own: `node resume-server.mjs net|ws|memory|embedded`, started by fork.
// `net` and `ws` know no sessions: they answer a client with what a gateway once answered, byte for byte.
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer as createHttpServer } from 'node:http';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as passed } from 'node:timers/promises';
import { WebSocketServer } from 'ws';
import { createGateway, nodeClock } from '../dist/gateway/index.js';
import { memoryStore, openEmbeddedStore } from '../dist/stores/index.js';
import { websocket } from '../dist/transports/index.js';

const BACKLOG = 4096;

/** What goes on after the last connection (a compaction, a write that may wait) belongs to the round, too, in ms. */
const AFTERMATH_MS = 500;

/** A world with nothing in it: what it costs is its own. */
const emptyWorld = {
  name: 'empty',
  delivery: 'commit',
  open(session) {
    if (!session.restored) session.playing();
    return { command: () => undefined };
  },
};

let gone = 0;
let whenGone = () => {};
function countGone() {
  gone += 1;
  whenGone();
}

/** Resolves when so many more connections than at the last call are gone. */
async function allGone(count) {
  await new Promise((resolve) => {
    whenGone = () => gone >= count && resolve();
    whenGone();
  });
  gone -= count;
  await passed(AFTERMATH_MS);
}

async function gateway(kind) {
  const folder = mkdtempSync(join(tmpdir(), 'holdfast-bench-'));
  process.on('exit', () => rmSync(folder, { recursive: true, force: true }));
  const clock = nodeClock;
  const store =
    kind === 'embedded' ? await openEmbeddedStore(join(folder, 'store'), { clock }) : memoryStore({ clock });
  const running = createGateway({
    store,
    world: emptyWorld,
    maxConnections: 1_000_000,
    transports: [websocket({ port: 0 })],
    onEvent(event) {
      if (event.kind === 'failed') throw event.error;
      if (event.kind === 'detached') countGone();
    },
  });
  const [{ port }] = await running.listen();
  return {
    port,
    async write(text) {
      await running.connections.send('all', { kind: 'text', text }, { away: true });
      await passed(AFTERMATH_MS);
    },
    close: () => running.close(),
  };
}

/** The same library with the same options, used in the least costly way. */
async function bareWs({ frames }) {
  const http = createHttpServer();
  const sockets = new WebSocketServer({
    noServer: true,
    perMessageDeflate: false,
    clientTracking: false,
    handleProtocols: () => 'holdfast.v1',
  });
  http.on('upgrade', (request, socket, head) => {
    sockets.handleUpgrade(request, socket, head, (ws) => {
      ws.once('message', () => {
        socket.cork();
        for (const frame of frames) ws.send(frame);
        socket.uncork();
      });
      ws.on('error', () => undefined);
      ws.once('close', countGone);
    });
  });
  return { port: await listening(http), close: () => http.close() };
}

/** Counts bytes to know when to answer, and looks at none of them. */
async function bareNet({ upgradeBytes, upgraded, helloBytes, answer }) {
  const server = createServer({ noDelay: true }, (socket) => {
    let received = 0;
    let said = 0;
    socket.on('data', (chunk) => {
      received += chunk.length;
      if (said === 0 && received >= upgradeBytes) {
        said = 1;
        socket.write(upgraded);
      }
      if (said === 1 && received >= upgradeBytes + helloBytes) {
        said = 2;
        socket.write(answer);
      }
    });
    socket.on('error', () => undefined);
    socket.once('close', countGone);
  });
  return { port: await listening(server), close: () => server.close() };
}

function listening(server) {
  return new Promise((resolve) => {
    server.listen({ port: 0, host: '127.0.0.1', backlog: BACKLOG }, () => resolve(server.address().port));
  });
}

function open([side], sample) {
  if (side === 'net') {
    const { upgraded, answer, ...sizes } = sample;
    return bareNet({ ...sizes, upgraded: Buffer.from(upgraded), answer: Buffer.from(answer, 'base64') });
  }
  return side === 'ws' ? bareWs(sample) : gateway(side);
}

let server;
let before;
let isClosing = false;
process.on('disconnect', () => {
  // Whoever measured is gone.
  if (!isClosing) process.exit(1);
});
/** Does what `resume.mjs` asks for, and resolves with the answer. */
async function answerTo({ ask, ...request }) {
  switch (ask) {
    case 'open':
      server = await open(process.argv.slice(2), request.sample);
      return { port: server.port };
    case 'write':
      await server.write(request.text);
      return {};
    case 'settle':
      await allGone(request.connections);
      return {};
    case 'begin':
      before = process.cpuUsage();
      return {};
    case 'end': {
      await allGone(request.connections);
      const { user, system } = process.cpuUsage(before);
      return { userMicros: user, systemMicros: system };
    }
    case 'close':
      await server.close();
      isClosing = true;
      return {};
  }
}

process.on('message', (request) => {
  void answerTo(request).then((answer) => {
    process.send(answer);
    if (isClosing) process.disconnect();
  });
});
