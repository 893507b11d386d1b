import type { Server, Socket } from 'node:net';
import { createServer, type Server as TlsServer } from 'node:tls';
import { readProxyHeader } from './proxy-header.ts';
import { plainAddress, type ProxyList } from './proxy-list.ts';
import type { TlsFiles } from './tls-files.ts';

/** A proxy's header may take so long, and so may TLS's handshake, in ms. */
const HELLO_TIMEOUT_MS = 10_000;

export interface EntranceOptions {
  /** Those that begin each connection with a header of the PROXY protocol. */
  readonly proxies?: ProxyList | undefined;
  /**
   * What a listed proxy does that sends none: on a port for Telnet it is turned away, since then its players could write one
   * themselves; where it speaks HTTP it writes the first bytes itself, and may name its player by a header of HTTP.
   */
  readonly withoutHeader: 'refuse' | 'admit';
  /** Encrypts the port. */
  readonly tls?: TlsFiles | undefined;
}

/**
 * What a connection goes through before its port's own server sees it: the header of a proxy, then TLS. Who does not get
 * through within 10 s for each is cut.
 */
export class Entrance {
  readonly #options: EntranceOptions;
  readonly #tls: TlsServer | undefined;
  readonly #addresses = new WeakMap<object, string>();
  /** Those that are not through. */
  readonly #waiting = new Set<Socket>();
  /** By the ends of the connection, by which Node's TLS socket and the one below it know each other. */
  readonly #handshakes = new Map<string, (socket: Socket) => void>();

  constructor(options: EntranceOptions) {
    this.#options = options;
    const { tls } = options;
    if (tls === undefined) return;
    this.#tls = createServer({ ...tls.current, handshakeTimeout: HELLO_TIMEOUT_MS });
    tls.onChange((files) => this.#tls?.setSecureContext(files));
    this.#tls.on('secureConnection', (socket) => this.#handshakes.get(ends(socket))?.(socket));
    this.#tls.on('tlsClientError', (_error, socket) => socket.destroy());
  }

  /** Stands before everybody who connects to this server; its own listener for connections gets those who are through. */
  guard(server: Server): void {
    const listeners = server.listeners('connection');
    server.removeAllListeners('connection');
    server.on('connection', (socket: Socket) => {
      this.#enter(socket, (admitted) => {
        for (const listener of listeners) Reflect.apply(listener, server, [admitted]);
      });
    });
  }

  /**
   * The player's, as far as it is known, on a socket that came through. Where a proxy names nobody (`UNKNOWN`, `LOCAL`) it is
   * the proxy's own; what comes behind the header is the player's word and not the proxy's, and says nothing about it.
   */
  addressOf(socket: object): string | undefined {
    return this.#addresses.get(socket);
  }

  /** Cuts those that are not through. */
  close(): void {
    for (const socket of this.#waiting) socket.destroy();
  }

  #enter(socket: Socket, admit: (socket: Socket) => void): void {
    const peer = plainAddress(socket.remoteAddress);
    this.#waiting.add(socket);
    socket.on('error', () => undefined);
    socket.once('close', () => this.#waiting.delete(socket));
    const through = (address: string | undefined): void => {
      this.#encrypt(socket, (admitted) => {
        this.#waiting.delete(socket);
        if (address !== undefined) this.#addresses.set(admitted, address);
        admit(admitted);
      });
    };
    if (this.#options.proxies?.has(peer)) this.#readHeader(socket, (address) => through(address ?? peer));
    else through(peer);
  }

  #readHeader(socket: Socket, done: (address: string | undefined) => void): void {
    const timer = setTimeout(() => socket.destroy(), HELLO_TIMEOUT_MS);
    socket.once('close', () => clearTimeout(timer));
    let bytes = Buffer.alloc(0);
    const read = (chunk: Buffer): void => {
      bytes = Buffer.concat([bytes, chunk]);
      const reading = readProxyHeader(bytes);
      if (reading.kind === 'partial') return;
      const isRefused = reading.kind === 'none' && this.#options.withoutHeader === 'refuse';
      if (reading.kind === 'invalid' || isRefused) return void socket.destroy();
      clearTimeout(timer);
      socket.off('data', read);
      socket.pause();
      const { length, address } = reading.kind === 'header' ? reading : { length: 0 };
      if (bytes.length > length) socket.unshift(bytes.subarray(length));
      done(address);
    };
    socket.on('data', read);
  }

  #encrypt(socket: Socket, done: (socket: Socket) => void): void {
    if (this.#tls === undefined) {
      done(socket);
      if (socket.isPaused()) socket.resume();
      return;
    }
    const key = ends(socket);
    this.#handshakes.set(key, (encrypted) => {
      this.#handshakes.delete(key);
      done(encrypted);
    });
    socket.once('close', () => this.#handshakes.delete(key));
    this.#tls.emit('connection', socket);
  }
}

function ends({ remoteAddress, remotePort, localAddress, localPort }: Socket): string {
  return [remoteAddress, remotePort, localAddress, localPort].join(' ');
}
