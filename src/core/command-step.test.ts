import { describe, expect, it } from 'vitest';
import type { CommandEntry, CommandsHead, HeldCommands } from './command-log.ts';
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
    const commands = held({ decided: true });
    expect(step([SECRET], { commands })).toMatchObject({ kind: 'drop', reason: 'private' });
  });

  it('runs, skips or waits, by the choice of who came back', () => {
    expect(step([TEXT], { commands: held({ decided: true }) })).toEqual({ kind: 'hand', entry: TEXT });
    const others = held({ decided: true, skipped: [2] });
    expect(step([TEXT], { commands: others })).toEqual({ kind: 'hand', entry: TEXT });
    const skips = held({ decided: true, skipped: [1] });
    expect(step([TEXT], { commands: skips })).toMatchObject({ kind: 'drop', reason: 'skipped' });
    const until = NOW + LIMITS.heldCommandTtlMs;
    expect(step([TEXT], { commands: held() })).toEqual({ kind: 'wait', until });
  });

  it('is skipped once its player wanted that, whatever came in between', () => {
    const later = held({ skipped: [1], since: NOW - LIMITS.heldCommandTtlMs });
    for (const presence of [AWAY, { attached: true, ready: false }, {}]) {
      for (const commands of [held({ skipped: [1] }), later]) {
        expect(step([TEXT], { commands, presence })).toMatchObject({ kind: 'drop', reason: 'skipped' });
      }
    }
  });

  it('expires when nobody decided in time, and only then', () => {
    const since = NOW - LIMITS.heldCommandTtlMs;
    for (const presence of [AWAY, {}]) {
      const expired = step([TEXT], { commands: held({ since }), presence });
      expect(expired).toMatchObject({ kind: 'drop', reason: 'expired' });
      const waits = step([TEXT], { commands: held({ since: since + 1 }), presence });
      expect(waits).toEqual({ kind: 'wait', until: NOW + 1 });
    }
    expect(step([TEXT], { commands: held({ decided: true, since }) })).toEqual({ kind: 'hand', entry: TEXT });
  });

  it('is dropped with a word of its own, also where the player was told of refusals behind it', () => {
    const since = NOW - LIMITS.heldCommandTtlMs;
    const commands = { ...held({ since }), told: 5 };
    expect(step([TEXT, { ...REFUSED, seq: 2 }], { commands })).toMatchObject({
      kind: 'drop',
      reason: 'expired',
    });
  });

  it('is not held when it is newer than what was', () => {
    const fresh = { ...TEXT, seq: 9 };
    expect(step([fresh], { commands: held() })).toEqual({ kind: 'hand', entry: fresh });
  });
});

function held(changes: Partial<HeldCommands> = {}): Partial<CommandsHead> {
  return { held: { through: 3, since: NOW, decided: false, skipped: [], ...changes } };
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
