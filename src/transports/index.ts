export * from './telnet/telnet.ts';
export * from './websocket/websocket.ts';
