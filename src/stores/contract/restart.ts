import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { newSession, tokenId, type Store } from '../../core/index.ts';
import {
  offsets,
  outcome,
  randomHash,
  settled,
  Subject,
  successor,
  text,
  until,
  WINDOW_MS,
  type OpenedStore,
  type Scenario,
} from './subject.ts';

const HOWS = ['close', 'crash'] as const;

export function restartScenarios(it: Scenario): void {
  for (const how of HOWS) {
    it(`keeps all that was acknowledged (${how})`, async (opened) => {
      const subject = await Subject.playing(opened);
      await subject.append(['look', 'north', 'east'], { attachment: 1 });
      await subject.write('a', 'b');
      await subject.acknowledge(1, 1);
      await subject.commit({ taken: 1, data: { room: 7 }, output: [text('c')], account: subject.id });
      const next = successor(await subject.attach(subject.token));
      await subject.detach();
      const before = await subject.session();

      const store = await restarted(opened, how);
      const session = await subject.session(store);
      assert.deepEqual(session, before);
      assert.deepEqual(await subject.waiting(store), ['north', 'east']);
      const page = await store.readOutput(subject.id, 0, { entries: 100, bytes: 1000 });
      assert.deepEqual(offsets(page.entries), [2, 3]);
      assert.equal(page.visibleEnd, 3);
      assert.equal(await store.findByHash(next.hash), subject.id);
      assert.deepEqual(await store.findByAccount('world', subject.id), [subject.id]);
      const again = await subject.attach(subject.token, { store });
      assert.equal(successor(again).hash, next.hash);
    });

    it(`keeps what was taken in the step that accepted it (${how})`, async (opened) => {
      const subject = await Subject.playing(opened);
      const append = await subject.append(['look'], { attachment: 1, lease: subject.lease });
      assert.equal(outcome(append, 'accepted').taken?.seq, 1);
      const store = await restarted(opened, how);
      const { accepted, taken, sent } = (await subject.session(store)).commands;
      assert.deepEqual({ accepted, taken, sent }, { accepted: 1, taken: 1, sent: 0 });
      assert.deepEqual(await subject.waiting(store), []);
    });

    it(`keeps what was skipped so (${how})`, async (opened) => {
      const subject = await Subject.playing(opened);
      await subject.append(['wait', 'north']);
      await subject.commit({ handed: 1 });
      const next = successor(await subject.attach(subject.token, { wish: 'skip' }));
      const store = await restarted(opened, how);
      const { held } = await subject.attach(next, { wish: 'run', store });
      assert.deepEqual(held, []);
      assert.deepEqual((await subject.session(store)).commands.held?.skipped, [2]);
    });

    it(`counts who was attached as detached since the restart (${how})`, async (opened) => {
      const attached = await Subject.playing(opened);
      await attached.append(['look']);
      const away = await Subject.playing(opened);
      await away.detach();
      await opened.advance(WINDOW_MS / 2);
      const store = await restarted(opened, how);
      const session = await attached.session(store);
      assert.equal(session.presence.attached, false);
      assert.equal(session.clock.endsAt, store.now() + WINDOW_MS);
      assert.equal(session.commands.held?.through, 1);
      await opened.advance(WINDOW_MS / 2);
      const due = await store.due(1000);
      assert.deepEqual([due.includes(attached.id), due.includes(away.id)], [false, true]);
      await opened.advance(WINDOW_MS / 2);
      assert.equal((await store.due(1000)).includes(attached.id), true);
    });

    it(`closes what never was playing (${how})`, async (opened) => {
      const session = newSession(randomUUID(), 'world', WINDOW_MS, opened.store.now(), true);
      await opened.store.create(session);
      const store = await restarted(opened, how);
      assert.equal(await store.read(session.id), undefined);
    });

    it(`keeps what is spent, revoked and closed so (${how})`, async (opened) => {
      const spent = await Subject.playing(opened);
      const next = successor(await spent.attach(spent.token));
      const confirm = { kind: 'confirm', attachment: 2, tokenId: tokenId(next.hash) } as const;
      outcome(await spent.apply(confirm), 'done');
      const revoked = await Subject.playing(opened);
      await revoked.apply({ kind: 'revoke' });
      const closed = await Subject.playing(opened);
      await closed.append(['look']);
      await closed.apply({ kind: 'close', reason: 'quit' });
      await opened.advance(20_000);

      const store = await restarted(opened, how);
      const refusal = async (subject: Subject): Promise<string> => {
        return outcome(await subject.show(subject.token, { store }), 'refused').reason;
      };
      assert.equal(await refusal(spent), 'reused');
      assert.equal(await refusal(revoked), 'revoked');
      outcome(await closed.show(closed.token, { store }), 'missing');
      assert.equal(await store.findByHash(closed.token.hash), undefined);
      assert.deepEqual(await closed.waiting(store), []);
    });

    it(`fences the leases of the process before (${how})`, async (opened) => {
      const subject = await Subject.playing(opened);
      const store = await restarted(opened, how);
      const { number } = await store.acquireLease('world');
      assert.ok(number > subject.lease);
      const current = { kind: 'commit', lease: number, epoch: 'new', taken: 0 } as const;
      outcome(await store.apply(subject.id, current), 'committed');
      outcome(await store.apply(subject.id, { ...current, lease: subject.lease }), 'fenced');
    });

    it(`keeps a long backlog and its bounds (${how})`, async (opened) => {
      const subject = await Subject.playing(opened);
      await subject.detach();
      for (let i = 0; i < 20; i += 1) {
        const output = Array.from({ length: 500 }, (_, line) => text(`line ${i * 500 + line}`));
        await settled(opened, subject.commit({ output }));
      }
      const before = await subject.output();
      const store = await restarted(opened, how);
      assert.deepEqual(await subject.output(0, store), before);
    });

    it(`loses no number of many sessions at once (${how})`, async (opened) => {
      const subjects = await Promise.all(Array.from({ length: 50 }, () => Subject.playing(opened)));
      const accepted = await Promise.all(
        subjects.map(async (subject, i) => {
          for (let n = 0; n <= i % 5; n += 1) await subject.append([`say ${n}`]);
          return (i % 5) + 1;
        }),
      );
      const store = await restarted(opened, how);
      for (const [i, subject] of subjects.entries()) {
        assert.equal((await subject.waiting(store)).length, accepted[i]);
      }
    });
  }

  it('begins the output of the next process with a gap after a crash', async (opened) => {
    const subject = await Subject.playing(opened);
    await subject.write('shown');
    const store = await restarted(opened, 'crash');
    const { number: lease } = await store.acquireLease('world');
    const written = subject.apply({ kind: 'commit', lease, epoch: 'new', output: [text('other')] }, store);
    outcome(await settled(opened, written), 'committed');
    const [, gap] = await subject.output(0, store);
    assert.ok(gap?.kind === 'gap' && gap.reason === 'crash');
  });

  it('knows an epoch from the moment on in which something of it was shown', async (opened) => {
    const subject = await Subject.playing(opened);
    await subject.write('before');
    let shown = 0;
    const cancel = opened.store.watch(subject.id, (_, visibleEnd) => {
      shown = visibleEnd;
    });
    const written = subject.commit({ epoch: 'next', output: [text('other')] });
    await until(opened, () => shown > 1);
    cancel();
    assert.ok(opened.restart);
    const { output } = await subject.session(await opened.restart('crash'));
    assert.deepEqual(
      output.epochs.map(({ epoch }) => epoch),
      [subject.epoch, 'next'],
    );
    await settled(opened, written);
  });

  it('still has one successor after a crash between the two attempts', async (opened) => {
    const subject = await Subject.playing(opened);
    const attempts = await Promise.all(Array.from({ length: 5 }, () => subject.attach(subject.token)));
    const store = await restarted(opened, 'crash');
    const again = await subject.attach(subject.token, { store });
    assert.equal(again.sealed, attempts[0]?.sealed);
    assert.equal(await store.findByHash(randomHash()), undefined);
  });
}

/** On the store's clock. */
async function halfASecond(opened: OpenedStore): Promise<void> {
  for (let ms = 0; ms < 500; ms += 20) {
    await opened.advance(20);
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
}

async function restarted(opened: OpenedStore, how: (typeof HOWS)[number]): Promise<Store> {
  assert.ok(opened.restart, '`without.restart` must say why there is no `restart`');
  // Everything that was answered is durable half a second later.
  if (how === 'crash') await halfASecond(opened);
  return opened.restart(how);
}
