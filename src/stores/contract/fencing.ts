import assert from 'node:assert/strict';
import type { Operation } from '../../core/index.ts';
import { candidate, outcome, randomHash, settled, Subject, text, type Scenario } from './subject.ts';

export function fencingScenarios(it: Scenario): void {
  it('lets the newest attach win; nothing of an older attachment changes anything', async (opened) => {
    const subject = await Subject.playing(opened);
    await subject.append(['look'], { attachment: 1 });
    await subject.write('a');
    assert.equal((await subject.attach(subject.token, { wish: 'ask' })).takeover, true);
    const before = await subject.session();
    const late: Operation[] = [
      { kind: 'detach', attachment: 1 },
      { kind: 'describe', attachment: 1, client: { transport: 'late' } },
      { kind: 'confirm', attachment: 1, tokenId: before.chains[0]?.hashes.at(-1)?.slice(0, 16) ?? '' },
      { kind: 'append', attachment: 1, commands: [{ kind: 'text', text: 'late' }] },
      { kind: 'decide', attachment: 1, choice: 'none' },
      { kind: 'acknowledge', attachment: 1, offset: 1 },
    ];
    for (const operation of late) outcome(await settled(opened, subject.apply(operation)), 'stale');
    const issue: Operation = { kind: 'issue', chain: 'c', hash: randomHash(), attachment: 1 };
    outcome(await subject.apply(issue), 'refused');
    assert.deepEqual(await subject.session(), before);
    assert.deepEqual(await subject.waiting(), ['look']);
    assert.equal((await subject.output()).length, 1);
  });

  it('takes nothing from an attachment that left', async (opened) => {
    const subject = await Subject.playing(opened);
    await subject.detach();
    outcome(await subject.apply({ kind: 'detach', attachment: 1 }), 'stale');
    outcome(await subject.append(['late'], { attachment: 1 }), 'stale');
    assert.deepEqual(await subject.waiting(), []);
  });

  it('gives out leases with numbers that grow', async ({ store }) => {
    const numbers: number[] = [];
    for (let i = 0; i < 3; i += 1) numbers.push((await store.acquireLease('world')).number);
    assert.deepEqual(
      numbers,
      [...new Set(numbers)].toSorted((a, b) => a - b),
    );
  });

  it('refuses an older lease, whatever it writes', async (opened) => {
    const subject = await Subject.playing(opened);
    await subject.append(['look']);
    const { number } = await opened.store.acquireLease('world');
    assert.ok(number > subject.lease);
    outcome(await subject.commit({ lease: number, data: { by: 'the new one' } }), 'committed');
    const before = await subject.session();
    for (const facts of [
      { taken: 1 },
      { output: [text('late')] },
      { data: { by: 'the old one' } },
      { stage: 'authenticating' },
      { ending: 'late' },
      { windowMs: 1 },
      { settled: true },
      {},
    ] as const) {
      outcome(await subject.commit(facts), 'fenced');
    }
    assert.deepEqual(await subject.session(), before);
    assert.deepEqual(await subject.output(), []);
  });

  it('takes no command for a lease that is not the newest', async (opened) => {
    const subject = await Subject.playing(opened);
    const { number } = await opened.store.acquireLease('world');
    outcome(await subject.commit({ lease: number }), 'committed');
    for (const lease of [subject.lease, number + 1]) {
      assert.equal(outcome(await subject.append(['look'], { lease }), 'accepted').taken, undefined);
    }
    assert.deepEqual(await subject.waiting(), ['look', 'look']);
  });

  it('keeps one owner over many takeovers, and counts right', async (opened) => {
    const subject = await Subject.playing(opened);
    let token = subject.token;
    for (let round = 2; round <= 40; round += 1) {
      const attach = {
        kind: 'attach',
        hash: token.hash,
        wish: 'run',
        confirms: false,
        connected: true,
      } as const;
      const next = candidate(token.generation + 1);
      const [attached] = await Promise.all([
        subject.apply({ ...attach, candidate: next }),
        subject.append([`say ${round}`], { attachment: round - 1 }),
        subject.commit({ output: [text(`line ${round}`)], taken: round }),
      ]);
      assert.equal(outcome(attached, 'attached').session.presence.attachment, round);
      outcome(await subject.acknowledge(round - 2, round), 'done');
      token = { hash: next.hash, generation: next.generation };
    }
    const { output } = await subject.session();
    assert.equal(output.end, 39);
    assert.equal(output.entries, (await subject.output()).length);
  });
}
