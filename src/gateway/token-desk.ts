import {
  chainOf,
  DEFAULT_LIMITS,
  randomName,
  ReconnectionToken,
  standing,
  tokenId,
  type Attach,
  type Attached,
  type Awaitable,
  type Candidate,
  type Cryptography,
  type RefusalReason,
  type Session,
  type Store,
} from '../core/index.ts';
import type { ErrorCode, TokenGrant } from '../protocol/index.ts';

/** The answer to a shown token. */
export type Shown =
  | { readonly kind: 'good'; readonly attached: Attached; readonly token: ReconnectionToken }
  | { readonly kind: 'refused'; readonly reason: RefusalReason; readonly sessionId?: string }
  | { readonly kind: 'denied'; readonly code: ErrorCode; readonly sessionId: string }
  | { readonly kind: 'later'; readonly retryAfterMs: number };

/** Two resumes with one token race at most so often before one of them is told to come again. */
const ATTEMPTS = 4;
const RETRY_AFTER_MS = 100;

/** Makes tokens, and redeems them: looked up by their hashes, spent last, in one step of the store. */
export class TokenDesk {
  readonly #store: Store;
  readonly #crypto: Cryptography;

  constructor(store: Store, crypto: Cryptography) {
    this.#store = store;
    this.#crypto = crypto;
  }

  /** A token of a new chain; `undefined` where the session cannot have one (any more). */
  async issue(
    session: Session,
    how: { readonly attachment?: number; readonly link?: boolean },
  ): Promise<ReconnectionToken | undefined> {
    const token = ReconnectionToken.generate(session.id, this.#crypto, this.#expiry(session));
    const outcome = await this.#store.apply(session.id, {
      kind: 'issue',
      chain: randomName(this.#crypto),
      hash: token.hash(this.#crypto),
      ...how,
    });
    return outcome.kind === 'done' ? token : undefined;
  }

  /** Finds what a token belongs to, without spending or changing anything. */
  async find(
    text: string,
  ): Promise<{ token: ReconnectionToken; hash: string; session: Session } | RefusalReason> {
    const token = ReconnectionToken.decode(text);
    if (token === undefined) return 'malformed';
    const hash = token.hash(this.#crypto);
    // Unknown session and wrong secret are one path: one look-up that finds nothing.
    const sessionId = await this.#store.findByHash(hash);
    if (sessionId !== token.sessionId) return 'unknown';
    const session = await this.#store.read(sessionId);
    return session === undefined ? 'closed' : { token, hash, session };
  }

  /** The session that a token would open now. Spends nothing. */
  async validate(text: string): Promise<Session | undefined> {
    const found = await this.find(text);
    if (typeof found === 'string') return undefined;
    const { session, hash } = found;
    const chain = chainOf(session.chains, hash);
    const now = this.#store.now();
    const isOver = session.clock.endsAt !== undefined && now >= session.clock.endsAt;
    const isGood = chain !== undefined && standing(chain, hash, now, DEFAULT_LIMITS).kind === 'good';
    return isGood && !isOver ? session : undefined;
  }

  /**
   * Redeems a token: looks (nothing is spent), asks, then spends it in the same step that gives what was asked
   * for. Shown again before its successor was confirmed, it gives the same successor.
   */
  async redeem(
    text: string,
    request: Omit<Attach, 'kind' | 'hash' | 'candidate'>,
    deny: (session: Session) => Awaitable<ErrorCode | undefined> = () => undefined,
  ): Promise<Shown> {
    for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
      const found = await this.find(text);
      if (typeof found === 'string') return { kind: 'refused', reason: found };
      const { token, hash, session } = found;
      const code = await deny(session);
      if (code !== undefined) return { kind: 'denied', code, sessionId: session.id };

      const made = ReconnectionToken.generate(session.id, this.#crypto);
      const candidate = this.#candidate(token, hash, session, made);
      const outcome = await this.#store.apply(session.id, { kind: 'attach', ...request, hash, candidate });
      switch (outcome.kind) {
        case 'missing':
          return { kind: 'refused', reason: 'closed', sessionId: session.id };
        case 'refused':
          return { ...outcome, sessionId: session.id };
        case 'later':
          return outcome;
        case 'stale':
          continue;
        case 'attached': {
          // There was one already, or it is the one that was just made.
          const isOurs = outcome.sealed === candidate.sealed;
          const successor = isOurs ? made : token.unseal(outcome.sealed, outcome, this.#crypto);
          if (successor === undefined) continue;
          return { kind: 'good', attached: outcome, token: successor.withExpiry(this.#expiry(session)) };
        }
      }
    }
    return { kind: 'later', retryAfterMs: RETRY_AFTER_MS };
  }

  grant(token: ReconnectionToken): TokenGrant {
    return {
      id: tokenId(token.hash(this.#crypto)),
      value: token.encode(),
      expiresAt: token.expiresAt ?? this.#store.now(),
    };
  }

  /** The successor in case there is none yet, sealed so that only who shows this token can read it. */
  #candidate(
    token: ReconnectionToken,
    hash: string,
    session: Session,
    successor: ReconnectionToken,
  ): Candidate {
    const chain = chainOf(session.chains, hash);
    const age = chain === undefined ? 0 : chain.hashes.length - 1 - chain.hashes.indexOf(hash);
    const generation = (chain?.generation ?? 0) - age + 1;
    return {
      hash: successor.hash(this.#crypto),
      sealed: token.seal(successor, { chain: chain?.id ?? '', generation }, this.#crypto),
      generation,
    };
  }

  #expiry({ clock }: Session): number {
    return this.#store.now() + clock.windowMs;
  }
}
