import { describe, expect, it } from 'vitest';
import { chainOf, confirm, newChain, redeem, revoke, standing, withRoom, type Chain } from './chain.ts';
import { DEFAULT_LIMITS as LIMITS } from './limits.ts';

const T0 = 1_000_000;

describe('a chain of tokens', () => {
  const one = newChain('c', 't1', T0);
  const two = redeemed(one, 't1', 't2');

  it('begins with one token, which is good', () => {
    expect(standing(one, 't1', T0, LIMITS)).toEqual({ kind: 'good', generation: 1, confirms: false });
  });

  it('has a successor once its token was shown, and both are good', () => {
    expect(two).toMatchObject({ generation: 2, hashes: ['t1', 't2'], sealed: 'seal of t2' });
    expect(standing(two, 't1', T0, LIMITS)).toEqual({ kind: 'good', generation: 1, confirms: false });
    expect(standing(two, 't2', T0, LIMITS)).toEqual({ kind: 'good', generation: 2, confirms: true });
  });

  it('keeps its successor when the predecessor is shown again, for however long', () => {
    const later = T0 + 86_400_000;
    expect(redeemed(two, 't1', 't3', later)).toEqual({ ...two, usedAt: later });
  });

  it('is confirmed by `stored`: the seal is gone, and the predecessor is late for a while', () => {
    const confirmed = confirm(two, T0);
    expect(confirmed.sealed).toBeUndefined();
    expect(confirm(confirmed, T0 + 5000)).toBe(confirmed);
    expect(standing(confirmed, 't1', T0 + 1, LIMITS)).toEqual({ kind: 'late', retryAfterMs: 9999 });
    expect(standing(confirmed, 't1', T0 + 10_000, LIMITS)).toEqual({ kind: 'reused' });
    expect(standing(confirmed, 't2', T0, LIMITS)).toEqual({ kind: 'good', generation: 2, confirms: false });
  });

  it('is confirmed by the use of its successor', () => {
    const three = redeemed(two, 't2', 't3', T0 + 50);
    expect(three).toMatchObject({ generation: 3, hashes: ['t1', 't2', 't3'], confirmedAt: T0 + 50 });
    expect(standing(three, 't1', T0 + 60, LIMITS).kind).toBe('late');
    expect(standing(three, 't2', T0 + 60, LIMITS).kind).toBe('good');
  });

  it('takes a token before the last spent one for theft at once', () => {
    const four = redeemed(redeemed(two, 't2', 't3'), 't3', 't4');
    expect(standing(four, 't1', T0, LIMITS)).toEqual({ kind: 'reused' });
    expect(standing(four, 't2', T0, LIMITS).kind).toBe('late');
  });

  it('takes no candidate of another generation', () => {
    const shown = { generation: 1, confirms: false };
    for (const generation of [1, 3]) {
      expect(redeem(one, shown, { hash: 'x', sealed: 's', generation }, T0, LIMITS)).toBeUndefined();
    }
  });

  it('forgets the oldest of too many spent tokens', () => {
    const few = { ...LIMITS, spentTokens: 2 };
    let chain = one;
    const forgotten: string[] = [];
    for (let n = 2; n <= 6; n += 1) {
      const shown = { generation: chain.generation, confirms: chain.sealed !== undefined };
      const next = redeem(chain, shown, { hash: `t${n}`, sealed: 's', generation: n }, T0, few);
      chain = next?.chain ?? chain;
      forgotten.push(...(next?.forgotten ?? []));
    }
    expect(chain.hashes).toEqual(['t3', 't4', 't5', 't6']);
    expect(forgotten).toEqual(['t1', 't2']);
  });

  it('ends with all its tokens when it is revoked, and says why', () => {
    const revoked = revoke(two, 'reused');
    expect(revoked).toMatchObject({ revoked: 'reused', hashes: ['t1', 't2'] });
    expect(revoked.sealed).toBeUndefined();
    for (const hash of revoked.hashes)
      expect(standing(revoked, hash, T0, LIMITS)).toEqual({ kind: 'revoked' });
  });

  it('made for another device ends unless it is used', () => {
    const link: Chain = { ...one, unusedEndsAt: T0 + 1000 };
    expect(standing(link, 't1', T0 + 999, LIMITS).kind).toBe('good');
    expect(standing(link, 't1', T0 + 1000, LIMITS)).toEqual({ kind: 'expired' });
    expect(redeemed(link, 't1', 't2').unusedEndsAt).toBeUndefined();
  });

  it('is found by any of its tokens', () => {
    const other = newChain('d', 'u1', T0);
    expect(chainOf([two, other], 't1')).toBe(two);
    expect(chainOf([two, other], 'u1')).toBe(other);
    expect(chainOf([two, other], 'x')).toBeUndefined();
  });
});

describe('room for one more device', () => {
  const chains = ['a', 'b', 'c', 'd'].map((id, i) => newChain(id, `hash of ${id}`, T0 + i));

  it('is there while there are few', () => {
    const few = chains.slice(1);
    expect(withRoom(few, undefined, LIMITS)).toEqual({ chains: few, forgotten: [] });
  });

  it('is made by revoking the one unused for longest, but not the attached one', () => {
    for (const [attached, revoked] of [
      [undefined, 'a'],
      ['a', 'b'],
    ]) {
      const room = withRoom(chains, attached, LIMITS);
      expect(room.chains.find((chain) => chain.revoked)?.id).toBe(revoked);
    }
  });

  it('lets the oldest revoked ones be forgotten', () => {
    const ended = ['e', 'f', 'g', 'h'].map((id) => revoke(newChain(id, `hash of ${id}`, T0), 'revoked'));
    const room = withRoom([...ended, ...chains], undefined, LIMITS);
    expect(room.forgotten).toEqual(['hash of e']);
    expect(room.chains.map(({ id }) => id)).toEqual(['f', 'g', 'h', 'a', 'b', 'c', 'd']);
  });
});

function redeemed(chain: Chain, shown: string, hash: string, now = T0): Chain {
  const good = standing(chain, shown, now, LIMITS);
  if (good.kind !== 'good') throw new Error(good.kind);
  const candidate = { hash, sealed: `seal of ${hash}`, generation: good.generation + 1 };
  const next = redeem(chain, good, candidate, now, LIMITS);
  if (next === undefined) throw new Error('stale');
  return next.chain;
}
