import type { Story } from './story.ts';

/** One device's tokens as the world outside can know them: what was handed out, shown, and confirmed. */
export interface ModelChain {
  readonly sessionId: string;
  /** Ids, the newest last. */
  readonly tokens: string[];
  /** How many of them, from the first, are known to be confirmed. */
  confirmed: number;
  /** When the newest confirmed one was confirmed, at the earliest and at the latest. */
  confirmedAt: { low: number; high: number };
  /** A confirmation that may be lost in a crash, or have come too late. */
  perhaps: { readonly index: number; readonly at: number; readonly boot: number | undefined } | undefined;
  /** Which of them was shown last, and since when: its use may have confirmed it, though nobody was told. */
  tried: { readonly index: number; readonly at: number };
  /** Theft was seen: nothing of it opens anything any more. */
  isRevoked: boolean;
  /** Somebody logged in anew, and it was revoked for that, unless a crash forgot it. */
  isWithdrawn: boolean;
  /** Two clients have had its tokens, so that either may be taken for a thief. */
  isCopied: boolean;
  /** A token for another device ends about here if nobody ever uses it. */
  unusedEndsAt: number | undefined;
}

/** What must come of a shown token. */
export type Expected = 'good' | 'late' | 'reused' | 'revoked' | 'unclear' | 'unknown';

/** How long after its `stored` a confirmation is surely durable, in ms, where no process died meanwhile. */
const SURE_AFTER_MS = 1500;

/** The rules of token chains once more, from the outside, and written from the design alone. */
export class TokenModel {
  readonly #story: Story;
  readonly #chains = new Map<string, ModelChain>();
  readonly #ids = new Map<string, string>();
  readonly #lateMs: number;
  readonly #remembered: number;

  constructor(story: Story, lateMs: number, remembered: number) {
    this.#story = story;
    this.#lateMs = lateMs;
    this.#remembered = remembered;
  }

  chainOf(id: string): ModelChain | undefined {
    return this.#chains.get(id);
  }

  idOf(value: string): string | undefined {
    return this.#ids.get(value);
  }

  /** A token of a new chain was sent to a client; `windowMs` is its life where nobody uses it. */
  issued(sessionId: string, id: string, value: string, now: number, windowMs: number | undefined): void {
    this.#ids.set(value, id);
    if (this.#chains.has(id)) return;
    this.#chains.set(id, {
      sessionId,
      tokens: [id],
      confirmed: 1,
      confirmedAt: { low: now, high: now },
      perhaps: undefined,
      tried: { index: -1, at: now },
      isRevoked: false,
      isWithdrawn: false,
      isCopied: false,
      unusedEndsAt: windowMs === undefined ? undefined : now + windowMs,
    });
  }

  /** A token was shown; who knows what comes of it. */
  shown(id: string, now: number): void {
    const chain = this.#chains.get(id);
    const index = chain?.tokens.indexOf(id) ?? -1;
    if (chain !== undefined && index > chain.tried.index) chain.tried = { index, at: now };
  }

  /** A token was taken, and answered with a successor. */
  resumed(shown: string, id: string, value: string, now: number, boot: number): void {
    this.#ids.set(value, id);
    const chain = this.#chains.get(shown);
    if (chain === undefined) return this.#story.broken('tokens', `${shown} was never handed out`);
    this.#settle(chain, now, boot);
    const { tokens } = chain;
    chain.unusedEndsAt = undefined;
    const index = tokens.indexOf(shown);
    const last = tokens.length - 1;
    this.#story.expect(!chain.isRevoked, 'tokens', () => `${shown} of a revoked chain was taken`);
    this.#story.expect(index >= last - 1, 'tokens', () => `${shown}, spent long ago, was taken`);
    if (index === last) {
      // Its use is its confirmation, perhaps an earlier one whose answer was lost.
      const triedAt = chain.tried.index === index ? chain.tried.at : now;
      if (chain.confirmed <= index) chain.confirmedAt = { low: chain.perhaps?.at ?? triedAt, high: now };
      chain.confirmed = Math.max(chain.confirmed, index + 1);
      chain.perhaps = undefined;
      tokens.push(id);
      this.#chains.set(id, chain);
      return;
    }
    const isSpent = chain.confirmed > last;
    this.#story.expect(!isSpent, 'tokens', () => `${shown} was taken after its successor was confirmed`);
    this.#story.expect(tokens[last] === id, 'tokens', () => `${shown} has two successors`);
  }

  /** All tokens of a session were revoked. */
  withdrawn(sessionId: string): void {
    for (const chain of this.#chains.values()) if (chain.sessionId === sessionId) chain.isWithdrawn = true;
  }

  /** A client says that it stored this token; it counts for sure in this process only, if in any. */
  stored(id: string, now: number, boot: number | undefined): void {
    const chain = this.#chains.get(id);
    if (chain === undefined) return;
    const index = chain.tokens.indexOf(id);
    if (index >= chain.confirmed) chain.perhaps ??= { index, at: now, boot };
  }

  /** What showing this token must lead to now. */
  expected(id: string, now: number, boot: number): Expected {
    const chain = this.#chains.get(id);
    if (chain === undefined) return 'unknown';
    this.#settle(chain, now, boot);
    if (chain.isRevoked) return 'revoked';
    if (chain.isWithdrawn) return 'unclear';
    const { tokens, confirmed, perhaps, confirmedAt, unusedEndsAt, tried } = chain;
    if (unusedEndsAt !== undefined && now > unusedEndsAt - SURE_AFTER_MS) return 'unclear';
    const age = tokens.length - 1 - tokens.indexOf(id);
    if (age === 0) return 'good';
    if (age <= 2 && tried.index === tokens.length - 1) return 'unclear';
    if (age === 1 && perhaps !== undefined) return 'unclear';
    if (age === 1 && confirmed < tokens.length) return 'good';
    // The last spent one: while the newest is not confirmed, that is the one before its predecessor.
    const isLastSpent = age === 1 || (age === 2 && confirmed < tokens.length);
    if (isLastSpent && now < confirmedAt.high + this.#lateMs + SURE_AFTER_MS) {
      const isSure = now < confirmedAt.low + this.#lateMs - SURE_AFTER_MS && perhaps === undefined;
      return isSure ? 'late' : 'unclear';
    }
    return age > this.#remembered ? 'unclear' : 'reused';
  }

  #settle(chain: ModelChain, now: number, boot: number): void {
    const { perhaps } = chain;
    if (perhaps === undefined || perhaps.boot !== boot || now < perhaps.at + SURE_AFTER_MS) return;
    chain.confirmed = perhaps.index + 1;
    chain.confirmedAt = { low: perhaps.at, high: perhaps.at };
    chain.perhaps = undefined;
  }
}
