export type { AbsencePolicy } from './absence-policy.ts';
export type { GameEncoding } from './game-text.ts';
export type { Connect, GameAddress, GameSocket } from './game-socket.ts';
export type { ProxyProtocol } from './proxy-header.ts';
export { UPSTREAM_PHRASES } from './phrases.ts';
export { upstreamWorld, type UpstreamWorldOptions } from './upstream-world.ts';
