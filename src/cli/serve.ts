import { pino } from 'pino';
import type { SessionLimits, Store, StoreError, Translation, World } from '../core/index.ts';
import { createGateway, nodeClock, type Gateway } from '../gateway/index.ts';
import type { Operator } from '../operator/index.ts';
import { openEmbeddedStore } from '../stores/index.ts';
import type { TlsFiles } from '../transports/index.ts';
import { demoWorld, upstreamWorld } from '../worlds/index.ts';
import { credentialPlace } from './credential-place.ts';
import { eventLog } from './event-log.ts';
import { howToPlay } from './how-to-play.ts';
import { openOperator } from './operator-listener.ts';
import type { Settings } from './settings.ts';
import { entrancesOf } from './transports.ts';

export interface ServeOptions {
  /** Sentences for players in other words. */
  readonly translation?: Translation | undefined;
  readonly say: (text: string) => void;
  /** Resolves with the name of the signal that asks to stop. */
  readonly stop: Promise<string>;
}

/** Runs a gateway until it is told to stop. Resolves with what is wrong, if it could not start or go on. */
export async function serve(
  settings: Settings,
  { say, stop, translation }: ServeOptions,
): Promise<string | undefined> {
  // Synchronous, so that the last words of a process that ends are written.
  const log = pino({ level: settings.logLevel, base: null }, pino.destination({ dest: 2, sync: true }));
  const failure = new AbortController();
  const onFailure = (error: StoreError): void => {
    log.fatal({ cause: causeOf(error) }, error.message);
    failure.abort(error);
  };

  let store: Store | undefined;
  let gateway: Gateway | undefined;
  let operator: Operator | undefined;
  try {
    const limits = limitsOf(settings);
    store = await openEmbeddedStore(settings.data, { clock: nodeClock, limits, onFailure });
    const isHealthy = (): boolean => !failure.signal.aborted && gateway?.phase !== 'draining';
    const { transports, tls } = entrancesOf(settings, { translation, log, isHealthy });
    operator = await openOperator(settings, process.env, log);
    const write = eventLog(log);
    gateway = createGateway({
      store,
      transports,
      limits,
      world: worldOf(settings, translation),
      enableReconnection: settings.enableReconnection,
      tokenTtlSeconds: settings.tokenTtlSeconds,
      privateLines: settings.privateLines,
      maxConnections: settings.maxConnections,
      helloTimeoutMs: settings.helloTimeoutMs,
      loginTimeoutSeconds: settings.loginTimeoutSeconds,
      wire: {
        frame_bytes: settings.frameBytes,
        command_bytes: settings.commandBytes,
        window_bytes: settings.windowBytes,
        window_entries: settings.windowEntries,
        ping_ms: settings.pingMs,
      },
      onEvent: (event) => {
        write(event);
        operator?.onEvent(event);
      },
    });
    if (tls) reloadOnHangUp(tls);
    const addresses = await gateway.listen();
    const entrances = transports.map(({ name }, i) => ({ name, address: addresses[i] }));
    const forOperator = await operator?.listen(gateway);
    // A store may have failed meanwhile: it is listened for only below.
    failure.signal.throwIfAborted();
    say(
      howToPlay(
        entrances,
        forOperator && { address: forOperator, ...credentialPlace(settings, process.env) },
      ),
    );
  } catch (error) {
    await operator?.close();
    await (gateway ?? store)?.close();
    return problemOf(error);
  }

  const failed = new Promise<undefined>((resolve) => {
    failure.signal.addEventListener('abort', () => resolve(undefined), { once: true });
  });
  const signal = await Promise.race([stop, failed]);
  if (signal === undefined) {
    // Nothing can be made durable any more. What is not acknowledged will be sent again.
    process.exitCode = 1;
    setImmediate(() => process.exit());
    return undefined;
  }
  log.info({ signal }, 'stopping');
  await operator?.close();
  await gateway.close();
  log.info('stopped; every session can be resumed');
  return undefined;
}

function limitsOf(settings: Settings): Partial<SessionLimits> {
  return {
    queueCommands: settings.queueCommands,
    backlogBytes: settings.backlogBytes,
    backlogEntries: settings.backlogEntries,
    heldCommandTtlMs: settings.heldCommandTtlSeconds * 1000,
  };
}

function worldOf(settings: Settings, translation: Translation | undefined): World {
  const { upstream } = settings;
  if (upstream === undefined) return demoWorld({ clock: nodeClock });
  return upstreamWorld({
    ...upstream,
    clock: nodeClock,
    translation,
    encoding: settings.upstreamEncoding,
    reconnect: settings.upstreamReconnect,
    overflow: settings.backlogOverflow,
    gmcpEvents: settings.gmcpEvents,
    proxyProtocol: settings.upstreamProxyProtocol,
    absence: {
      drop: settings.upstreamOnDrop,
      afterMs: settings.upstreamOnDropSeconds * 1000,
      returnLine: settings.upstreamOnReturn,
      endLine: settings.upstreamOnEnd,
    },
    ...(settings.upstreamUpPattern === undefined ? {} : { upPattern: settings.upstreamUpPattern }),
    ...(settings.upstreamUpGmcp === undefined ? {} : { upGmcp: settings.upstreamUpGmcp }),
  });
}

/** By this signal programs that renew certificates say so. */
function reloadOnHangUp(tls: TlsFiles): void {
  process.on('SIGHUP', () => tls.reload());
}

/** What a person can do about it, where that is known. */
function problemOf(error: unknown): string {
  if (!isSystemError(error)) return error instanceof Error ? error.message : String(error);
  const { code, port, address } = error;
  switch (code) {
    case 'EADDRINUSE':
      return `port ${String(port)} on ${String(address)} is in use; choose another with --telnet, --http or --operator (0 picks a free one)`;
    case 'EACCES':
      return `port ${String(port)} may not be used by this user; choose one above 1023 with --telnet, --http or --operator`;
    case 'EADDRNOTAVAIL':
      return `this machine has no address ${String(address)}; choose another with --host or --operator-host`;
    default:
      return error.message;
  }
}

/** An error of the system's about an address. */
function isSystemError(
  error: unknown,
): error is Error & { readonly code: unknown; readonly port: unknown; readonly address: unknown } {
  return error instanceof Error && 'code' in error && 'port' in error && 'address' in error;
}

function causeOf(error: Error): string | undefined {
  return error.cause instanceof Error ? error.cause.message : undefined;
}
