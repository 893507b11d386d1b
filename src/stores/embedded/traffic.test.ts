import { expect, it } from 'vitest';
import {
  draftSession,
  newSession,
  NO_COMMANDS,
  NO_OUTPUT,
  type CommandsHead,
  type Session,
} from '../../core/index.ts';
import type { SessionChange } from '../journal.ts';
import { rowsAfter, trafficOf, type Traffic } from './traffic.ts';

const HELD: CommandsHead = {
  ...NO_COMMANDS,
  accepted: 3,
  handed: 1,
  held: { through: 3, since: 5, choice: 'undecided' },
};

const SESSION = newSession('a', 'world', 1000, 0, true);

function changed(before: Session, session: Session): SessionChange {
  const nothing = { commands: [], takenCommands: [], output: [], trimmedOutput: [] };
  return { id: 'a', before, session, ...nothing, addedHashes: [], forgottenHashes: [] };
}

/** What is told of the change, as it comes back from the disk. */
function told(before: Session, session: Session): Traffic {
  const traffic = trafficOf(changed(before, session));
  if (traffic === undefined) throw new Error('it is more than traffic');
  const read: Traffic = JSON.parse(JSON.stringify(traffic));
  return read;
}

it('tells which fields of the heads changed, and which there are no more', () => {
  const output = { ...NO_OUTPUT, end: 1, evictedBytes: 7 };
  const between = { ...SESSION, commands: HELD, style: '1;31', output };
  const commands = { ...NO_COMMANDS, accepted: 3, taken: 3 };
  const last = { ...SESSION, commands, style: '', output: { ...NO_OUTPUT, end: 2, acked: 2 } };
  const traffic = [told(SESSION, between), told(between, last)];
  const rows = rowsAfter({ session: SESSION, commands: [], output: [] }, traffic);
  expect(rows.session).toEqual(last);
});

it('has nothing of what did not change', () => {
  const { played } = told({ ...SESSION, commands: HELD }, { ...SESSION, commands: { ...HELD, accepted: 4 } });
  expect(played).toEqual({ commands: { accepted: 4 } });
});

it.each(Object.keys(draftSession(SESSION)).filter((field) => field !== 'id'))(
  'lets no change of a session go unwritten: %s',
  (field) => {
    const session: Session = { ...SESSION, [field]: { changed: true } };
    // What is no traffic is written as rows.
    if (!trafficOf(changed(SESSION, session))) return;
    expect(Object.keys(told(SESSION, session).played)).toEqual([field]);
  },
);

it('tells of what is not there any more, and writes data that is not by rows', () => {
  const before = { ...SESSION, prompt: '> ', style: '1', data: null };
  const after = { ...before, prompt: undefined, style: undefined };
  const traffic = told(before, after);
  expect(traffic.played).toEqual({ prompt: null, style: null });
  expect(rowsAfter({ session: before, commands: [], output: [] }, [traffic]).session).toEqual(after);
  expect(trafficOf(changed(before, { ...before, data: undefined }))).toBeUndefined();
  expect(trafficOf(changed(SESSION, before))).toBeUndefined();
});

it.each(['presence', 'clock', 'account', 'lease'])('leaves what is no play to the rows: %s', (field) => {
  expect(trafficOf(changed(SESSION, { ...SESSION, [field]: { changed: true } }))).toBeUndefined();
});
