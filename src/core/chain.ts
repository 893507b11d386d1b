import type { SessionLimits } from './limits.ts';

/** `reused`: a spent token was shown. `surplus`: another device took its place. `revoked`: somebody ended it. */
export type RevocationReason = 'reused' | 'surplus' | 'revoked';

/** One device's tokens, one after the other, by their hashes. */
export interface Chain {
  readonly id: string;
  /** The newest token's number in the chain; the first is 1. */
  readonly generation: number;
  /** Hashes, the newest last; all but the newest (and, until it is confirmed, its predecessor) are spent. */
  readonly hashes: readonly string[];
  /** The newest token, sealed under its predecessor, until it is confirmed. */
  readonly sealed?: string;
  /** When the newest confirmed token was confirmed, in ms since 1970. */
  readonly confirmedAt: number;
  /** When a token of it was last used. */
  readonly usedAt: number;
  /** A token made to be carried to another device ends here if nobody ever uses it. */
  readonly unusedEndsAt?: number;
  /** Why its tokens ended. */
  readonly revoked?: RevocationReason;
}

/** A successor made by the gateway in case the chain has none yet. */
export interface Candidate {
  readonly hash: string;
  readonly sealed: string;
  /** The generation that it is sealed for. */
  readonly generation: number;
}

/** What showing a token means, before anything is changed. */
export type Standing =
  /** The owner's: `predecessor` is its generation. `confirms` says that its use confirms it. */
  | { readonly kind: 'good'; readonly generation: number; readonly confirms: boolean }
  /** The last spent token, just after its successor was confirmed: perhaps the owner's own late attempt. */
  | { readonly kind: 'late'; readonly retryAfterMs: number }
  /** A spent token: somebody has a copy. */
  | { readonly kind: 'reused' }
  | { readonly kind: 'revoked' }
  | { readonly kind: 'expired' };

export function newChain(id: string, hash: string, now: number): Chain {
  return { id, generation: 1, hashes: [hash], confirmedAt: now, usedAt: now };
}

/** The chain that this token belongs to. */
export function chainOf(chains: readonly Chain[], hash: string): Chain | undefined {
  return chains.find((chain) => chain.hashes.includes(hash));
}

/** What showing the token with this hash means; the chain must have it. */
export function standing(chain: Chain, hash: string, now: number, limits: SessionLimits): Standing {
  if (chain.revoked) return { kind: 'revoked' };
  if (chain.unusedEndsAt !== undefined && now >= chain.unusedEndsAt) return { kind: 'expired' };
  const age = chain.hashes.length - 1 - chain.hashes.indexOf(hash);
  const current = chain.sealed === undefined ? 0 : 1;
  if (age <= current) {
    return { kind: 'good', generation: chain.generation - age, confirms: age < current };
  }
  const retryAfterMs = chain.confirmedAt + limits.lateAttemptMs - now;
  return age === current + 1 && retryAfterMs > 0 ? { kind: 'late', retryAfterMs } : { kind: 'reused' };
}

/** The newest token is in its owner's hands: its predecessor is spent and the seal is deleted. */
export function confirm(chain: Chain, now: number): Chain {
  if (chain.sealed === undefined) return chain;
  const { sealed: _, ...rest } = chain;
  return { ...rest, confirmedAt: now };
}

/**
 * Spends the token of this (good) standing: confirms it where its use does, and gives the chain a successor, the
 * one that it has already wherever there is one. `undefined` when the candidate was made for another generation.
 */
export function redeem(
  chain: Chain,
  shown: { readonly generation: number; readonly confirms: boolean },
  candidate: Candidate,
  now: number,
  limits: SessionLimits,
): { chain: Chain; forgotten: readonly string[] } | undefined {
  const { unusedEndsAt: _, ...used } = { ...chain, usedAt: now };
  if (used.sealed !== undefined && !shown.confirms) return { chain: used, forgotten: [] };
  if (candidate.generation !== shown.generation + 1) return undefined;
  const confirmed = confirm(used, now);
  const hashes = [...confirmed.hashes, candidate.hash];
  // The newest, its predecessor, and the spent ones.
  const forgotten = hashes.splice(0, Math.max(0, hashes.length - limits.spentTokens - 2));
  const next = { ...confirmed, hashes, generation: candidate.generation, sealed: candidate.sealed };
  return { chain: next, forgotten };
}

/** Ends all tokens of the chain; their hashes stay, so that the audit trail can tell why one was refused. */
export function revoke(chain: Chain, revoked: RevocationReason): Chain {
  const { sealed: _, ...rest } = chain;
  return { ...rest, revoked };
}

/** Makes room for one more chain: revokes the one unused for longest, forgets the oldest revoked one. */
export function withRoom(
  chains: readonly Chain[],
  attached: string | undefined,
  limits: SessionLimits,
): { chains: readonly Chain[]; forgotten: readonly string[] } {
  const live = chains.filter((chain) => !chain.revoked);
  const oldest = live
    .filter((chain) => chain.id !== attached)
    .toSorted((a, b) => a.usedAt - b.usedAt)
    .at(0);
  const full = live.length >= limits.chains && oldest !== undefined;
  const kept = chains.map((chain) => (full && chain === oldest ? revoke(chain, 'surplus') : chain));
  const revoked = kept.filter((chain) => chain.revoked);
  const surplus = revoked.slice(0, Math.max(0, revoked.length - limits.chains));
  return {
    chains: kept.filter((chain) => !surplus.includes(chain)),
    forgotten: surplus.flatMap((chain) => chain.hashes),
  };
}
