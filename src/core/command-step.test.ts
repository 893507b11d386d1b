import { describe, expect, it } from 'vitest';
import type { CommandEntry, CommandsHead } from './command-log.ts';
import { nextCommandStep, type CommandStep } from './command-step.ts';
import { DEFAULT_LIMITS as LIMITS } from './limits.ts';
import { newSession, type Presence, type WorldState } from './session.ts';

const NOW = 1_000_000;
const TEXT: CommandEntry = { seq: 1, at: NOW, kind: 'text', text: 'look' };
const SECRET: CommandEntry = { seq: 1, at: NOW, kind: 'private', sealed: 'AAAA' };
const REFUSED: CommandEntry = { seq: 1, at: NOW, kind: 'refused', through: 5 };
const AWAY = { attached: false, ready: false };

describe('the next command', () => {
  it('is waited for when there is none', () => {
    expect(step([])).toEqual({ kind: 'wait' });
  });

  it('is handed on while somebody is attached and ready', () => {
    expect(step([TEXT])).toEqual({ kind: 'hand', entry: TEXT });
    expect(step([TEXT], { presence: AWAY })).toEqual({ kind: 'wait' });
    expect(step([TEXT], { presence: { attached: true, ready: false } })).toEqual({ kind: 'wait' });
  });

  it('waits for a world that is down', () => {
    expect(step([TEXT], { worldState: 'down' })).toEqual({ kind: 'wait' });
    expect(step([TEXT], { worldState: 'login' })).toEqual({ kind: 'hand', entry: TEXT });
  });

  it('is the first that is not taken', () => {
    const next = { ...TEXT, seq: 2 };
    expect(step([TEXT, next], { commands: { taken: 1 } })).toEqual({ kind: 'hand', entry: next });
  });

  it('passes when it belonged to a connection, also when nobody is there', () => {
    expect(step([{ seq: 1, at: NOW, kind: 'passing' }], { presence: AWAY })).toEqual({
      kind: 'pass',
      seq: 1,
    });
  });

  it('drops a run of refusals at once, or the rest of it', () => {
    const refused = { kind: 'drop', reason: 'refused', seq: 1, through: 5 };
    expect(step([REFUSED], { presence: AWAY })).toEqual(refused);
    expect(step([REFUSED], { commands: { told: 5 } })).toEqual({ kind: 'pass', seq: 5 });
    expect(step([REFUSED], { commands: { taken: 3 } })).toEqual({ ...refused, seq: 4 });
  });

  it('drops private input that would have to wait for its player', () => {
    expect(step([SECRET])).toEqual({ kind: 'hand', entry: SECRET });
    expect(step([SECRET], { presence: AWAY })).toMatchObject({ kind: 'drop', reason: 'private' });
    expect(step([SECRET], { commands: held('all') })).toMatchObject({ kind: 'drop', reason: 'private' });
  });

  it('runs, skips or waits, by the choice of who came back', () => {
    expect(step([TEXT], { commands: held('all') })).toEqual({ kind: 'hand', entry: TEXT });
    expect(step([TEXT], { commands: held({ seqs: [1] }) })).toEqual({ kind: 'hand', entry: TEXT });
    expect(step([TEXT], { commands: held({ seqs: [2] }) })).toMatchObject({
      kind: 'drop',
      reason: 'skipped',
    });
    expect(step([TEXT], { commands: held('none') })).toMatchObject({ kind: 'drop', reason: 'skipped' });
    const until = NOW + LIMITS.heldCommandTtlMs;
    expect(step([TEXT], { commands: held('undecided') })).toEqual({ kind: 'wait', until });
  });

  it('skips nothing before its player is ready', () => {
    const presence = { attached: true, ready: false };
    expect(step([TEXT], { commands: held('none'), presence })).toEqual({ kind: 'wait' });
  });

  it('expires when nobody decided in time, and only then', () => {
    const since = NOW - LIMITS.heldCommandTtlMs;
    for (const presence of [AWAY, {}]) {
      const expired = step([TEXT], { commands: held('undecided', since), presence });
      expect(expired).toMatchObject({ kind: 'drop', reason: 'expired' });
      const waits = step([TEXT], { commands: held('undecided', since + 1), presence });
      expect(waits).toEqual({ kind: 'wait', until: NOW + 1 });
    }
    expect(step([TEXT], { commands: held('all', since) })).toEqual({ kind: 'hand', entry: TEXT });
  });

  it('is dropped with a word of its own, also where the player was told of refusals behind it', () => {
    const since = NOW - LIMITS.heldCommandTtlMs;
    const commands = { ...held('undecided', since), told: 5 };
    expect(step([TEXT, { ...REFUSED, seq: 2 }], { commands })).toMatchObject({
      kind: 'drop',
      reason: 'expired',
    });
  });

  it('is not held when it is newer than what was', () => {
    const fresh = { ...TEXT, seq: 9 };
    expect(step([fresh], { commands: held('none') })).toEqual({ kind: 'hand', entry: fresh });
  });
});

function held(choice: NonNullable<CommandsHead['held']>['choice'], since = NOW): Partial<CommandsHead> {
  return { held: { through: 3, since, choice } };
}

function step(
  entries: readonly CommandEntry[],
  changes: {
    commands?: Partial<CommandsHead>;
    presence?: Partial<Presence>;
    worldState?: WorldState;
  } = {},
): CommandStep {
  const session = newSession('id', 'world', 60_000, NOW, true);
  const changed = {
    ...session,
    worldState: changes.worldState ?? 'up',
    commands: { ...session.commands, accepted: 9, ...changes.commands },
    presence: { ...session.presence, ...changes.presence },
  };
  return nextCommandStep({ session: changed, commands: entries }, NOW, LIMITS);
}
