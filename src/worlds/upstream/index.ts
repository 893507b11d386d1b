export type { GameEncoding } from './game-text.ts';
export type { Connect, GameAddress, GameSocket } from './game-socket.ts';
export { upstreamWorld, type UpstreamWorldOptions } from './upstream-world.ts';
