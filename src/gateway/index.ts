export * from './event.ts';
export * from './gateway.ts';
export * from './node-clock.ts';
export * from './node-crypto.ts';
export * from './private-lines.ts';
export type { ConnectionInfo } from './registry.ts';
export * from './web.ts';
export * from './reconnection-manager.ts';
export { ReconnectionToken } from '../core/index.ts';
