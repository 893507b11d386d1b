import { expect, test } from 'vitest';
import { msspListing } from './mssp-listing.ts';

const since = Date.UTC(2026, 10, 1);

test('a game that tells nothing is listed all the same', () => {
  const listing = msspListing({ players: 3, ports: new Map([['telnet', 4000]]), since, listing: new Map() });
  expect(Object.fromEntries(listing)).toEqual({
    NAME: ['Holdfast'],
    UPTIME: ['1793491200'],
    PLAYERS: ['3'],
    PORT: ['4000'],
    SSL: ['0'],
    TLS: ['0'],
  });
});

test('what the game tells counts, but for the players and ports, which are the gateway’s', () => {
  const game = new Map([
    ['NAME', ['The Harbour']],
    ['UPTIME', ['1700000000']],
    ['PLAYERS', ['99']],
    ['PORT', ['4201', '4202']],
    ['CODEBASE', ['Own', 'Other']],
  ]);
  const ports = new Map([
    ['telnet', 4000],
    ['telnets', 4443],
  ]);
  const listing = msspListing({ players: 3, ports, since, listing: game });
  expect(Object.fromEntries(listing)).toEqual({
    NAME: ['The Harbour'],
    UPTIME: ['1700000000'],
    PLAYERS: ['3'],
    PORT: ['4000'],
    CODEBASE: ['Own', 'Other'],
    SSL: ['4443'],
    TLS: ['4443'],
  });
});
