import { connect } from 'node:net';
import { deliverLater, deliverNow, LARGE_BYTES } from '../../runtime/turn-reads.ts';
import type { Wire } from '../../telnet/index.ts';

/** After so long without a byte from the game TCP asks whether it is still there, in ms. */
const KEEP_ALIVE_MS = 60_000;

/** Where the game listens. */
export interface GameAddress {
  readonly host: string;
  readonly port: number;
}

/** What is used of a socket: `net.Socket` and `tls.TLSSocket` have it. `close` comes last, also after a failure. */
export interface GameSocket {
  /** False once it has failed, or was ended or destroyed. */
  readonly writable: boolean;
  /** Bytes that are written and have not left. */
  readonly writableLength: number;
  /** The game's address, while it is connected. */
  readonly remoteAddress?: string | undefined;
  readonly remotePort?: number | undefined;
  /** The bytes are good until the listener returns: copy what is kept. */
  on(event: 'data', listener: (bytes: Uint8Array) => void): unknown;
  on(event: 'end' | 'close', listener: () => void): unknown;
  on(event: 'error', listener: (error: Error) => void): unknown;
  /** `written` is called when this and all before it left, or with the reason why it cannot. */
  write(data: Wire, encoding: 'latin1', written?: (error?: Error | null) => void): unknown;
  pause(): unknown;
  resume(): unknown;
  end(): unknown;
  destroy(): unknown;
}

/** Begins to connect; `connected` is called at most once, and not before this returned. */
export type Connect = (address: GameAddress, connected: () => void) => GameSocket;

/** What a game sends is read into here, by all its connections in turn: less work than a buffer for each read. */
const READ_BUFFER = new Uint8Array(LARGE_BYTES);

/** Plain TCP, without delay for small packets. */
export const connectTcp: Connect = ({ host, port }, connected) => {
  const deliver = (chunk: Uint8Array): boolean => socket.emit('data', chunk);
  const socket = connect(
    {
      host,
      port,
      noDelay: true,
      keepAlive: true,
      keepAliveInitialDelay: KEEP_ALIVE_MS,
      onread: {
        buffer: READ_BUFFER,
        callback(length, bytes) {
          // A full one is delivered before this returns.
          deliverLater(length < bytes.length ? bytes.slice(0, length) : bytes, deliver);
          return true;
        },
      },
    },
    connected,
  );
  // Before anybody else hears of it.
  for (const last of ['end', 'error', 'close']) socket.on(last, deliverNow);
  return socket;
};
