import assert from 'node:assert/strict';
import type { Store } from '../../core/index.ts';
import {
  offsets,
  outcome,
  settled,
  Subject,
  text,
  until,
  type OpenedStore,
  type Scenario,
} from './subject.ts';

export function peerScenarios(it: Scenario): void {
  it('makes exactly one successor when attempts race on both', async (opened) => {
    const peer = await peerOf(opened);
    const subject = await Subject.playing(opened);
    const stores = Array.from({ length: 50 }, (_, i) => (i % 2 === 0 ? opened.store : peer));
    const attempts = await Promise.all(stores.map((store) => subject.attach(subject.token, { store })));
    assert.equal(new Set(attempts.map(({ sealed }) => sealed)).size, 1);
    const numbers = attempts.map(({ session }) => session.presence.attachment);
    assert.equal(new Set(numbers).size, 50);
  });

  it('sees on one what was acknowledged on the other', async (opened) => {
    const peer = await peerOf(opened);
    const subject = await Subject.playing(opened);
    await subject.append(['look'], { attachment: 1 });
    assert.deepEqual(await subject.waiting(peer), ['look']);
    await subject.commit({ taken: 1, output: [text('A room.')] }, peer);
    assert.deepEqual(await subject.waiting(), []);
    assert.deepEqual(offsets(await subject.output()), [1]);
    assert.equal(await peer.findByHash(subject.token.hash), subject.id);
  });

  it('fences the lease that the other took over', async (opened) => {
    const peer = await peerOf(opened);
    const subject = await Subject.playing(opened);
    const { number: lease } = await peer.acquireLease('world');
    assert.ok(lease > subject.lease);
    outcome(await subject.commit({ lease, data: 1 }, peer), 'committed');
    outcome(await subject.commit({ data: 2 }), 'fenced');
    outcome(await settled(opened, subject.commit({ output: [text('late')] })), 'fenced');
  });

  it('tells a watcher on one of changes on the other', async (opened) => {
    const peer = await peerOf(opened);
    const subject = await Subject.playing(opened);
    let attachment = 0;
    const cancel = peer.watch(subject.id, ({ presence }) => {
      ({ attachment } = presence);
    });
    await subject.attach(subject.token);
    await until(opened, () => attachment === 2);
    cancel();
  });
}

async function peerOf(opened: OpenedStore): Promise<Store> {
  assert.ok(opened.peer, '`without.peer` must say why there is no `peer`');
  return opened.peer();
}
