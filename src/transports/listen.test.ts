import { createServer, type Server } from 'node:net';
import { afterEach, expect, it } from 'vitest';
import { listenOn } from './listen.ts';

const servers: Server[] = [];

function newServer(): Server {
  const server = createServer();
  servers.push(server);
  return server;
}

afterEach(() => {
  for (const server of servers.splice(0)) server.close();
});

it('says which free port it took', async () => {
  const address = await listenOn(newServer(), { host: '127.0.0.1', port: 0 });
  expect(address).toEqual({ host: '127.0.0.1', port: expect.any(Number) });
  expect(address.port).toBeGreaterThan(0);
});

it('rejects where the port is taken', async () => {
  const address = await listenOn(newServer(), { host: '127.0.0.1', port: 0 });
  await expect(listenOn(newServer(), address)).rejects.toMatchObject({ code: 'EADDRINUSE' });
});

it('outlives a connection that cannot be accepted', async () => {
  const server = newServer();
  await listenOn(server, { host: '127.0.0.1', port: 0 });
  server.emit('error', Object.assign(new Error('accept'), { code: 'EMFILE' }));
  expect(server.listening).toBe(true);
});
