import { expect, it } from 'vitest';
import { ManualClock } from '../../test/support/manual-clock.ts';
import { newSession } from '../core/index.ts';
import { JournalWriter } from './journal-writer.ts';
import type { Changing } from './pending-change.ts';

function writerTo(write: () => Promise<readonly string[]>): JournalWriter {
  const journal = { turn: () => Promise.resolve(), write };
  return new JournalWriter(journal, new ManualClock(), {
    written: () => undefined,
    failed: () => undefined,
  });
}

function changing(id: string): Changing {
  return { session: newSession(id, 'world', 1, 0, false), commands: [], output: [], pending: undefined };
}

it('forgets a change that is durable, and with it all that were written together', async () => {
  const writer = writerTo(() => Promise.resolve([]));
  const [idle, busy] = [changing('idle'), changing('busy')];
  for (const stored of [idle, busy]) writer.change(stored, undefined);
  const written = writer.write('now');
  expect([idle, busy].map((stored) => writer.isDirty(stored))).toEqual([true, true]);
  await written;
  expect([idle.pending, busy.pending]).toEqual([undefined, undefined]);
});

it('keeps a change that came while the one before it was being written', async () => {
  let writes = 0;
  const writer = writerTo(() => {
    writes += 1;
    if (writes === 1) later = writer.change(stored, stored.session);
    return Promise.resolve([]);
  });
  const stored = changing('a');
  let later = writer.change(stored, undefined);
  later.addHash('hash');
  await writer.write('now');
  expect(stored.pending).toBe(later);
  expect(writer.isDirty(stored)).toBe(true);
  await writer.write('now');
  expect(stored.pending).toBeUndefined();
  expect(writer.isDirty(stored)).toBe(false);
  expect(writer.findHash('hash')).toBeUndefined();
});
