import type { Server } from 'node:net';
import type { ListenAddress } from '../protocol/index.ts';

/** Connections that the system keeps for us until we accept them: players come back all at once. */
const BACKLOG = 4096;

/** Listens, and says where; rejects with the system's error (`EADDRINUSE` …). */
export function listenOn(server: Server, { host, port }: ListenAddress): Promise<ListenAddress> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen({ host, port, backlog: BACKLOG }, () => {
      server.off('error', reject);
      // A connection that cannot be accepted (`EMFILE` …) is that client's misfortune; those that are here go on.
      server.on('error', () => undefined);
      const address = server.address();
      resolve({ host, port: typeof address === 'object' && address ? address.port : port });
    });
  });
}
