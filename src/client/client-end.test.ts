import { describe, expect, it } from 'vitest';
import type { Limits, ResumedFrame, ServerFrame } from '../protocol/index.ts';
import { ClientEnd, type ClientEffect, type ClientEvent, type Kept } from './client-end.ts';
import type { OutboxLimits } from './outbox.ts';

const LIMITS: Limits = {
  frame_bytes: 200,
  command_bytes: 20,
  queue_commands: 100,
  window_bytes: 4000,
  window_entries: 40,
  ping_ms: 30_000,
};
const SITUATION = { state: 'playing', world: 'up', echo: true } as const;
const TOKEN = { id: 't2', expires_at: '2026-12-18T20:00:00.000Z', value: 'token-2' } as const;

/** A client whose time is told by the test, and whose backoff takes half of what it may. */
class Client {
  readonly end: ClientEnd;
  now = 0;

  constructor(kept: Kept = {}, queue?: OutboxLimits) {
    this.end = new ClientEnd({ heldCommands: 'run', random: () => 0.5, ...(queue && { queue }) }, 0);
    this.does({ kind: 'start', kept });
  }

  static open(kept?: Kept, queue?: OutboxLimits): Client {
    const client = new Client(kept, queue);
    client.opens();
    return client;
  }

  does(event: ClientEvent): ClientEffect[] {
    return this.end.receive(event, this.now);
  }

  hears(frame: ServerFrame): ClientEffect[] {
    return this.does({ kind: 'frame', frame });
  }

  opens(): ClientEffect[] {
    this.does({ kind: 'connected' });
    const { token } = this.end.kept;
    if (token === undefined)
      return this.hears({ type: 'welcome', session: 's', limits: LIMITS, ...SITUATION });
    return this.hears(resumed({}));
  }

  /** Loses the connection; returns how long it waits. */
  loses(closeCode = 1006): number {
    this.does({ kind: 'disconnected', closeCode });
    return this.end.nextDeadline - this.now;
  }

  /** Lets time pass until something is due. */
  waits(): ClientEffect[] {
    this.now = this.end.nextDeadline;
    return this.does({ kind: 'deadline' });
  }

  sends(id: number, text: string): ClientEffect[] {
    return this.does({ kind: 'send', id, input: { type: 'command', text } });
  }
}

function resumed(more: Partial<ResumedFrame>): ResumedFrame {
  return {
    type: 'resumed',
    session: 's',
    limits: LIMITS,
    ...SITUATION,
    token: TOKEN,
    accepted: 0,
    own: 0,
    output: { from: 1, to: 0 },
    held: [],
    away_ms: 1000,
    ...more,
  };
}

const said = (effects: readonly ClientEffect[]): unknown[] =>
  effects.flatMap((effect) => (effect.kind === 'say' ? [effect.frame] : []));

const settled = (effects: readonly ClientEffect[]): unknown[] =>
  effects.flatMap((effect) => (effect.kind === 'settle' ? [[effect.id, effect.fate.kind]] : []));

describe('coming back', () => {
  it('is immediate the first time, then waits at random up to a time that doubles, up to 15 s', () => {
    const client = Client.open();
    const waits = Array.from({ length: 8 }, () => {
      const wait = client.loses();
      client.waits();
      return wait;
    });
    expect(waits).toEqual([0, 250, 500, 1000, 2000, 4000, 7500, 7500]);
    client.opens();
    client.now += 10_000;
    expect(client.loses()).toBe(0);
  });

  it('waits for longer each time also when each connection dies soon after it was made', () => {
    const client = Client.open({ token: 'token-1' });
    const waits = Array.from({ length: 4 }, () => {
      client.now += 9999;
      const wait = client.loses();
      client.waits();
      client.opens();
      return wait;
    });
    expect(waits).toEqual([0, 250, 500, 1000]);
    client.now += 10_000;
    expect(client.loses()).toBe(0);
    // An attempt that never came to a connection is none that held.
    client.waits();
    client.now += 10_000;
    expect(client.loses()).toBe(250);
  });

  it('with a token from another device that is refused goes on with what was kept', () => {
    const end = new ClientEnd({ heldCommands: 'run', random: () => 0.5, token: 'mistyped' }, 0);
    end.receive({ kind: 'start', kept: { token: 'token-1', epoch: 'e', offset: 5 } }, 0);
    expect(said(end.receive({ kind: 'connected' }, 0))).toEqual([
      { type: 'hello', resume: { token: 'mistyped', commands: 'run' } },
    ]);
    const refused = { type: 'error', code: 'token_refused', message: '', retry: 'fresh' } as const;
    const effects = end.receive({ kind: 'frame', frame: refused }, 0);
    expect(effects.map(({ kind }) => kind)).toEqual(['show', 'hang_up']);
    end.receive({ kind: 'disconnected', closeCode: 1006 }, 0);
    expect(end.receive({ kind: 'deadline' }, 0)).toEqual([{ kind: 'dial' }]);
    expect(said(end.receive({ kind: 'connected' }, 0))).toEqual([
      { type: 'hello', resume: { token: 'token-1', epoch: 'e', offset: 5, commands: 'run' } },
    ]);
  });

  it('is not before the gateway wants it, whatever wakes the client meanwhile, unless the player asks', () => {
    const client = new Client({ token: 'token-1' });
    client.does({ kind: 'connected' });
    const later = {
      type: 'error',
      code: 'draining',
      message: '',
      retry: 'later',
      retry_after_ms: 5000,
    } as const;
    expect(client.hears(later).at(-1)).toEqual({ kind: 'hang_up' });
    expect(client.loses(1006)).toBe(5000);
    expect(client.end.status).toEqual({ kind: 'waiting', retryAt: 5000, reason: 'draining' });
    expect(client.does({ kind: 'wake' })).toEqual([]);
    expect(client.does({ kind: 'start' })).toEqual([{ kind: 'dial' }]);
  });

  it.each([
    [1006, 'waiting'],
    [4100, 'waiting'],
    [1008, 'closed'],
    [4501, 'closed'],
    [4700, 'closed'],
  ])('is decided by the close code %i where nothing was said: %s', (closeCode, kind) => {
    const client = Client.open();
    client.loses(closeCode);
    expect(client.end.status).toMatchObject({ kind });
  });

  it('keeps the token after a takeover, and discards it after "fresh"', () => {
    const taken = Client.open({ token: 'token-1' });
    taken.hears({ type: 'bye', reason: 'taken_over', resume: false });
    taken.loses(4501);
    expect(taken.end.status).toEqual({ kind: 'closed', reason: 'taken_over', canResume: true });
    const refused = new Client({ token: 'token-1' });
    refused.does({ kind: 'connected' });
    const effects = refused.hears({ type: 'error', code: 'token_refused', message: '', retry: 'fresh' });
    expect(effects).toContainEqual({ kind: 'keep', kept: {} });
    refused.loses(4600);
    expect(refused.end.status).toEqual({ kind: 'closed', reason: 'token_refused', canResume: false });
    expect(refused.does({ kind: 'start' })).toEqual([{ kind: 'dial' }]);
  });

  it('gives up a connection on which the gateway never answers, and dials again', () => {
    const client = new Client();
    client.now = 100;
    client.does({ kind: 'connected' });
    expect(client.end.nextDeadline).toBe(20_000);
    expect(client.waits()).toEqual([{ kind: 'hang_up' }]);
    expect(client.loses()).toBe(0);
    expect(client.waits()).toEqual([{ kind: 'dial' }]);
  });
});

describe('a takeover', () => {
  /** A client that gave up an attempt whose hello was said, and came back with another one. */
  function afterAnAttempt(): Client {
    const client = new Client({ token: 'token-1' });
    client.does({ kind: 'connected' });
    client.loses();
    client.waits();
    client.opens();
    return client;
  }

  it('within 10 s of an attempt that the client abandoned is by its own ghost: it resumes, once', () => {
    const client = afterAnAttempt();
    client.now += 9000;
    client.hears({ type: 'bye', reason: 'taken_over', resume: false });
    client.loses(4501);
    expect(client.end.status).toMatchObject({ kind: 'waiting' });
    client.waits();
    client.opens();
    client.hears({ type: 'bye', reason: 'taken_over', resume: false });
    client.loses(4501);
    expect(client.end.status).toMatchObject({ kind: 'closed', canResume: true });
  });

  it('later than that, or without such an attempt, is by somebody else', () => {
    const late = afterAnAttempt();
    late.now += 10_001;
    for (const client of [late, Client.open({ token: 'token-1' })]) {
      client.hears({ type: 'bye', reason: 'taken_over', resume: false });
      client.loses(4501);
      expect(client.end.status).toMatchObject({ kind: 'closed', reason: 'taken_over' });
    }
  });
});

describe('a connection that may be dead', () => {
  it('is asked for a sign of life after a silence, and given up without one', () => {
    const client = Client.open();
    expect(client.end.nextDeadline).toBe(30_000);
    expect(said(client.waits())).toEqual([{ type: 'ping' }]);
    expect(client.waits()).toEqual([{ kind: 'hang_up' }]);
    expect(client.now).toBe(45_000);
  });

  it('has 5 s to answer when the page wakes, also one that is still being made', () => {
    const open = Client.open();
    expect(said(open.does({ kind: 'wake' }))).toEqual([{ type: 'ping' }]);
    expect(open.end.nextDeadline).toBe(5000);
    open.hears({ type: 'pong' });
    expect(open.end.nextDeadline).toBe(30_000);
    const dialing = new Client();
    dialing.does({ kind: 'wake' });
    expect(dialing.end.nextDeadline).toBe(5000);
    expect(dialing.waits()).toEqual([{ kind: 'hang_up' }]);
  });

  it('is not waited for any longer when the page wakes while there is none', () => {
    const client = Client.open();
    client.loses();
    client.waits();
    client.loses();
    expect(client.does({ kind: 'wake' })).toEqual([{ kind: 'dial' }]);
  });
});

describe('what was received', () => {
  const output = (offset: number): ServerFrame => ({ type: 'output', offset, text: 'x'.repeat(10) });

  it('is acknowledged in batches: after a moment, or when a quarter of a window has come', () => {
    const client = Client.open();
    expect(said(client.hears(output(1)))).toEqual([]);
    expect(said(client.hears(output(2)))).toEqual([]);
    expect(said(client.waits())).toEqual([{ type: 'ack', offset: 2 }]);
    expect(client.now).toBe(200);
    const acks = Array.from({ length: 25 }, (_, i) => said(client.hears(output(i + 3))));
    expect(acks.flat()).toEqual([
      { type: 'ack', offset: 12 },
      { type: 'ack', offset: 22 },
    ]);
  });

  it('is acknowledged at once when the page may be frozen', () => {
    const client = Client.open();
    client.hears(output(1));
    expect(said(client.does({ kind: 'rest' }))).toEqual([{ type: 'ack', offset: 1 }]);
  });

  it('is kept before it is acknowledged, and a token before it is confirmed', () => {
    const client = Client.open();
    const kinds = client.hears({ type: 'token', ...TOKEN }).map(({ kind }) => kind);
    expect(kinds).toEqual(['keep', 'say']);
    expect(client.hears(output(1)).map(({ kind }) => kind)).toEqual(['show', 'keep']);
  });
});

describe('the size of the window', () => {
  const window = { type: 'window', columns: 50, rows: 20 } as const;

  it('that changes while the gateway has our hello, with the size before, is told after its answer', () => {
    const client = new Client({ token: 'token-1' });
    client.does({ kind: 'connected' });
    expect(client.does({ kind: 'ask', frame: window })).toEqual([]);
    expect(said(client.hears(resumed({})))).toEqual([{ type: 'stored', id: 't2' }, window]);
  });

  it('is in the next hello, when it changes while there is no connection', () => {
    const client = new Client();
    client.does({ kind: 'ask', frame: window });
    expect(said(client.opens())).toEqual([]);
    client.does({ kind: 'ask', frame: { ...window, rows: 30 } });
    client.loses();
    client.waits();
    expect(said(client.opens())).toEqual([]);
  });
});

describe('a command', () => {
  it('waits while there is no connection, up to a limit of commands and of bytes', () => {
    const client = new Client({}, { commands: 2, bytes: 100 });
    expect(
      settled([...client.sends(1, 'one'), ...client.sends(2, 'two'), ...client.sends(3, 'three')]),
    ).toEqual([[3, 'queue_full']]);
    expect(said(client.opens())).toEqual([
      { type: 'command', text: 'one', seq: 1 },
      { type: 'command', text: 'two', seq: 2 },
    ]);
    const bytes = new Client({}, { commands: 100, bytes: 100 });
    expect(settled([...bytes.sends(1, 'x'.repeat(50)), ...bytes.sends(2, 'x'.repeat(50))])).toEqual([
      [2, 'queue_full'],
    ]);
  });

  it('that would cost the connection is not sent, and those behind it are', () => {
    const client = new Client();
    client.sends(1, 'two\nlines');
    client.sends(2, 'longer than twenty bytes');
    client.does({ kind: 'send', id: 3, input: { type: 'gmcp', package: 'no package' } });
    client.does({ kind: 'send', id: 4, input: { type: 'gmcp', package: 'A', data: 'x'.repeat(200) } });
    // From JavaScript, which has no types.
    const nothing: { text: string; package: string } = JSON.parse('{}');
    client.sends(5, nothing.text);
    client.does({ kind: 'send', id: 6, input: { type: 'gmcp', package: nothing.package } });
    client.sends(7, 'look');
    const effects = client.opens();
    expect(settled(effects)).toEqual([1, 2, 3, 4, 5, 6].map((id) => [id, 'invalid']));
    expect(said(effects)).toEqual([{ type: 'command', text: 'look', seq: 1 }]);
  });

  it('that has the type of JSON and is none is not taken', () => {
    const circle: { self?: never } = {};
    Object.assign(circle, { self: circle });
    const client = Client.open();
    const effects = client.does({ kind: 'send', id: 1, input: { type: 'gmcp', package: 'A', data: circle } });
    expect(settled(effects)).toEqual([[1, 'invalid']]);
    expect(client.end.outstanding).toBe(0);
  });

  it('that arrived before a return is settled when what was missed has been told, and others are sent again', () => {
    const client = Client.open({ token: 'token-1' });
    client.sends(1, 'one');
    client.sends(2, 'two');
    client.loses();
    client.waits();
    client.does({ kind: 'connected' });
    const back = client.hears(resumed({ accepted: 1, own: 1, output: { from: 1, to: 1 } }));
    expect(settled(back)).toEqual([]);
    expect(said(back)).toEqual([
      { type: 'stored', id: 't2' },
      { type: 'command', text: 'two', seq: 2 },
    ]);
    client.hears({ type: 'output', offset: 1, text: 'You did one.' });
    const done = client.hears({ type: 'caught_up', offset: 1 });
    expect(settled(done)).toEqual([[1, 'accepted']]);
    expect(done.at(-1)).toMatchObject({ kind: 'show', frame: { type: 'caught_up' } });
    expect(settled(client.hears({ type: 'accepted', seq: 2 }))).toEqual([[2, 'accepted']]);
  });

  it('is lost, or its fate unknown, when the session ends before it was accepted', () => {
    const client = Client.open();
    client.sends(1, 'sent');
    client.loses();
    client.sends(2, 'not sent');
    expect(settled(client.does({ kind: 'leave', reason: 'left' }))).toEqual([
      [1, 'unknown'],
      [2, 'lost'],
    ]);
    expect(client.does({ kind: 'wake' })).toEqual([]);
  });
});

describe('while what is kept is read again, after the end', () => {
  function again(): Client {
    const client = Client.open({ token: 'token-1' });
    client.does({ kind: 'leave', reason: 'another_tab' });
    client.does({ kind: 'expect' });
    expect(client.end.status).toEqual({ kind: 'connecting' });
    return client;
  }

  it('what is sent waits', () => {
    const client = again();
    client.sends(1, 'early');
    expect(client.does({ kind: 'start' })).toContainEqual({ kind: 'dial' });
    expect(JSON.stringify(client.opens())).toContain('early');
  });

  it('what was sent is lost when the client goes after all', () => {
    const client = again();
    client.sends(1, 'early');
    expect(settled(client.does({ kind: 'leave', reason: 'left' }))).toEqual([[1, 'lost']]);
  });

  it('quitting waits for a connection', () => {
    const client = again();
    expect(client.does({ kind: 'quit' })).toEqual([]);
    client.does({ kind: 'start' });
    expect(said(client.opens()).at(-1)).toEqual({ type: 'quit' });
  });
});

describe('quitting', () => {
  it('waits for a connection where there is a session to end', () => {
    const client = Client.open({ token: 'token-1' });
    client.loses();
    expect(client.does({ kind: 'quit' })).toEqual([{ kind: 'dial' }]);
    expect(said(client.opens()).at(-1)).toEqual({ type: 'quit' });
    expect(client.hears({ type: 'bye', reason: 'quit', resume: false })).toContainEqual({
      kind: 'keep',
      kept: {},
    });
    client.loses(4500);
    expect(client.end.status).toEqual({ kind: 'closed', reason: 'quit', canResume: false });
  });

  it('before it is known what is kept waits until it is', () => {
    const quit = (kept: Kept): ClientEffect[] => {
      const end = new ClientEnd({ heldCommands: 'run', random: () => 0.5 }, 0);
      expect(end.receive({ kind: 'quit' }, 0)).toEqual([]);
      return end.receive({ kind: 'start', kept }, 0);
    };
    expect(quit({ token: 'token-1' })).toEqual([{ kind: 'dial' }]);
    expect(quit({}).at(-1)).toEqual({ kind: 'over', reason: 'quit' });
  });

  it('is over at once where there is none yet', () => {
    const client = new Client();
    expect(client.does({ kind: 'quit' }).at(-1)).toEqual({ kind: 'over', reason: 'quit' });
  });
});
