export type { GameEncoding } from './game-text.ts';
export type { Connect, GameAddress, GameSocket } from './game-socket.ts';
export { UPSTREAM_PHRASES } from './phrases.ts';
export { upstreamWorld, type UpstreamWorldOptions } from './upstream-world.ts';
