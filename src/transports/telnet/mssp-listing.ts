import type { Listing } from '../../core/index.ts';
import type { PublicFacts } from '../../protocol/index.ts';

/** Where players come in by Telnet. */
export interface TelnetPorts {
  readonly plain?: number | undefined;
  readonly tls?: number | undefined;
}

/**
 * What a program that lists games is told (MSSP): what the game tells of itself; but the players and ports are those of the
 * gateway, for the game's own count was true when it was heard, and its own ports may be closed to the world.
 */
export function msspListing({ players, since, listing }: PublicFacts, ports: TelnetPorts): Listing {
  return new Map([
    ['NAME', ['Holdfast']],
    ['UPTIME', [String(Math.floor(since / 1000))]],
    ...listing,
    ['PLAYERS', [String(players)]],
    ['PORT', portOrNone(ports.plain ?? ports.tls)],
    // The older name and the one that clients ask for today.
    ['SSL', portOrNone(ports.tls)],
    ['TLS', portOrNone(ports.tls)],
  ]);
}

function portOrNone(port: number | undefined): readonly string[] {
  return [String(port ?? 0)];
}
