import { expect, it } from 'vitest';
import { DEFAULT_LIMITS as LIMITS } from './limits.ts';
import type { Commit } from './operation.ts';
import { newSession, type Session, type StoredSession } from './session.ts';
import { commit } from './world-operations.ts';

const NOW = 1_000_000;
const TEXT = { kind: 'text', text: 'hello' } as const;

it('tells of a crash also when a process that wrote nothing ended in good order meanwhile', () => {
  const crashed = after(newSession('id', 'world', 60_000, NOW, false), { epoch: 'first', output: [TEXT] });
  const quiet = after(crashed, { epoch: 'second', settled: true });
  const { output = [] } = write(quiet, { epoch: 'third', output: [TEXT] });
  expect(output.map(({ kind }) => kind)).toEqual(['gap', 'text']);
});

it('tells of no crash after a writer that ended its own run', () => {
  const ended = after(newSession('id', 'world', 60_000, NOW, false), {
    epoch: 'first',
    output: [TEXT],
    settled: true,
  });
  const { output = [] } = write(ended, { epoch: 'second', output: [TEXT] });
  expect(output.map(({ kind }) => kind)).toEqual(['text']);
});

it('writes what is for the moment only while somebody is attached', () => {
  const sound = { kind: 'gmcp', package: 'Client.Media.Play', passing: true } as const;
  const there = newSession('id', 'world', 60_000, NOW, true);
  const away = newSession('id', 'world', 60_000, NOW, false);
  const facts = { epoch: 'first', output: [sound, TEXT] };
  expect(write(there, facts).output).toMatchObject([sound, TEXT]);
  expect(write(away, facts).output).toMatchObject([TEXT]);
});

type Facts = Omit<Commit, 'kind' | 'lease'>;

function after(session: Session, facts: Facts): Session {
  return write(session, facts).session ?? session;
}

function write(session: Session, facts: Facts): ReturnType<typeof commit> {
  const stored: StoredSession = { session, commands: [], output: [] };
  return commit(stored, { kind: 'commit', lease: 1, ...facts }, NOW, LIMITS);
}
