import type { ClientInfo } from '../core/index.ts';

/** The client that was last attached to each session, as far as this process saw it: of the newest so many sessions. */
export class LastClients {
  readonly #capacity: number;
  readonly #clients = new Map<string, ClientInfo>();

  constructor(capacity: number) {
    this.#capacity = capacity;
  }

  find(sessionId: string): ClientInfo | undefined {
    return this.#clients.get(sessionId);
  }

  set(sessionId: string, client: ClientInfo): void {
    this.#clients.delete(sessionId);
    this.#clients.set(sessionId, client);
    if (this.#clients.size <= this.#capacity) return;
    const [oldest] = this.#clients.keys();
    if (oldest !== undefined) this.#clients.delete(oldest);
  }

  forget(sessionId: string): void {
    this.#clients.delete(sessionId);
  }
}
