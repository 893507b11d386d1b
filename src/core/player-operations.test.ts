import { describe, expect, it } from 'vitest';
import { applied } from '../../test/support/arbitrary-operations.ts';
import type { HeldChoice } from './command-log.ts';
import { nextCommandStep } from './command-step.ts';
import { DEFAULT_LIMITS as LIMITS } from './limits.ts';
import type { Operation } from './operation.ts';
import { newSession, stateOf, type StoredSession } from './session.ts';
import { transition } from './transition.ts';

const WINDOW_MS = 600_000;
const PLAYS: Operation = { kind: 'commit', lease: 1, epoch: 'e', stage: 'playing' };
const ISSUES: Operation = { kind: 'issue', chain: 'c', hash: 'first', attachment: 1 };
const DETACHES: Operation = { kind: 'detach' };
const RUNS = attach('run');

/** A session that is played with, at a time of its own. */
class Play {
  now = 1_000_000;
  stored: StoredSession = {
    session: newSession('id', 'world', WINDOW_MS, this.now, true),
    commands: [],
    output: [],
  };

  do(...operations: Operation[]): this {
    for (const operation of operations) {
      this.stored = applied(this.stored, transition(this.stored, operation, this.now, LIMITS));
    }
    return this;
  }

  wait(ms: number): this {
    this.now += ms;
    return this;
  }

  get step(): string {
    const step = nextCommandStep(this.stored, this.now, LIMITS);
    if (step.kind === 'hand') return `hand ${step.entry.seq}`;
    return step.kind === 'drop' ? `${step.reason} ${step.seq}` : step.kind;
  }
}

describe('a session', () => {
  it('is in one of five states', () => {
    const play = new Play();
    expect(stateOf(play.stored.session)).toBe('connecting');
    play.do({ kind: 'commit', lease: 1, epoch: 'e', stage: 'authenticating' });
    expect(stateOf(play.stored.session)).toBe('authenticating');
    expect(stateOf(play.do(PLAYS, ISSUES).stored.session)).toBe('playing');
    expect(stateOf(play.do(DETACHES).stored.session)).toBe('disconnected');
    expect(stateOf(play.do(RUNS).stored.session)).toBe('playing');
    expect(stateOf(play.do({ kind: 'close', reason: 'quit' }).stored.session)).toBe('closed');
  });

  it('has no unfinished line any more when its player has typed one', () => {
    const line = (text: string): Operation => {
      return { kind: 'commit', lease: 1, epoch: 'e', output: [{ kind: 'text', text }] };
    };
    const play = new Play().do(PLAYS, line('Name: '));
    play.do({ kind: 'append', attachment: 1, commands: [{ kind: 'gmcp', package: 'Char.Items.Inv' }] });
    expect(play.stored.session.unfinished).toBe('Name: ');
    play.do(say('Ada'), line('Password: '));
    expect(play.stored.session.unfinished).toBe('Password: ');
    play.do({ kind: 'append', attachment: 1, commands: [{ kind: 'private', sealed: '' }] });
    expect(play.stored.session.unfinished).toBeUndefined();
  });

  it('whose time ran out is not brought back by a token or a refresh, before anybody closed it', () => {
    const play = new Play().do(PLAYS, ISSUES, DETACHES).wait(WINDOW_MS);
    const operations: Operation[] = [{ kind: 'issue', chain: 'd', hash: 'other' }, { kind: 'refresh' }, RUNS];
    for (const operation of operations) {
      const { outcome, session } = transition(play.stored, operation, play.now, LIMITS);
      expect({ outcome, session }).toEqual({ outcome: { kind: 'refused', reason: 'expired' } });
    }
  });

  it('gives no token to who is attached by one that was revoked, also before they hear of it', () => {
    const play = new Play().do(PLAYS, ISSUES, { kind: 'revoke' });
    const link: Operation = { kind: 'issue', chain: 'd', hash: 'other', attachment: 1, link: true };
    const { outcome, session } = transition(play.stored, link, play.now, LIMITS);
    expect({ outcome, session }).toEqual({ outcome: { kind: 'refused', reason: 'stale' } });
  });

  it('is not closed by a connection that was taken over', () => {
    const play = new Play().do(PLAYS, ISSUES, RUNS);
    const late = transition(play.stored, { kind: 'close', attachment: 1, reason: 'quit' }, play.now, LIMITS);
    expect(late).toEqual({ outcome: { kind: 'stale' } });
    play.do({ kind: 'close', attachment: 2, reason: 'quit' });
    expect(stateOf(play.stored.session)).toBe('closed');
  });

  it('that was closed has nothing left but its counters', () => {
    const play = new Play().do(PLAYS, ISSUES, say('look'), say('north'));
    play.do({
      kind: 'commit',
      lease: 1,
      epoch: 'e',
      taken: 1,
      data: 1,
      output: [{ kind: 'text', text: 'A room.' }],
    });
    const { session, commands, output } = play.do({ kind: 'close', reason: 'quit' }).stored;
    expect({ commands, output, chains: session.chains, data: session.data }).toEqual({
      commands: [],
      output: [],
      chains: [],
    });
    expect(session).toMatchObject({
      ending: 'quit',
      commands: { accepted: 2, taken: 2 },
      output: { end: 1, bytes: 0 },
    });
  });
});

describe('a command that the world waits for', () => {
  const GOES_DOWN: Operation = { kind: 'commit', lease: 1, epoch: 'e', worldState: 'down' };
  const LOOK = { seq: 1, at: 1_000_000, kind: 'text', text: 'look' };

  it('is taken in the step that accepts it', () => {
    const { stored, now } = new Play().do(PLAYS, ISSUES);
    const change = transition(stored, wanted('look'), now, LIMITS);
    expect(change.outcome).toEqual({ kind: 'accepted', accepted: 1, refused: [], taken: LOOK });
    const { session, commands } = applied(stored, change);
    expect(commands).toEqual([]);
    expect(session.commands).toMatchObject({ accepted: 1, taken: 1, sent: 0, own: [{ through: 1 }] });
  });

  it('is the first of several, and the others wait', () => {
    const play = new Play().do(PLAYS, ISSUES);
    expect(transition(play.stored, wanted('look', 'north'), play.now, LIMITS).outcome).toMatchObject({
      accepted: 2,
      taken: LOOK,
    });
    expect(play.do(wanted('look', 'north')).step).toBe('hand 2');
  });

  it.each([
    ['other commands are ahead of it', [PLAYS, ISSUES, say('north')]],
    ['the world is down', [PLAYS, ISSUES, GOES_DOWN]],
    ['its player has not stored the new token yet', [PLAYS, ISSUES, attach('run', { confirms: true })]],
    ['another world has the session', [{ ...PLAYS, lease: 2 }, ISSUES]],
  ] as const)('waits where %s', (_, operations) => {
    const play = new Play().do(...operations);
    const { attachment } = play.stored.session.presence;
    const append: Operation = { ...wanted('look'), attachment };
    const { outcome } = transition(play.stored, append, play.now, LIMITS);
    expect(outcome).toMatchObject({ kind: 'accepted', taken: undefined });
    expect(play.do(append).stored.session.commands.taken).toBe(0);
    expect(play.stored.commands.at(-1)).toMatchObject({ text: 'look' });
  });

  it('is not taken where its number alone was asked for, or the queue is full', () => {
    const { stored, now } = new Play().do(PLAYS, ISSUES);
    const passing: Operation = { ...wanted(), commands: [{ kind: 'passing' }] };
    const full = { ...LIMITS, queueCommands: 0 };
    for (const [append, limits] of [
      [passing, LIMITS],
      [wanted('look'), full],
    ] as const) {
      expect(transition(stored, append, now, limits).outcome).toMatchObject({
        accepted: 1,
        taken: undefined,
      });
    }
  });
});

describe('held commands', () => {
  it('run when their player is back in time', () => {
    const play = new Play().do(PLAYS, ISSUES, say('look'), DETACHES).wait(LIMITS.heldCommandTtlMs - 1);
    expect(play.step).toBe('wait');
    expect(play.do(RUNS).wait(100_000).step).toBe('hand 1');
  });

  it('do not run when their player comes too late, even if nobody dropped them meanwhile', () => {
    for (const wish of ['run', 'skip', 'ask'] as const) {
      const play = new Play().do(PLAYS, ISSUES, say('look'), DETACHES).wait(LIMITS.heldCommandTtlMs);
      play.do(attach(wish));
      expect(play.step).toBe('expired 1');
      play.do({ kind: 'decide', attachment: 2, choice: 'all' });
      expect(play.step).toBe('expired 1');
    }
  });

  it('are held anew at the next detach, if they were to run', () => {
    const play = new Play().do(PLAYS, ISSUES, say('look'), DETACHES).wait(50_000).do(RUNS);
    play.wait(50_000).do(DETACHES);
    expect(play.step).toBe('wait');
    expect(play.wait(LIMITS.heldCommandTtlMs).step).toBe('expired 1');
  });

  it('wait on when their player leaves again without a decision', () => {
    const play = new Play().do(PLAYS, ISSUES, say('look'), DETACHES).wait(50_000).do(attach('ask'), DETACHES);
    expect(play.wait(10_000).step).toBe('expired 1');
  });
});

describe('held commands that their player skipped', () => {
  const IN_HAND: Operation = { kind: 'commit', lease: 1, epoch: 'e', handed: 1 };
  const IS_DONE: Operation = { kind: 'commit', lease: 1, epoch: 'e', taken: 1 };

  /** A slow command is in hand, with two behind it, and their player is back after a drop. */
  function returned(): Play {
    return new Play().do(PLAYS, ISSUES, say('wait 30'), say('north'), say('kill rat'), IN_HAND).do(DETACHES);
  }

  function decide(attachment: number, choice: HeldChoice): Operation {
    return { kind: 'decide', attachment, choice };
  }

  /** What becomes of them when the slow one is done at last. */
  function fates(play: Play): string[] {
    play.do(IS_DONE);
    return [2, 3].map((taken) => {
      const { step } = play;
      play.do({ kind: 'commit', lease: 1, epoch: 'e', taken });
      return step;
    });
  }

  it.each([
    ['leaves again', [attach('run')]],
    ['leaves again, and asks', [attach('ask'), decide(3, 'all')]],
    ['chooses anew', [decide(2, 'all')]],
    ['is taken over', [attach('ask', { confirms: true }), { kind: 'confirm', tokenId: 'second' }]],
  ] satisfies [string, Operation[]][])('do not run where their player %s', (how, operations) => {
    for (const skips of [
      [attach('skip')],
      [attach('ask'), decide(2, 'none')],
      [attach('ask'), decide(2, { seqs: [] })],
    ]) {
      const play = returned().do(...skips);
      if (how.startsWith('leaves')) play.do(DETACHES).wait(1000);
      expect(fates(play.do(...operations))).toEqual(['skipped 2', 'skipped 3']);
    }
  });

  it('are not shown as held again, and the others are', () => {
    const play = returned().do(attach('ask'), decide(2, { seqs: [3] }));
    play.do({ ...say('south'), attachment: 2 }, DETACHES);
    const { outcome } = transition(play.stored, attach('ask'), play.now, LIMITS);
    expect(outcome).toMatchObject({ kind: 'attached', held: [{ seq: 3 }, { seq: 4 }] });
    expect(fates(play.do(attach('ask'), decide(3, 'all')))).toEqual(['skipped 2', 'hand 3']);
    expect(play.step).toBe('hand 4');
  });

  it('take no time from those that are held later', () => {
    const play = returned().do(attach('ask'), decide(2, 'none'), DETACHES, attach('ask'));
    play.wait(LIMITS.heldCommandTtlMs).do({ ...say('south'), attachment: 3 }, DETACHES);
    expect(fates(play)).toEqual(['skipped 2', 'skipped 3']);
    expect(play.step).toBe('wait');
    expect(play.do(RUNS).step).toBe('hand 4');
  });

  it('are forgotten once they were dropped', () => {
    const play = returned().do(attach('ask'), decide(2, 'none'), IS_DONE);
    play.do({ kind: 'commit', lease: 1, epoch: 'e', taken: 2 }, DETACHES);
    expect(play.stored.session.commands.held?.skipped).toEqual([3]);
    play.do({ kind: 'commit', lease: 1, epoch: 'e', taken: 3 });
    expect(play.stored.session.commands.held).toBeUndefined();
  });
});

describe('a token that is confirmed', () => {
  it('makes nobody ready who is not attached', () => {
    const play = new Play().do(PLAYS, ISSUES, say('look'), attach('run', { confirms: true }), DETACHES);
    play.do({ kind: 'confirm', tokenId: 'second' });
    expect(play.stored.session.presence).toMatchObject({ attached: false, ready: false });
    expect(play.stored.session.chains[0]?.sealed).toBeUndefined();
    expect(play.step).toBe('wait');
  });
});

describe('a token without a connection', () => {
  it('takes the session from a connection, and starts its clock', () => {
    const play = new Play().do(PLAYS, ISSUES, attach('run', { connected: false }));
    expect(play.stored.session.presence).toMatchObject({ attachment: 2, attached: false, ready: false });
    expect(play.stored.session.clock.endsAt).toBe(play.now + WINDOW_MS);
    const late = transition(play.stored, { ...say('look'), attachment: 1 }, play.now, LIMITS);
    expect(late).toEqual({ outcome: { kind: 'stale' } });
  });
});

describe('a token of a second device', () => {
  it('leaves each device with what it sent itself', () => {
    const play = new Play().do(PLAYS, ISSUES, said(1), said(1));
    play.do({ kind: 'issue', chain: 'd', hash: 'other', attachment: 1, link: true });
    const other = {
      ...attach('run'),
      hash: 'other',
      candidate: { hash: 'next', sealed: 'seal', generation: 2 },
    };
    expect(transition(play.stored, other, play.now, LIMITS).outcome).toMatchObject({
      kind: 'attached',
      own: 0,
    });
    play.do(other, said(2));
    expect(transition(play.stored, RUNS, play.now, LIMITS).outcome).toMatchObject({
      kind: 'attached',
      own: 2,
    });
    play.do(RUNS, said(3));
    expect(play.stored.session.commands.own).toEqual([
      { chain: 'd', through: 3 },
      { chain: 'c', through: 4 },
    ]);
  });
});

function said(attachment: number): Operation {
  return { ...say('look'), attachment };
}

function attach(
  wish: 'run' | 'skip' | 'ask',
  options: { confirms?: boolean; connected?: boolean } = {},
): Operation & { kind: 'attach' } {
  const { confirms = false, connected = true } = options;
  const candidate = { hash: 'second', sealed: 'seal', generation: 2 };
  return { kind: 'attach', hash: 'first', candidate, wish, confirms, connected };
}

function say(text: string): Operation & { kind: 'append' } {
  return { kind: 'append', commands: [{ kind: 'text', text }] };
}

/** Asked for by a world's end that waits, with the lease 1. */
function wanted(...texts: string[]): Operation & { kind: 'append' } {
  const commands = texts.map((text) => ({ kind: 'text', text }) as const);
  return { kind: 'append', attachment: 1, commands, lease: 1 };
}
