import assert from 'node:assert/strict';
import { DEFAULT_LIMITS, tokenId } from '../../core/index.ts';
import {
  outcome,
  randomHash,
  settled,
  Subject,
  successor,
  WINDOW_MS,
  type Scenario,
  type Token,
} from './subject.ts';

export function tokenScenarios(it: Scenario): void {
  it('attaches who shows the token, and gives it a successor', async (opened) => {
    const subject = await Subject.playing(opened);
    await subject.detach();
    await opened.advance(1000);
    const attached = await subject.attach(subject.token);
    assert.equal(attached.takeover, false);
    assert.equal(attached.awayMs, 1000);
    assert.equal(attached.generation, 2);
    assert.equal(attached.session.presence.attachment, 2);
    assert.equal(await opened.store.findByHash(subject.token.hash), subject.id);
    assert.equal(await opened.store.findByHash(successor(attached).hash), subject.id);
  });

  it('gives the same successor for the same token, again and again', async (opened) => {
    const subject = await Subject.playing(opened);
    const first = await subject.attach(subject.token);
    for (let attempt = 0; attempt < 5; attempt += 1) {
      await opened.advance(DEFAULT_LIMITS.lateAttemptMs * 2);
      const again = await subject.attach(subject.token);
      assert.equal(again.sealed, first.sealed);
      assert.equal(again.generation, 2);
    }
    const unconnected = await subject.attach(subject.token, { connected: false });
    assert.equal(unconnected.sealed, first.sealed);
  });

  it('makes exactly one successor when fifty attempts race', async (opened) => {
    const subject = await Subject.playing(opened);
    await subject.detach();
    const attempts = await Promise.all(Array.from({ length: 50 }, () => subject.attach(subject.token)));
    assert.equal(new Set(attempts.map(({ sealed }) => sealed)).size, 1);
    const numbers = attempts.map(({ session }) => session.presence.attachment);
    assert.equal(new Set(numbers).size, 50);
    const session = await subject.session();
    assert.equal(session.presence.attachment, Math.max(...numbers));
    assert.equal(session.chains[0]?.hashes.length, 2);
  });

  it('asks again for a candidate of the right generation', async (opened) => {
    const subject = await Subject.playing(opened);
    const before = await subject.session();
    outcome(await subject.show({ ...subject.token, generation: 3 }), 'stale');
    assert.deepEqual(await subject.session(), before);
  });

  it('spends the predecessor when `stored` confirms the successor, after a window for the late', async (opened) => {
    const subject = await Subject.playing(opened);
    const next = successor(await subject.attach(subject.token));
    outcome(await subject.apply(stored(next, 2)), 'done');
    outcome(await subject.apply(stored(next, 2)), 'done');
    await opened.advance(DEFAULT_LIMITS.lateAttemptMs - 1000);
    const late = outcome(await subject.show(subject.token), 'later');
    assert.ok(late.retryAfterMs > 0 && late.retryAfterMs <= 1000);
    await opened.advance(1000);
    assert.equal(outcome(await subject.show(subject.token), 'refused').reason, 'reused');
    // The thief and the owner cannot be told apart: the whole chain ends.
    assert.equal(outcome(await subject.show(next), 'refused').reason, 'revoked');
    assert.equal(outcome(await subject.show(subject.token), 'refused').reason, 'revoked');
  });

  it('spends the predecessor when its successor is used', async (opened) => {
    const subject = await Subject.playing(opened);
    const second = successor(await subject.attach(subject.token));
    const third = successor(await subject.attach(second));
    assert.equal(third.generation, 3);
    outcome(await subject.show(subject.token), 'later');
    assert.equal(successor(await subject.attach(second)).hash, third.hash);
    await opened.advance(DEFAULT_LIMITS.lateAttemptMs);
    assert.equal(outcome(await subject.show(subject.token), 'refused').reason, 'reused');
  });

  it('revokes the chain at once for a token before the last spent one', async (opened) => {
    const subject = await Subject.playing(opened);
    const second = successor(await subject.attach(subject.token));
    const third = successor(await subject.attach(second));
    outcome(await subject.apply(stored(third, 3)), 'done');
    assert.equal(outcome(await subject.show(subject.token), 'refused').reason, 'reused');
    assert.equal(outcome(await subject.show(third), 'refused').reason, 'revoked');
  });

  it('confirms nothing by the id of another token, or for an older attachment', async (opened) => {
    const subject = await Subject.playing(opened);
    const next = successor(await subject.attach(subject.token, { confirms: true }));
    outcome(await subject.apply(stored(subject.token, 2)), 'stale');
    outcome(await subject.apply(stored(next, 1)), 'stale');
    assert.equal((await subject.session()).presence.ready, false);
    assert.equal(successor(await subject.attach(subject.token)).hash, next.hash);
  });

  it('ends a token to carry to another device if it is never used, and only then', async (opened) => {
    const subject = await Subject.playing(opened);
    const [used, unused] = [randomHash(), randomHash()];
    for (const hash of [used, unused]) {
      outcome(await subject.apply({ kind: 'issue', chain: hash.slice(0, 16), hash, link: true }), 'done');
    }
    await opened.advance(WINDOW_MS - 1000);
    const next = successor(await subject.attach({ hash: used, generation: 1 }));
    await opened.advance(2000);
    assert.equal(outcome(await subject.show({ hash: unused, generation: 1 }), 'refused').reason, 'expired');
    await subject.attach(next);
    await subject.attach(subject.token);
  });

  it('keeps so many devices, and revokes the one unused for longest for one more', async (opened) => {
    const subject = await Subject.playing(opened);
    const links: Token[] = [];
    for (let device = 0; device < DEFAULT_LIMITS.chains; device += 1) {
      await opened.advance(1000);
      const link = { hash: randomHash(), generation: 1 };
      links.push(link);
      outcome(await subject.apply({ kind: 'issue', chain: `chain ${device}`, hash: link.hash }), 'done');
    }
    // The attached connection's chain is spared, although it is the oldest.
    for (const [device, link] of links.entries()) {
      if (device > 0) await subject.attach(link);
      else assert.equal(outcome(await subject.show(link), 'refused').reason, 'revoked');
    }
    await subject.attach(subject.token);
  });

  it(
    'forgets the oldest spent tokens',
    async (opened) => {
      const subject = await Subject.playing(opened);
      let token = subject.token;
      for (let i = 0; i < 4; i += 1) token = successor(await subject.attach(token));
      assert.equal(await opened.store.findByHash(subject.token.hash), undefined);
      assert.equal(outcome(await subject.show(subject.token), 'refused').reason, 'unknown');
      assert.equal(await opened.store.findByHash(token.hash), subject.id);
      await subject.attach(token);
    },
    { spentTokens: 2 },
  );

  it('revokes one device or all, and keeps the session', async (opened) => {
    const subject = await Subject.playing(opened);
    const other = { hash: randomHash(), generation: 1 };
    outcome(await subject.issue(other.hash), 'done');
    outcome(await subject.apply({ kind: 'revoke', hash: subject.token.hash }), 'done');
    assert.equal(outcome(await subject.show(subject.token), 'refused').reason, 'revoked');
    await subject.attach(other);
    outcome(await subject.apply({ kind: 'revoke' }), 'done');
    assert.equal(outcome(await subject.show(other), 'refused').reason, 'revoked');
    assert.equal((await subject.session()).stage, 'playing');
  });

  it('restarts the clock at each redemption without a connection', async (opened) => {
    const subject = await Subject.playing(opened);
    await subject.detach();
    await subject.append(['look']);
    await opened.advance(WINDOW_MS - 1000);
    const redeemed = await subject.attach(subject.token, { connected: false });
    assert.deepEqual(
      redeemed.held.map(({ seq }) => seq),
      [1],
    );
    await opened.advance(WINDOW_MS - 1000);
    await subject.attach(successor(redeemed));
    outcome(await settled(opened, subject.apply({ kind: 'refresh' })), 'done');
  });

  it('issues no token before the session is playing, or for an older attachment', async (opened) => {
    const subject = await Subject.playing(opened);
    assert.equal(outcome(await subject.issue(randomHash(), 7), 'refused').reason, 'stale');
    const hash = randomHash();
    outcome(await subject.apply({ kind: 'issue', chain: 'c', hash, attachment: 1 }), 'done');
    assert.equal(await opened.store.findByHash(hash), subject.id);
  });
}

function stored({ hash }: Token, attachment: number) {
  return { kind: 'confirm', attachment, tokenId: tokenId(hash) } as const;
}
