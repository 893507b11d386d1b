import assert from 'node:assert/strict';
import { DEFAULT_LIMITS, nextCommandStep, tokenId, type CommandStep } from '../../core/index.ts';
import { LIMITS, outcome, Subject, successor, text, type Scenario } from './subject.ts';

export function commandScenarios(it: Scenario): void {
  it('numbers commands, and passes over those it has', async (opened) => {
    const subject = await Subject.playing(opened);
    const first = outcome(await subject.append(['look', 'north'], { from: 1, attachment: 1 }), 'accepted');
    assert.deepEqual([first.accepted, first.refused], [2, []]);
    const again = outcome(await subject.append(['look', 'north'], { from: 1, attachment: 1 }), 'accepted');
    assert.equal(again.accepted, 2);
    const more = outcome(await subject.append(['north', 'east'], { from: 2, attachment: 1 }), 'accepted');
    assert.equal(more.accepted, 3);
    assert.deepEqual(await subject.waiting(), ['look', 'north', 'east']);
    assert.equal((await opened.store.readCommands(subject.id, 2)).length, 1);
  });

  it('refuses a jump', async (opened) => {
    const subject = await Subject.playing(opened);
    await subject.append(['look'], { from: 1 });
    assert.equal(outcome(await subject.append(['east'], { from: 3 }), 'jump').expected, 2);
    assert.deepEqual(await subject.waiting(), ['look']);
  });

  it('accepts a command once, however many attempts race', async (opened) => {
    const subject = await Subject.playing(opened);
    await Promise.all(Array.from({ length: 20 }, () => subject.append(['look'], { from: 1 })));
    assert.deepEqual(await subject.waiting(), ['look']);
    await Promise.all(Array.from({ length: 20 }, (_, i) => subject.append([`say ${i}`])));
    const says = Array.from({ length: 20 }, (_, i) => `say ${i}`);
    assert.deepEqual(await subject.waiting(), ['look', ...says]);
  });

  it('answers in the order in which it was asked', async (opened) => {
    const subject = await Subject.playing(opened);
    const answered: number[] = [];
    const append = async (number: number): Promise<void> => {
      await subject.append(['look'], { from: number });
      answered.push(number);
    };
    await append(1);
    await Promise.all([
      append(2),
      subject.commit({ taken: 1, output: [text('A room.')] }),
      append(3),
      append(4),
    ]);
    assert.deepEqual(answered, [1, 2, 3, 4]);
  });

  it('keeps commands of every kind as they are', async (opened) => {
    const subject = await Subject.playing(opened);
    const commands = [
      { kind: 'text', text: 'say \ud83d\ude00 ü \u0000 \ud800' },
      { kind: 'private', sealed: 'AAAA' },
      { kind: 'gmcp', package: 'Char.Items', data: { a: [1, null] } },
      { kind: 'passing' },
    ] as const;
    await subject.apply({ kind: 'append', attachment: 1, commands });
    const kept = await opened.store.readCommands(subject.id, 0);
    const at = opened.store.now();
    assert.deepEqual(
      kept,
      commands.map((command, i) => ({ seq: i + 1, at, ...command })),
    );
  });

  it(
    'refuses what the queue has no room for, in one entry for each run',
    async (opened) => {
      const subject = await Subject.playing(opened);
      const many = outcome(await subject.append(['1', '2', '3', '4', '5']), 'accepted');
      assert.deepEqual([many.accepted, many.refused], [5, [4, 5]]);
      const more = outcome(await subject.append(['6']), 'accepted');
      assert.deepEqual([more.accepted, more.refused], [6, [6]]);
      assert.deepEqual(await subject.waiting(), ['1', '2', '3', 'refused 4-6']);
      await subject.commit({ taken: 1 });
      await subject.append(['7', '8']);
      assert.deepEqual(await subject.waiting(), ['2', '3', 'refused 4-6', '7', 'refused 8-8']);
      await subject.commit({ taken: 8 });
      assert.deepEqual(await subject.waiting(), []);
    },
    LIMITS,
  );

  it(
    'hands the world the rest of a run of refusals that grew while it was dropped',
    async (opened) => {
      const subject = await Subject.playing(opened);
      await subject.append(['1', '2', '3', '4']);
      await subject.commit({ taken: 3 });
      const step = await next(subject);
      assert.deepEqual([step.kind, step.kind === 'drop' && step.through], ['drop', 4]);
      await subject.append(['5', '6', '7', '8']);
      await subject.commit({ taken: 7 });
      const rest = await next(subject);
      assert.ok(rest.kind === 'drop' && rest.seq === 8 && rest.through === 8, JSON.stringify(rest));
    },
    LIMITS,
  );

  it('takes commands only forward, and none that is not there', async (opened) => {
    const subject = await Subject.playing(opened);
    await subject.append(['look', 'north', 'east']);
    await subject.commit({ taken: 2, sent: 1 });
    await subject.commit({ taken: 1 });
    assert.deepEqual(await subject.waiting(), ['east']);
    await subject.commit({ taken: 9, sent: 9, told: 9 });
    const { commands } = await subject.session();
    const { accepted, taken, sent, told } = commands;
    assert.deepEqual({ accepted, taken, sent, told }, { accepted: 3, taken: 3, sent: 3, told: 3 });
  });

  it('takes a command in the step that accepts it, for a world that waits for it', async (opened) => {
    const subject = await Subject.playing(opened);
    const { lease } = subject;
    const look = { seq: 1, at: opened.store.now(), kind: 'text', text: 'look' };
    const first = outcome(await subject.append(['look'], { from: 1, attachment: 1, lease }), 'accepted');
    assert.deepEqual(first.taken, look);
    const again = outcome(await subject.append(['look'], { from: 1, attachment: 1, lease }), 'accepted');
    assert.deepEqual([again.accepted, again.taken], [1, undefined]);
    assert.deepEqual(await subject.waiting(), []);
    await subject.append(['north'], { attachment: 1 });
    const behind = outcome(await subject.append(['east'], { attachment: 1, lease }), 'accepted');
    assert.equal(behind.taken, undefined);
    assert.deepEqual(await subject.waiting(), ['north', 'east']);
    const { accepted, taken, sent } = (await subject.session()).commands;
    assert.deepEqual({ accepted, taken, sent }, { accepted: 3, taken: 1, sent: 0 });
  });

  it('takes a command once, however many attempts race', async (opened) => {
    const subject = await Subject.playing(opened);
    const { lease } = subject;
    const attempts = Array.from({ length: 20 }, () => subject.append(['look'], { from: 1, lease }));
    const taken = (await Promise.all(attempts)).map((each) => outcome(each, 'accepted').taken?.seq);
    assert.deepEqual(
      taken.filter((seq) => seq !== undefined),
      [1],
    );
    assert.deepEqual(await subject.waiting(), []);
  });

  it('commits taken, data and output together', async (opened) => {
    const subject = await Subject.playing(opened);
    await subject.append(['look']);
    const done = await subject.commit({ taken: 1, data: { room: 1 }, output: [text('A room.')] });
    assert.equal(outcome(done, 'committed').end, 1);
    const session = await subject.session();
    assert.deepEqual([session.commands.taken, session.data, session.output.end], [1, { room: 1 }, 1]);
    assert.deepEqual(await subject.waiting(), []);
    assert.equal((await subject.output()).length, 1);
  });

  it('holds what was not taken when the player went, and runs it when told to', async (opened) => {
    const subject = await Subject.playing(opened);
    await subject.append(['look', 'north']);
    assert.equal((await next(subject)).kind, 'hand');
    await subject.commit({ taken: 1 });
    await subject.detach();
    assert.equal((await next(subject)).kind, 'wait');
    const attached = await subject.attach(subject.token, { wish: 'run' });
    assert.deepEqual(
      attached.held.map(({ seq }) => seq),
      [2],
    );
    assert.equal((await next(subject)).kind, 'hand');
  });

  it('skips held commands when told to, and not the new ones', async (opened) => {
    const subject = await Subject.playing(opened);
    await subject.append(['look', 'north']);
    await subject.attach(subject.token, { wish: 'skip' });
    await subject.append(['east']);
    assert.deepEqual(await drops(subject), ['1 skipped', '2 skipped']);
    const step = await next(subject);
    assert.ok(step.kind === 'hand' && step.entry.seq === 3);
  });

  it('asks, and runs what the player chose; new commands wait', async (opened) => {
    const subject = await Subject.playing(opened);
    await subject.append(['look', 'north']);
    await subject.attach(subject.token, { wish: 'ask' });
    await subject.append(['east']);
    assert.equal((await next(subject)).kind, 'wait');
    outcome(await subject.apply({ kind: 'decide', attachment: 1, choice: 'all' }), 'stale');
    outcome(await subject.apply({ kind: 'decide', attachment: 2, choice: { seqs: [2] } }), 'done');
    assert.deepEqual(await drops(subject), ['1 skipped']);
    const step = await next(subject);
    assert.ok(step.kind === 'hand' && step.entry.seq === 2);
  });

  it('hands on nothing until a client that confirms has said `stored`', async (opened) => {
    const subject = await Subject.playing(opened);
    await subject.append(['look']);
    const attached = await subject.attach(subject.token, { confirms: true });
    assert.equal((await next(subject)).kind, 'wait');
    const id = tokenId(successor(attached).hash);
    outcome(await subject.apply({ kind: 'confirm', attachment: 2, tokenId: id }), 'done');
    assert.equal((await next(subject)).kind, 'hand');
  });

  it('expires held commands, also when nobody looked until the player came back', async (opened) => {
    const subject = await Subject.playing(opened);
    await subject.commit({ windowMs: DEFAULT_LIMITS.heldCommandTtlMs * 3 });
    await subject.append(['kill rat']);
    await subject.detach();
    await opened.advance(DEFAULT_LIMITS.heldCommandTtlMs);
    const attached = await subject.attach(subject.token, { wish: 'run' });
    assert.deepEqual(attached.held, []);
    assert.deepEqual(await drops(subject), ['1 expired']);
  });

  it('remembers the last command of each device', async (opened) => {
    const subject = await Subject.playing(opened);
    await subject.append(['look', 'north'], { attachment: 1 });
    await subject.append(['from the application']);
    assert.equal((await subject.attach(subject.token)).own, 2);
  });
}

async function next(subject: Subject): Promise<CommandStep> {
  const session = await subject.session();
  const commands = await subject.store.readCommands(subject.id, 0);
  const limits = { ...DEFAULT_LIMITS, ...LIMITS };
  return nextCommandStep({ session, commands }, subject.store.now(), limits);
}

/** Drops what is to be dropped, as the world's end does. */
async function drops(subject: Subject): Promise<string[]> {
  const dropped: string[] = [];
  for (;;) {
    const step = await next(subject);
    if (step.kind !== 'drop') return dropped;
    dropped.push(`${step.seq} ${step.reason}`);
    const output = [{ kind: 'dropped', seq: step.seq, reason: step.reason }] as const;
    await subject.commit({ taken: step.through, output });
  }
}
