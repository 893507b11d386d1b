import assert from 'node:assert/strict';
import type { NewOutput } from '../../core/index.ts';
import { LIMITS, offsets, outcome, settled, Subject, text, until, type Scenario } from './subject.ts';

function vitals(hp: number): NewOutput {
  return { kind: 'gmcp', package: 'Char.Vitals', data: { hp }, state: true };
}

const DROPPED: NewOutput = { kind: 'dropped', seq: 1, reason: 'failed' };

export function outputScenarios(it: Scenario): void {
  it('keeps output of every kind as it is', async (opened) => {
    const subject = await Subject.playing(opened);
    const output = [
      { kind: 'text', text: 'A room. ü \ud83d\ude00 \ud800\r\n' },
      { kind: 'text', text: '> ', prompt: true },
      { kind: 'echo', on: false },
      { kind: 'gmcp', package: 'Comm.Say', data: { a: [1, null] } },
      { kind: 'gmcp', package: 'Core.Goodbye' },
      { kind: 'dropped', seq: 1, through: 2, reason: 'uncertain' },
    ] as const;
    const done = settled(opened, subject.commit({ output }));
    assert.equal(outcome(await done, 'committed').end, 6);
    const entries = await subject.output();
    const at = entries[0]?.at;
    assert.deepEqual(
      entries,
      output.map((body, i) => ({ offset: i + 1, at, ...body })),
    );
    const session = await subject.session();
    assert.deepEqual([session.echo, session.prompt], [false, '> ']);
  });

  it('reads in pages, with at least one entry in each', async (opened) => {
    const subject = await Subject.playing(opened);
    await subject.write('12345', '12345', '12345', '12345');
    const read = async (after: number, entries: number, bytes: number): Promise<number[]> => {
      return offsets((await opened.store.readOutput(subject.id, after, { entries, bytes })).entries);
    };
    assert.deepEqual(await read(0, 100, 12), [1, 2]);
    assert.deepEqual(await read(0, 3, 1000), [1, 2, 3]);
    assert.deepEqual(await read(2, 100, 1), [3]);
    assert.deepEqual(await read(4, 100, 1000), []);
  });

  it('forgets what the player has', async (opened) => {
    const subject = await Subject.playing(opened);
    await subject.write('a', 'b', 'c');
    outcome(await subject.acknowledge(2, 1), 'done');
    outcome(await subject.acknowledge(1, 1), 'done');
    assert.deepEqual(offsets(await subject.output()), [3]);
    assert.equal(outcome(await subject.acknowledge(4, 1), 'beyond').end, 3);
    outcome(await subject.acknowledge(3, 1), 'done');
    const { output } = await subject.session();
    assert.deepEqual([output.acked, output.bytes, output.entries], [3, 0, 0]);
  });

  it('takes no acknowledgement before `stored`', async (opened) => {
    const subject = await Subject.playing(opened);
    await subject.write('a');
    await subject.attach(subject.token, { confirms: true });
    outcome(await subject.acknowledge(1, 2), 'stale');
    assert.deepEqual(offsets(await subject.output()), [1]);
  });

  it(
    'drops the oldest beyond its bounds, but no fate of a command and not the echo',
    async (opened) => {
      const subject = await Subject.playing(opened);
      await subject.write({ kind: 'echo', on: false }, DROPPED);
      for (let i = 0; i < 20; i += 1) await subject.write(`line ${i}`);
      const kept = offsets(await subject.output());
      assert.deepEqual(kept, [1, 2, 17, 18, 19, 20, 21, 22]);
      await recount(subject);
    },
    LIMITS,
  );

  it(
    'keeps within its bytes',
    async (opened) => {
      const subject = await Subject.playing(opened);
      for (let i = 0; i < 5; i += 1) await subject.write('x'.repeat(40));
      assert.deepEqual(offsets(await subject.output()), [4, 5]);
      await recount(subject);
    },
    LIMITS,
  );

  it(
    'evicts within one commit too, and fates when nothing else is left',
    async (opened) => {
      const subject = await Subject.playing(opened);
      await subject.write(...Array.from({ length: 20 }, (_, i) => `${i}`));
      assert.equal((await subject.output()).length, LIMITS.backlogEntries);
      await subject.write(...Array.from({ length: 20 }, () => DROPPED));
      assert.deepEqual(offsets(await subject.output()), [33, 34, 35, 36, 37, 38, 39, 40]);
      await recount(subject);
    },
    LIMITS,
  );

  it(
    'puts a gap in the place of what alone is too large',
    async (opened) => {
      const subject = await Subject.playing(opened);
      await subject.write('a', 'x'.repeat(LIMITS.backlogBytes + 1), 'b');
      const entries = await subject.output();
      assert.deepEqual(offsets(entries), [1, 2, 3]);
      const [, gap] = entries;
      assert.ok(gap?.kind === 'gap' && gap.reason === 'oversize' && gap.bytes === 101);
    },
    LIMITS,
  );

  it(
    'forgets an older echo that outlived the text around it',
    async (opened) => {
      const subject = await Subject.playing(opened);
      await subject.write({ kind: 'echo', on: false });
      for (let i = 0; i < 10; i += 1) await subject.write(`${i}`);
      await subject.write({ kind: 'echo', on: true });
      for (let i = 0; i < 10; i += 1) await subject.write(`${i}`);
      const entries = await subject.output();
      assert.deepEqual(
        entries.flatMap((entry) => (entry.kind === 'echo' ? [entry.on] : [])),
        [true],
      );
      await recount(subject);
    },
    LIMITS,
  );

  it('keeps only the last value of a state while the player is away', async (opened) => {
    const subject = await Subject.playing(opened);
    await subject.write(vitals(1));
    await subject.detach();
    await subject.write(vitals(2), vitals(3));
    assert.equal((await subject.output()).length, 1);
    const { states } = await subject.session();
    assert.deepEqual(states['char.vitals'], { package: 'Char.Vitals', data: { hp: 3 } });
  });

  it('begins an epoch for each writer, and keeps the last eight', async (opened) => {
    const subject = await Subject.playing(opened);
    for (let writer = 1; writer <= 10; writer += 1) {
      await subject.commit({ epoch: `e${writer}`, output: [text('x')], settled: true });
    }
    const { epochs, end } = (await subject.session()).output;
    assert.equal(end, 10);
    assert.deepEqual(
      epochs.map(({ first }) => first),
      [3, 4, 5, 6, 7, 8, 9, 10],
    );
    assert.equal(epochs.at(-1)?.epoch, 'e10');
  });

  it('begins the epoch after a crash with a gap', async (opened) => {
    const subject = await Subject.playing(opened);
    await subject.write('shown');
    await settled(opened, subject.commit({ epoch: 'next', output: [text('other')] }));
    const [, gap, other] = await subject.output();
    assert.ok(gap?.kind === 'gap' && gap.reason === 'crash' && gap.offset === 2);
    assert.equal(other?.offset, 3);
  });

  it('tells a writer whose log lost its tail', async (opened) => {
    const subject = await Subject.playing(opened);
    await subject.write('a');
    const lost = await subject.commit({ after: 5, output: [text('b')] });
    assert.equal(outcome(lost, 'tail_lost').end, 1);
    assert.deepEqual(offsets(await subject.output()), [1]);
  });

  it('shows output at once, but that of a commit that takes only when it is durable', async (opened) => {
    const subject = await Subject.playing(opened);
    await subject.append(['look']);
    let visibleEnd = 0;
    const cancel = opened.store.watch(subject.id, (_, end) => {
      visibleEnd = end;
    });
    await opened.store.read(subject.id);
    let isDurable = false;
    const taking = subject.commit({ taken: 1, output: [text('A room.')] }).then(() => {
      isDurable = true;
    });
    const after = subject.commit({ output: [text('A rat.')] });
    const page = await opened.store.readOutput(subject.id, 0, { entries: 10, bytes: 100 });
    assert.equal(page.visibleEnd > 0, isDurable);
    assert.equal(page.entries.length, page.visibleEnd);
    await taking;
    await settled(opened, after);
    assert.deepEqual(offsets(await subject.output()), [1, 2]);
    await until(opened, () => visibleEnd === 2);
    cancel();
  });
}

/** The counters are what a fresh count of the kept entries gives. */
async function recount(subject: Subject): Promise<void> {
  const entries = await subject.output();
  const bytes = entries.map((entry) => (entry.kind === 'text' ? Buffer.byteLength(entry.text) : 0));
  const { output } = await subject.session();
  assert.equal(output.entries, entries.length);
  assert.equal(
    output.bytes,
    bytes.reduce((sum, size) => sum + size, 0),
  );
}
