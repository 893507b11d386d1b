import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { applied, draws, operationOf } from '../../../test/support/arbitrary-operations.ts';
import {
  DEFAULT_LIMITS,
  draftCommands,
  draftOutput,
  draftSession,
  newSession,
  NO_COMMANDS,
  NO_OUTPUT,
  transition,
  type CommandEntry,
  type CommandsHead,
  type OutputEntry,
  type OutputHead,
  type Session,
  type StoredSession,
} from '../../core/index.ts';
import { ByteReader, ByteWriter } from './bytes.ts';
import { afterPlay, isPlay, readPlayed, writePlayed, type Played } from './played.ts';

const SESSION = newSession('a', 'world', 1000, 0, true);
const EMPTY: StoredSession = { session: SESSION, commands: [], output: [] };

/** What is told of the change, as it comes back from the disk. */
function told(before: Session | undefined, stored: StoredSession): Played {
  const bytes = new ByteWriter();
  writePlayed(bytes, before, stored);
  const reader = new ByteReader(Buffer.from(bytes.bytes));
  const played = readPlayed(reader);
  expect(reader.isAtEnd).toBe(true);
  return played;
}

function withSession(changes: Partial<Session>): StoredSession {
  return { ...EMPTY, session: { ...SESSION, ...changes } };
}

it('tells what was played, step by step or all at once', () => {
  const limits = { ...DEFAULT_LIMITS, queueCommands: 4, backlogEntries: 8, backlogBytes: 80 };
  fc.assert(
    fc.property(fc.array(draws, { maxLength: 40 }), (all) => {
      let names = 0;
      const name = (): string => `${(names += 1)}`.padStart(20, '0');
      let stored: StoredSession = withSession({ stage: 'playing' });
      let rows = stored;
      let played: Played[] = [];
      for (const [index, draw] of all.entries()) {
        const operation = operationOf(draw, stored.session, name);
        const next = applied(stored, transition(stored, operation, 1000 + index / 2, limits));
        if (next.session.stage === 'closed') return;
        if (!isPlay(stored.session, next.session)) {
          rows = next;
          played = [];
        } else if (next.session !== stored.session) {
          played.push(told(stored.session, next));
        }
        stored = next;
        expect(afterPlay(rows, played)).toEqual(stored);
        // What came before is not needed, and does no harm.
        const garbage = told(
          undefined,
          withSession({ style: 'other', prompt: 'other', unfinished: 'other' }),
        );
        expect(afterPlay(rows, [garbage, told(undefined, stored)])).toEqual(stored);
      }
    }),
  );
});

const HELD = { through: 3, since: 5, decided: false, skipped: [2] } as const;
/** Each field of a head with another value than in a new session. */
const COMMANDS: CommandsHead = {
  accepted: 9,
  taken: 8,
  handed: 7,
  suspect: 6,
  sent: 5,
  told: 4,
  held: HELD,
  own: [{ chain: 'c', through: 2 }],
};
const OUTPUT: OutputHead = {
  end: 9,
  acked: 8,
  evicted: 7,
  evictedFates: 6,
  evictedBytes: 5,
  bytes: 4,
  entries: 3,
  epochs: [{ epoch: 'e', first: 1 }],
  open: true,
  echoAt: 2,
};

const OTHERS = {
  echo: false,
  prompt: '> ',
  unfinished: '# ',
  style: '1',
  states: { a: { package: 'A' } },
  data: 1,
};

describe('lets no change go unwritten', () => {
  it.each(Object.entries(COMMANDS))('of the commands: %s', (field, value) => {
    const after = withSession({ commands: { ...NO_COMMANDS, [field]: value } });
    expect(afterPlay(EMPTY, [told(SESSION, after)]).session.commands).toEqual(after.session.commands);
    expect(afterPlay(after, [told(after.session, EMPTY)]).session.commands).toEqual(NO_COMMANDS);
  });

  it.each(Object.entries(OUTPUT))('of the output: %s', (field, value) => {
    const after = withSession({ output: { ...NO_OUTPUT, [field]: value } });
    expect(afterPlay(EMPTY, [told(SESSION, after)]).session.output).toEqual(after.session.output);
    expect(afterPlay(after, [told(after.session, EMPTY)]).session.output).toEqual(NO_OUTPUT);
  });

  it.each(Object.entries(OTHERS))('of the session: %s', (field, value) => {
    const after = withSession({ [field]: value });
    expect(isPlay(SESSION, after.session)).toBe(true);
    expect(afterPlay(EMPTY, [told(SESSION, after)]).session).toEqual(after.session);
    expect(afterPlay(after, [told(after.session, EMPTY)]).session).toEqual(SESSION);
  });

  it('and leaves all others to the rows', () => {
    expect(Object.keys(COMMANDS)).toEqual(Object.keys(draftCommands(NO_COMMANDS)));
    expect(Object.keys(OUTPUT)).toEqual(Object.keys(draftOutput(NO_OUTPUT)));
    const play = ['id', 'commands', 'output', ...Object.keys(OTHERS)];
    for (const field of Object.keys(draftSession(SESSION)).filter((each) => !play.includes(each))) {
      expect(isPlay(SESSION, { ...SESSION, [field]: { changed: true } }), field).toBe(false);
    }
  });
});

it('tells data that is null from none', () => {
  const none = afterPlay(withSession({ data: 1 }), [told(withSession({ data: 1 }).session, EMPTY)]);
  expect(none.session.data).toBeUndefined();
  expect(afterPlay(EMPTY, [told(SESSION, withSession({ data: null }))]).session.data).toBeNull();
});

it('tells entries of all kinds, and only those that are new', () => {
  const commands: CommandEntry[] = [
    { seq: 1, at: 1.5, kind: 'text', text: 'łook' },
    { seq: 2, at: 2, kind: 'private', sealed: 's' },
    { seq: 3, at: 3, kind: 'gmcp', package: 'A', data: { b: null } },
    { seq: 4, at: 4, kind: 'passing' },
    { seq: 5, at: 5, kind: 'refused', through: 7 },
  ];
  const output: OutputEntry[] = [
    { offset: 1, at: 1, kind: 'text', text: 'A room.\n' },
    { offset: 2, at: 2, kind: 'text', text: '> ', prompt: true },
    { offset: 3, at: 3, kind: 'echo', on: false },
    { offset: 4, at: 4, kind: 'gmcp', package: 'A', passing: true },
    { offset: 5, at: 5, kind: 'dropped', seq: 1, through: 2, reason: 'failed' },
    { offset: 6, at: 6, kind: 'gap', reason: 'oversize', bytes: 9 },
  ];
  const heads = {
    commands: { ...NO_COMMANDS, accepted: 7 },
    output: { ...NO_OUTPUT, end: 6, entries: 6 },
  };
  const after = { ...withSession(heads), commands, output };
  expect(afterPlay(EMPTY, [told(SESSION, after)])).toEqual(after);
  const before = { ...SESSION, commands: { ...NO_COMMANDS, accepted: 6 }, output: { ...NO_OUTPUT, end: 5 } };
  const { commands: newCommands, output: newOutput } = told(before, after);
  // A run of refusals that grew is told again.
  expect(newCommands).toEqual(commands.slice(4));
  expect(newOutput).toEqual(output.slice(5));
});
