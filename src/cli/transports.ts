import type { Logger } from 'pino';
import type { Translation } from '../core/index.ts';
import { nodeClock, webHandler } from '../gateway/index.ts';
import type { Transport } from '../protocol/index.ts';
import { telnet, TlsFiles, websocket, type TelnetService } from '../transports/index.ts';
import type { Settings } from './settings.ts';

export interface EntrancesOptions {
  readonly translation: Translation | undefined;
  readonly log: Logger;
  readonly isHealthy: () => boolean;
}

export interface Entrances {
  readonly transports: readonly Transport[];
  /** Absent where nothing is encrypted. */
  readonly tls: TlsFiles | undefined;
}

/** The ports that the settings want. Throws a sentence for a person where they cannot be had. */
export function entrancesOf(
  settings: Settings,
  { translation, log, isHealthy }: EntrancesOptions,
): Entrances {
  const { host, trustedProxies } = settings;
  const tls = tlsOf(settings, log);
  const service: TelnetService = {
    clock: nodeClock,
    tokenLine: settings.telnetTokenLine,
    charLogin: settings.charLogin && settings.enableReconnection,
    translation,
  };
  const keepAliveSeconds = settings.telnetKeepaliveSeconds;
  const forTelnet = {
    ...service,
    host,
    trustedProxies,
    keepAliveSeconds,
    charset: settings.telnetCharset,
  };
  const forHttp = { host, trustedProxies, request: webHandler({ isHealthy }), mudClients: service };

  const transports: Transport[] = [];
  if (settings.telnet !== 'off') transports.push(telnet({ ...forTelnet, port: settings.telnet }));
  if (settings.telnetTls !== 'off') transports.push(telnet({ ...forTelnet, port: settings.telnetTls, tls }));
  if (settings.http !== 'off') transports.push(websocket({ ...forHttp, port: settings.http }));
  if (settings.https !== 'off') transports.push(websocket({ ...forHttp, port: settings.https, tls }));
  return { transports, tls };
}

function tlsOf(settings: Settings, log: Logger): TlsFiles | undefined {
  if (settings.telnetTls === 'off' && settings.https === 'off') return undefined;
  const { tlsCertificate: certificate, tlsKey: key } = settings;
  if (certificate === undefined || key === undefined) {
    throw new Error('a port for TLS needs tls_certificate and tls_key: two files in PEM');
  }
  return new TlsFiles({
    certificate,
    key,
    onReload: () => log.info('tls certificate reloaded'),
    onProblem: (problem) => log.error({ problem }, 'tls certificate not reloaded'),
  });
}
