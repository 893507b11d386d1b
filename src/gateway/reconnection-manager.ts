import {
  chainOf,
  newSession,
  randomName,
  randomSessionId,
  ReconnectionToken,
  stateOf,
  tokenId,
  utf8Length,
  type CommandEntry,
  type Cryptography,
  type Json,
  type Session,
  type SessionState,
  type Store,
} from '../core/index.ts';
import type { OnEvent } from './event.ts';
import { nodeCrypto } from './node-crypto.ts';
import { TokenDesk } from './token-desk.ts';

/** The lease under which commands are taken off the queue. */
const WORLD = 'application';

/** A longer command is a mistake of the caller's, in UTF-8 bytes. */
const COMMAND_BYTES_LIMIT = 65_536;

export interface ReconnectionManagerOptions {
  readonly store: Store;
  /** How long a session is kept since its last token was issued, redeemed or refreshed. Default 3600. */
  readonly tokenTtlSeconds?: number;
  /** False: there are no tokens, and none is accepted. Default true. */
  readonly enableReconnection?: boolean;
  readonly onEvent?: OnEvent;
  readonly crypto?: Cryptography;
}

export interface QueuedCommand {
  readonly seq: number;
  readonly text: string;
  /** When it was queued, in ms since 1970. */
  readonly queuedAt: number;
}

/** What came of a token. `later` is passing: the token stays good. All that is wrong with a token is `refused`. */
export type Reconnection =
  | {
      readonly kind: 'reconnected';
      readonly sessionId: string;
      /** Oldest first. They stay queued until `confirm`, or until the new token is used. */
      readonly queuedCommands: readonly QueuedCommand[];
      /** Takes the place of the one that was shown. */
      readonly token: ReconnectionToken;
    }
  | { readonly kind: 'refused' }
  | { readonly kind: 'later'; readonly retryAfterMs: number };

export interface SessionSummary {
  readonly sessionId: string;
  readonly account: string | undefined;
  readonly state: SessionState;
  readonly createdAt: number;
  /** When the session ends, in ms since 1970; `undefined` while somebody is attached to a gateway. */
  readonly endsAt: number | undefined;
  readonly queuedCommands: number;
}

/**
 * Sessions and tokens for a server of one's own, without the gateway: bring a store, and call this where players
 * come and go. Several processes may share a store. Rejects with a `StoreError` when the store does.
 */
export class ReconnectionManager {
  readonly #store: Store;
  readonly #crypto: Cryptography;
  readonly #desk: TokenDesk;
  readonly #windowMs: number;
  readonly #enabled: boolean;
  readonly #onEvent: OnEvent;
  readonly #epoch: string;

  constructor(options: ReconnectionManagerOptions) {
    this.#store = options.store;
    this.#crypto = options.crypto ?? nodeCrypto;
    this.#desk = new TokenDesk(this.#store, this.#crypto);
    this.#windowMs = (options.tokenTtlSeconds ?? 3600) * 1000;
    this.#enabled = options.enableReconnection ?? true;
    this.#onEvent = options.onEvent ?? (() => undefined);
    this.#epoch = randomName(this.#crypto);
  }

  /** A new session, whose player is in the game; its clock runs from here. Resolves with its id. */
  async createSession(about: { readonly account?: string; readonly data?: Json } = {}): Promise<string> {
    const now = this.#store.now();
    const id = randomSessionId(this.#crypto);
    const session = newSession(id, WORLD, this.#windowMs, now, false);
    await this.#store.create({ ...session, stage: 'playing', worldState: 'up', ...about });
    return id;
  }

  /** Ends a session: its tokens open nothing any more, and its queue is gone. */
  async endSession(sessionId: string): Promise<void> {
    await this.#store.apply(sessionId, { kind: 'close', reason: 'closed' });
  }

  /**
   * A token of a new chain: one for each of a player's devices. `undefined` where there is no such session, or
   * there are no tokens.
   */
  async generateToken(sessionId: string): Promise<ReconnectionToken | undefined> {
    const session = this.#enabled ? await this.#store.read(sessionId) : undefined;
    return session && this.#desk.issue(session, {});
  }

  /** The session that a token would open now, or `undefined`. Spends nothing and changes nothing. */
  async validateToken(text: string): Promise<string | undefined> {
    const judged = this.#enabled ? await this.#desk.validate(text) : undefined;
    return judged?.id;
  }

  /**
   * Redeems a token: gives its session, what is queued, and the token that takes its place. Redeemed again before
   * that one was confirmed, it gives the same, so that a lost reply locks nobody out.
   */
  async reconnect(text: string): Promise<Reconnection> {
    if (!this.#enabled) return { kind: 'refused' };
    await this.#takeDelivered(text);
    const shown = await this.#desk.redeem(text, { wish: 'run', confirms: true, connected: false });
    switch (shown.kind) {
      case 'good': {
        const { id, commands } = shown.attached.session;
        const queuedCommands = queued(await this.#store.readCommands(id, commands.taken));
        return { kind: 'reconnected', sessionId: id, queuedCommands, token: shown.token };
      }
      case 'later':
        return shown;
      case 'refused':
        this.#onEvent(shown);
        return { kind: 'refused' };
      case 'denied':
        return { kind: 'refused' };
    }
  }

  /**
   * The player has this token and the commands that came with it: its predecessor is spent, and those commands are
   * taken off the queue. False where it is not the newest token of its chain.
   */
  async confirm(text: string): Promise<boolean> {
    const found = await this.#desk.find(text);
    if (typeof found === 'string') return false;
    const { session, hash } = found;
    const { held } = session.commands;
    const outcome = await this.#store.apply(session.id, { kind: 'confirm', tokenId: tokenId(hash) });
    if (outcome.kind !== 'done') return false;
    await this.#take(session, held?.through);
    return true;
  }

  /** Adds a command for a player who is away. `full`: the queue has its limit, and the command is not queued. */
  async queueCommand(sessionId: string, text: string): Promise<'queued' | 'full' | 'closed'> {
    if (utf8Length(text) > COMMAND_BYTES_LIMIT) {
      throw new RangeError(`a command may have ${COMMAND_BYTES_LIMIT} bytes`);
    }
    const outcome = await this.#store.apply(sessionId, {
      kind: 'append',
      commands: [{ kind: 'text', text }],
    });
    if (outcome.kind !== 'accepted') return 'closed';
    return outcome.refused.length === 0 ? 'queued' : 'full';
  }

  /** What is queued, oldest first. Takes nothing. */
  async getQueuedCommands(sessionId: string): Promise<readonly QueuedCommand[]> {
    return queued(await this.#store.readCommands(sessionId, 0));
  }

  /** Restarts the session's clock; the same token with its later expiry, or `undefined` where it opens nothing. */
  async refresh(text: string): Promise<ReconnectionToken | undefined> {
    const session = this.#enabled ? await this.#desk.validate(text) : undefined;
    if (session === undefined) return undefined;
    const outcome = await this.#store.apply(session.id, { kind: 'refresh' });
    if (outcome.kind !== 'done') return undefined;
    return ReconnectionToken.decode(text)?.withExpiry(this.#store.now() + session.clock.windowMs);
  }

  /** Ends the chain of a token, spent or not. False where it is nobody's. */
  async revoke(text: string): Promise<boolean> {
    const found = await this.#desk.find(text);
    if (typeof found === 'string') return false;
    await this.#store.apply(found.session.id, { kind: 'revoke', hash: found.hash });
    return true;
  }

  /** Ends all tokens of a session; the session stays. */
  async revokeSession(sessionId: string): Promise<void> {
    await this.#store.apply(sessionId, { kind: 'revoke' });
  }

  /** All sessions in the store, in no particular order. */
  async *list(): AsyncIterable<SessionSummary> {
    for await (const session of this.#store.list()) {
      const { accepted, taken } = session.commands;
      yield {
        sessionId: session.id,
        account: session.account,
        state: stateOf(session),
        createdAt: session.createdAt,
        endsAt: session.clock.endsAt,
        queuedCommands: accepted - taken,
      };
    }
  }

  /** Ends sessions whose time ran out, at most `limit`; call it now and then. Resolves with their ids. */
  async expire(limit = 1000): Promise<readonly string[]> {
    const ended: string[] = [];
    for (const sessionId of await this.#store.due(limit)) {
      const outcome = await this.#store.apply(sessionId, { kind: 'expire' });
      if (outcome.kind !== 'done') continue;
      ended.push(sessionId);
      this.#onEvent({ kind: 'closed', sessionId, reason: 'expired' });
    }
    return ended;
  }

  /** Showing a token that was not confirmed yet proves that it arrived, and with it the commands of its reply. */
  async #takeDelivered(text: string): Promise<void> {
    const found = await this.#desk.find(text);
    if (typeof found === 'string') return;
    const { session, hash } = found;
    const chain = chainOf(session.chains, hash);
    const proves = chain?.sealed !== undefined && chain.hashes.at(-1) === hash;
    if (proves) await this.#take(session, session.commands.held?.through);
  }

  async #take(session: Session, through: number | undefined): Promise<void> {
    if (through === undefined) return;
    const { number: lease } = await this.#store.acquireLease(WORLD);
    await this.#store.apply(session.id, {
      kind: 'commit',
      lease,
      epoch: this.#epoch,
      taken: through,
      sent: through,
    });
  }
}

function queued(commands: readonly CommandEntry[]): QueuedCommand[] {
  return commands.flatMap((entry) => {
    return entry.kind === 'text' ? [{ seq: entry.seq, text: entry.text, queuedAt: entry.at }] : [];
  });
}
