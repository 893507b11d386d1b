import {
  Phrasebook,
  type Clock,
  type Listing,
  type Overflow,
  type Translation,
  type World,
} from '../../core/index.ts';
import { SILENT, type AbsencePolicy } from './absence-policy.ts';
import { connectTcp, type Connect } from './game-socket.ts';
import type { GameEncoding } from './game-text.ts';
import { gmcpPolicy } from './gmcp-policy.ts';
import { lineDigest } from './login-lines.ts';
import { UPSTREAM_PHRASES, type UpstreamPhrase } from './phrases.ts';
import { PortProbe } from './port-probe.ts';
import type { ProxyProtocol } from './proxy-header.ts';
import { ReportLimit } from './report-limit.ts';
import { UpstreamPlayer } from './upstream-player.ts';

export interface UpstreamWorldOptions {
  readonly host: string;
  readonly port: number;
  readonly clock: Clock;
  /**
   * A line of the game that shows that the player is in, whole or as far as it has come, without its colours. With
   * neither this nor `upGmcp` the player is in when the game has answered a line, and shows what is typed next. A group
   * named `account` is the player's account.
   */
  readonly upPattern?: RegExp | undefined;
  /** A GMCP package of the game that shows the same. Its field `account`, or else `name`, is the player's account. */
  readonly upGmcp?: string | undefined;
  /** How the game encodes text, unless Telnet CHARSET settles it. Default UTF-8. */
  readonly encoding?: GameEncoding | undefined;
  /** GMCP packages (`Comm.*`) of which every message counts, and not only the last. Default `Comm.*`. */
  readonly gmcpEvents?: readonly string[] | undefined;
  /** False: where the game goes away its sessions end. Default true: it is tried again. */
  readonly reconnect?: boolean | undefined;
  /** Whether each connection to the game begins with a PROXY header that has the player's address. Default `off`. */
  readonly proxyProtocol?: ProxyProtocol | undefined;
  /** What the game hears when a player goes, comes back, or stays away. Default: nothing. */
  readonly absence?: AbsencePolicy | undefined;
  /** Sentences for players in other words. Default: English. */
  readonly translation?: Translation | undefined;
  /** What happens when a player's unread output grows over its bound. Default: the oldest goes. */
  readonly overflow?: Overflow | undefined;
  /** A source of numbers from 0 to below 1. Default `Math.random`. */
  readonly random?: (() => number) | undefined;
  /** How to connect. Default plain TCP. */
  readonly connect?: Connect | undefined;
}

/**
 * A game that runs elsewhere, and knows nothing of us: one Telnet or TCP connection for each session. It stays while
 * the player is away, and is opened only while a player is attached. When the game closes one and still accepts
 * others, the player left, and the session ends; when it does not, the game is `down` and is tried again.
 */
export function upstreamWorld(options: UpstreamWorldOptions): World {
  const { host, port, clock, connect = connectTcp } = options;
  const route = { address: { host, port }, connect, clock, proxyProtocol: options.proxyProtocol ?? 'off' };
  const probe = new PortProbe(route);
  const players = new Set<UpstreamPlayer>();
  let listing: Listing = new Map();
  const settings = {
    route,
    probe,
    upSign: { pattern: options.upPattern, gmcp: options.upGmcp },
    encoding: options.encoding ?? 'utf-8',
    gmcpKindOf: gmcpPolicy(options.gmcpEvents ?? ['Comm.*']),
    reconnect: options.reconnect ?? true,
    absence: options.absence ?? SILENT,
    phrases: new Phrasebook<UpstreamPhrase>(UPSTREAM_PHRASES, options.translation),
    lineDigest: lineDigest(),
    reportLimit: new ReportLimit(clock),
    listed: (told: Listing) => (listing = told),
    overflow: options.overflow ?? 'drop_oldest',
    random: options.random ?? Math.random,
    closed: (player: UpstreamPlayer) => players.delete(player),
  };
  return {
    // Two gateways on one store may stand in front of two games.
    name: `upstream ${host}:${port}`,
    delivery: 'mark',
    open(session) {
      const player = new UpstreamPlayer(session, settings);
      players.add(player);
      return player;
    },
    listing: () => listing,
    close() {
      for (const player of players) player.closed();
      probe.close();
      return Promise.resolve();
    },
  };
}
