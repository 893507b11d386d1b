import { tokenId, type Chain, type Session, type Store } from '../core/index.ts';
import type { OnEvent } from './event.ts';

export interface SessionsOptions {
  readonly store: Store;
  readonly onEvent: OnEvent;
  /** Of the gateway's world: accounts are its own. */
  readonly worldName: string;
  /** Whether somebody here hears of the session's end by itself. */
  readonly isRunning: (sessionId: string) => boolean;
}

/**
 * All sessions that are kept, and what can be done to them from outside, wherever their players are and whether
 * or not they are there. Every method may reject with a `StoreError`.
 */
export class Sessions {
  readonly #options: SessionsOptions;

  constructor(options: SessionsOptions) {
    this.#options = options;
  }

  /** In no particular order; those that come or go meanwhile may be missed. */
  list(): AsyncIterable<Session> {
    return this.#options.store.list();
  }

  async find(sessionId: string): Promise<Session | undefined> {
    return await this.#options.store.read(sessionId);
  }

  /** Ends a session for good, whoever is attached. False where there is none. */
  async close(sessionId: string): Promise<boolean> {
    const { store, onEvent, isRunning } = this.#options;
    const isHeardOf = isRunning(sessionId);
    const outcome = await store.apply(sessionId, { kind: 'close', reason: 'closed' });
    if (outcome.kind === 'missing') return false;
    if (!isHeardOf) onEvent({ kind: 'closed', sessionId, reason: 'closed' });
    return true;
  }

  /**
   * Ends a session's tokens: those of one device, named by the id of any of its tokens or by its chain's, or all. Who
   * is attached by one is disconnected (`revoked`). The session stays. Resolves with how many devices lost their
   * tokens: 0 where none had any such.
   */
  async revoke(sessionId: string, device?: string): Promise<number> {
    const { store, onEvent } = this.#options;
    const session = await store.read(sessionId);
    const chains = session?.chains.filter((chain) => !chain.revoked && isNamed(chain, device)) ?? [];
    // All in one step: who is still there by another device gets no new token meanwhile.
    if (device === undefined && chains.length > 0) await store.apply(sessionId, { kind: 'revoke' });
    for (const { hashes } of chains) {
      const hash = hashes.at(-1) ?? '';
      if (device !== undefined) await store.apply(sessionId, { kind: 'revoke', hash });
      onEvent({ kind: 'revoked', sessionId, reason: 'revoked', tokenId: tokenId(hash) });
    }
    return chains.length;
  }

  /** Ends all tokens of all sessions of an account. Resolves with those sessions' ids. */
  async revokeAccount(account: string): Promise<readonly string[]> {
    const { store, worldName } = this.#options;
    const ids = await store.findByAccount(worldName, account);
    for (const id of ids) await this.revoke(id);
    return ids;
  }
}

function isNamed(chain: Chain, device: string | undefined): boolean {
  return device === undefined || chain.id === device || chain.hashes.some((hash) => tokenId(hash) === device);
}
