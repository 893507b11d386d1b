export { TlsFiles } from './entrance/tls-files.ts';
export type { TlsContents, TlsFilesOptions } from './entrance/tls-files.ts';
export type { Charset } from './telnet/charset.ts';
export { TELNET_PHRASES } from './telnet/phrases.ts';
export type { TelnetService } from './telnet/telnet-service.ts';
export * from './telnet/telnet.ts';
export * from './websocket/websocket.ts';
