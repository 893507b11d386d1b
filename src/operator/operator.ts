import type { Clock } from '../core/index.ts';
import { nodeClock, type Gateway, type OnEvent } from '../gateway/index.ts';
import type { ListenAddress } from '../protocol/index.ts';
import { Credential } from './credential.ts';
import { LastClients } from './last-clients.ts';
import { Monitor } from './monitor.ts';
import { OperatorServer } from './operator-server.ts';
import { Telemetry } from './telemetry.ts';
import { Turns } from './turns.ts';

/** Sessions whose last client is remembered. */
const LAST_CLIENTS = 10_000;

/** Searches that may wait for those before them. */
const SEARCHES = 16;

export interface OperatorOptions {
  /** What a request must show (`Authorization: Bearer …`): 20 to 512 visible ASCII characters. */
  readonly credential: string;
  /** 0 picks a free one. */
  readonly port: number;
  /** The address to listen on. */
  readonly host?: string;
  /** Host names by which it is called, beside addresses and `localhost`. */
  readonly names?: readonly string[];
  /** What `status` calls this version. */
  readonly version?: string;
  /** An operator changed something: the path of the request, and the address that it came from. */
  readonly onAction?: (action: string, address: string | undefined) => void;
  /** A bug; the request was answered `internal`. */
  readonly onFailure?: (error: unknown) => void;
  readonly clock?: Clock;
}

/**
 * What an operator sees of a gateway and can do to it, over HTTP on a listener of its own. Give `onEvent` to the
 * gateway, then the gateway, which listens already, to `listen`.
 */
export class Operator {
  readonly #options: OperatorOptions;
  readonly #credential: Credential;
  readonly #clock: Clock;
  readonly #telemetry = new Telemetry();
  readonly #clients = new LastClients(LAST_CLIENTS);
  #gateway: Gateway | undefined;
  #monitor: Monitor | undefined;
  #server: OperatorServer | undefined;

  /** Throws where the credential is none. */
  constructor(options: OperatorOptions) {
    this.#options = options;
    this.#credential = new Credential(options.credential);
    this.#clock = options.clock ?? nodeClock;
  }

  readonly onEvent: OnEvent = (event) => {
    this.#telemetry.record(event, this.#clock.now());
    if (event.kind === 'closed') this.#clients.forget(event.sessionId);
    if (event.kind !== 'opened' && event.kind !== 'resumed') return;
    const client = this.#gateway?.connections.find(event.sessionId)?.client;
    if (client) this.#clients.set(event.sessionId, client);
  };

  /** Resolves with where; rejects with the system's error (`EADDRINUSE` …). */
  async listen(gateway: Gateway): Promise<ListenAddress> {
    const { port, host = '127.0.0.1', names = [], version = 'unknown' } = this.#options;
    const { onAction = () => undefined, onFailure = () => undefined } = this.#options;
    const clock = this.#clock;
    const telemetry = this.#telemetry;
    this.#gateway = gateway;
    this.#monitor = new Monitor(gateway, clock, (counts, now) => telemetry.sample(counts, now));
    this.#server = new OperatorServer({
      desk: {
        version,
        startedAt: clock.now(),
        gateway,
        clock,
        telemetry,
        monitor: this.#monitor,
        clients: this.#clients,
        turns: new Turns(SEARCHES),
      },
      credential: this.#credential,
      names,
      onAction,
      onFailure,
    });
    const address = await this.#server.listen({ host, port });
    await this.#monitor.start();
    return address;
  }

  /** Before the gateway closes. */
  async close(): Promise<void> {
    this.#monitor?.stop();
    await this.#server?.close();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }
}
