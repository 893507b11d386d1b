import type { Listing } from '../../core/index.ts';
import type { PublicFacts } from '../../protocol/index.ts';

/**
 * What a program that lists games is told (MSSP): what the game tells of itself; but the players and ports are those of the
 * gateway, for the game's own count was true when it was heard, and its own ports may be closed to the world.
 */
export function msspListing({ players, ports, since, listing }: PublicFacts): Listing {
  const [plain, tls] = [ports.get('telnet'), ports.get('telnets')];
  return new Map([
    ['NAME', ['Holdfast']],
    ['UPTIME', [String(Math.floor(since / 1000))]],
    ...listing,
    ['PLAYERS', [String(players)]],
    ['PORT', portOrNone(plain ?? tls)],
    // The older name and the one that clients ask for today.
    ['SSL', portOrNone(tls)],
    ['TLS', portOrNone(tls)],
  ]);
}

function portOrNone(port: number | undefined): readonly string[] {
  return [String(port ?? 0)];
}
