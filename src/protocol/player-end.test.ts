import { beforeEach, describe, expect, it } from 'vitest';
import {
  newSession,
  NO_OUTPUT,
  outputBytes,
  type Attached,
  type Chain,
  type CommandEntry,
  type Operation,
  type OutputBody,
  type OutputEntry,
  type Session,
} from '../core/index.ts';
import type { ClientFrame, Limits, ServerFrame } from './frames/index.ts';
import { PlayerEnd, type PlayerEndSettings, type PlayerTraits } from './player-end.ts';
import type { PlayerEffect, PlayerEvent } from './player-event.ts';

const NOW = Date.UTC(2026, 10, 1);
const ID = '6b1f4f6e-9d3f-4f43-8c43-0f1c2f6f7d10';
const HASH = '0123456789abcdef'.repeat(4);
/** The name of the token with this hash. */
const TOKEN_ID = '0123456789abcdef';
const CHAIN: Chain = { id: 'c', generation: 1, hashes: [HASH], confirmedAt: NOW, usedAt: NOW };
const GRANT = { id: TOKEN_ID, value: 'token', expiresAt: NOW + 3_600_000 };

const LIMITS: Limits = {
  frame_bytes: 65_536,
  command_bytes: 4096,
  queue_commands: 100,
  window_bytes: 100,
  window_entries: 4,
  ping_ms: 30_000,
};
const SETTINGS: Omit<PlayerEndSettings, 'traits'> = {
  limits: LIMITS,
  enableReconnection: true,
  helloTimeoutMs: 10_000,
  storedTimeoutMs: 10_000,
  loginTimeoutMs: 300_000,
  stallTimeoutMs: 60_000,
};

/** A session in the middle of a game, with this attachment and this output. */
function playing(changes: Partial<Session> = {}): Session {
  const session = newSession(ID, 'demo', 3_600_000, NOW, true);
  return { ...session, stage: 'playing', worldState: 'up', ...changes };
}

/** A `PlayerEnd` before a store that answers its reads at once, as the driver would. */
class Scene {
  readonly player: PlayerEnd;
  readonly frames: ServerFrame[] = [];
  readonly operations: Operation[] = [];
  now = NOW;
  session: Session = playing();
  log: OutputEntry[] = [];

  constructor({ confirms = true, ...settings }: Partial<PlayerEndSettings & PlayerTraits> = {}) {
    this.player = new PlayerEnd({ ...SETTINGS, ...settings }, { confirms }, NOW);
  }

  /** Gives an event, and returns what came of it; reads are answered from the log. */
  give(event: PlayerEvent): PlayerEffect[] {
    const effects = this.player.receive(event, this.now);
    const answers = effects.map((effect) => {
      if (effect.kind === 'send') this.frames.push(effect.frame);
      if (effect.kind === 'apply') this.operations.push(effect.operation);
      return effect.kind === 'read' ? this.give({ kind: 'page', page: this.#page(effect) }) : [];
    });
    return [...effects, ...answers.flat()];
  }

  say(...frames: readonly ClientFrame[]): PlayerEffect[] {
    return frames.flatMap((frame) => this.give({ kind: 'frame', frame }));
  }

  /** A new session is there. */
  open(session: Session = playing({ stage: 'authenticating' })): PlayerEffect[] {
    this.session = session;
    this.say({ type: 'hello' });
    return this.give({ kind: 'opened', session });
  }

  /** The session is resumed from this position; nothing of the log is shown before `change`. */
  resume(
    position: { readonly epoch?: string; readonly offset?: number } = {},
    { held = [], own = 0 }: Partial<Attached> = {},
  ): PlayerEffect[] {
    const { presence } = this.session;
    this.session = { ...this.session, chains: [CHAIN], presence: { ...presence, attachment: 7, chain: 'c' } };
    this.say({ type: 'hello', resume: { token: 'old', ...position } });
    const attached: Attached = {
      kind: 'attached',
      chain: 'c',
      generation: 1,
      sealed: '',
      held,
      own,
      session: this.session,
      takeover: false,
      awayMs: 5000,
    };
    return this.give({ kind: 'resumed', attached, token: GRANT });
  }

  stored(): PlayerEffect[] {
    return this.say({ type: 'stored', id: TOKEN_ID });
  }

  /** The session changed, and is seen to. */
  change(changes: Partial<Session> = {}): PlayerEffect[] {
    this.session = { ...this.session, ...changes };
    const change = { session: this.session, visibleEnd: this.session.output.end };
    const isNothing = this.player.overlooks(change.session, change.visibleEnd);
    const effects = this.give({ kind: 'changed', ...change });
    if (isNothing) expect(effects, 'what is overlooked').toEqual([]);
    return effects;
  }

  /** Writes to the log without telling anybody. */
  write(...bodies: readonly OutputBody[]): this {
    const { output } = this.session;
    const entries = bodies.map((body, index) => ({ offset: output.end + 1 + index, at: NOW, ...body }));
    this.log.push(...entries);
    const epochs = output.epochs.length > 0 ? output.epochs : [{ epoch: 'one', first: 1 }];
    this.session = {
      ...this.session,
      output: { ...output, epochs, end: output.end + bodies.length },
    };
    return this;
  }

  writeLines(...texts: readonly string[]): this {
    return this.write(...texts.map((text) => ({ kind: 'text' as const, text })));
  }

  /** What comes next is of this epoch. */
  begin(epoch: string): this {
    const { output } = this.session;
    const epochs = [...output.epochs, { epoch, first: output.end + 1 }];
    this.session = { ...this.session, output: { ...output, epochs } };
    return this;
  }

  /** These entries are gone. */
  lose(from: number, to: number): this {
    this.log = this.log.filter(({ offset }) => offset < from || offset > to);
    return this;
  }

  acked(acked: number): this {
    this.session = { ...this.session, output: { ...this.session.output, acked } };
    return this.lose(1, acked);
  }

  /** The frames so far, without the greeting, in short. */
  get shown(): string[] {
    return this.frames.filter(({ type }) => type !== 'welcome' && type !== 'resumed').map(inShort);
  }

  get last(): ServerFrame | undefined {
    return this.frames.at(-1);
  }

  #page({ request: { after, limit } }: Extract<PlayerEffect, { kind: 'read' }>) {
    const entries: OutputEntry[] = [];
    let bytes = 0;
    for (const entry of this.log.filter(({ offset }) => offset > after)) {
      bytes += outputBytes(entry);
      if (entries.length > 0 && (bytes > limit.bytes || entries.length >= limit.entries)) break;
      entries.push(entry);
    }
    return { entries, visibleEnd: this.session.output.end };
  }
}

function inShort(frame: ServerFrame): string {
  const epoch = 'epoch' in frame && frame.epoch !== undefined ? ` of ${frame.epoch}` : '';
  switch (frame.type) {
    case 'output':
      return `${frame.offset} ${frame.text}${epoch}`;
    case 'gap':
      return `${frame.from}-${frame.to ?? ''} ${frame.reason}${epoch}`;
    case 'dropped':
      return `${frame.offset} dropped ${frame.seq}-${frame.through ?? frame.seq}`;
    case 'accepted':
      return `accepted ${frame.seq}`;
    case 'caught_up':
      return `caught up at ${frame.offset}`;
    case 'error':
      return `error ${frame.code}`;
    case 'bye':
      return `bye ${frame.reason}`;
    default:
      return frame.type;
  }
}

function kinds(effects: readonly PlayerEffect[]): string[] {
  return effects.map((effect) => (effect.kind === 'apply' ? effect.operation.kind : effect.kind));
}

const command = (seq: number): ClientFrame => ({ type: 'command', seq, text: `command ${seq}` });
const accepted = (through: number, ...refused: readonly number[]): PlayerEvent => ({
  kind: 'appended',
  outcome: { kind: 'accepted', accepted: through, refused },
});

let scene: Scene;

beforeEach(() => {
  scene = new Scene();
});

describe('before the session', () => {
  it('a hello is asked for, and passed on whole', () => {
    const hello: ClientFrame = { type: 'hello', resume: { token: 'x', offset: 3, commands: 'ask' } };
    expect(scene.say(hello)).toEqual([{ kind: 'open', hello }]);
    expect(scene.player.attachment).toBeUndefined();
  });

  it.each<ClientFrame>([
    { type: 'command', seq: 1, text: 'look' },
    { type: 'stored', id: TOKEN_ID },
    { type: 'ack', offset: 0 },
    { type: 'quit' },
  ])('$type first ends it', (frame) => {
    expect(kinds(scene.say(frame))).toEqual(['send', 'end']);
    expect(scene.shown).toEqual(['error unexpected_frame']);
  });

  it('a ping is answered at any time', () => {
    scene.say({ type: 'ping', id: 1 }, { type: 'hello' }, { type: 'ping' });
    expect(scene.frames).toEqual([{ type: 'pong', id: 1 }, { type: 'pong' }]);
  });

  it.each<ClientFrame>([{ type: 'hello' }, { type: 'quit' }, command(1)])(
    'only a ping may follow the hello until it is answered, not $type',
    (frame) => {
      scene.say({ type: 'hello' }, frame);
      expect(scene.shown).toEqual(['error unexpected_frame']);
    },
  );

  it('a hello that fails gets the error, and then the close with its code', () => {
    scene.say({ type: 'hello', resume: { token: 'x' } });
    const effects = scene.give({ kind: 'failed', code: 'token_refused' });
    expect(effects.at(-1)).toEqual({ kind: 'end', closeCode: 4600, reason: 'token_refused' });
    expect(scene.shown).toEqual(['error token_refused']);
  });

  it('a hello must come in time', () => {
    expect(scene.player.nextDeadline).toBe(NOW + 10_000);
    scene.now += 9999;
    expect(scene.give({ kind: 'deadline' })).toEqual([]);
    scene.now += 1;
    scene.give({ kind: 'deadline' });
    expect(scene.shown).toEqual(['error hello_timeout']);
  });

  it('nothing is due while the answer is awaited', () => {
    scene.say({ type: 'hello' });
    expect(scene.player.nextDeadline).toBeUndefined();
    scene.now += 100_000;
    expect(scene.give({ kind: 'deadline' })).toEqual([]);
  });
});

describe('a new session', () => {
  it('is welcomed with how things are', () => {
    scene.open();
    expect(scene.frames).toEqual([
      {
        type: 'welcome',
        session: ID,
        echo: true,
        state: 'authenticating',
        world: 'up',
        limits: LIMITS,
      },
    ]);
    expect(scene.player.attachment).toMatchObject({ number: 1 });
  });

  it('refuses a second hello', () => {
    scene.open();
    scene.say({ type: 'hello' });
    expect(scene.shown).toEqual(['error unexpected_frame']);
  });

  it('has its token once it is playing, and only one', () => {
    scene.open();
    expect(scene.change()).toEqual([]);
    expect(kinds(scene.change({ stage: 'playing' }))).toEqual(['send', 'grant']);
    expect(kinds(scene.change({ echo: false }))).toEqual([]);
    scene.change({ chains: [CHAIN], presence: { ...scene.session.presence, chain: 'c' } });
    scene.give({ kind: 'granted', token: GRANT, link: false });
    expect(kinds(scene.change())).toEqual([]);
    expect(scene.last).toEqual({
      type: 'token',
      id: TOKEN_ID,
      value: 'token',
      expires_at: new Date(GRANT.expiresAt).toISOString(),
    });
  });

  it('has none where there is no reconnection', () => {
    scene = new Scene({ enableReconnection: false });
    scene.open(playing());
    expect(kinds(scene.change({ echo: false }))).toEqual([]);
  });

  it('tells when its state or the world changes, and not otherwise', () => {
    scene.open(playing({ presence: { ...playing().presence, chain: 'c' }, chains: [CHAIN] }));
    scene.change({ worldState: 'down' });
    scene.change({ echo: false });
    scene.change({ worldState: 'up' });
    expect(scene.frames.filter(({ type }) => type === 'state')).toEqual([
      { type: 'state', state: 'playing', world: 'down' },
      { type: 'state', state: 'playing', world: 'up' },
    ]);
  });

  it('shows what is written, names the first epoch once, and never catches up, having missed nothing', () => {
    scene.open();
    scene.writeLines('a', 'b').change();
    scene.writeLines('c').change();
    expect(scene.shown).toEqual(['1 a of one', '2 b', '3 c']);
  });
});

describe('a session that is resumed', () => {
  const held: CommandEntry[] = [
    { seq: 3, at: NOW, kind: 'text', text: 'x'.repeat(500) },
    { seq: 4, at: NOW, kind: 'gmcp', package: 'Char.Items' },
  ];

  beforeEach(() => {
    scene.session = playing({ commands: { accepted: 4, taken: 2, sent: 2, told: 0, own: [] } });
    scene.writeLines('a', 'b', 'c');
  });

  it('is told whole, with what is held cut short', () => {
    scene.resume({ epoch: 'one', offset: 1 }, { held, own: 4 });
    expect(scene.frames[0]).toMatchObject({
      type: 'resumed',
      session: ID,
      epoch: 'one',
      accepted: 4,
      own: 4,
      output: { from: 2, to: 3 },
      away_ms: 5000,
      token: { id: TOKEN_ID, value: 'token' },
      held: [
        { seq: 3, text: 'x'.repeat(200) },
        { seq: 4, package: 'Char.Items' },
      ],
    });
  });

  it.each<ClientFrame>([command(5), { type: 'link' }, { type: 'quit' }, { type: 'replay', run: 'all' }])(
    'carries out nothing before stored: $type ends it',
    (frame) => {
      scene.resume();
      scene.say(frame);
      expect(scene.last).toMatchObject({ type: 'error', code: 'unexpected_frame' });
      expect(scene.operations).toEqual([]);
    },
  );

  it('counts no ack before stored, and needs it within its time', () => {
    scene.resume();
    scene.change();
    expect(scene.say({ type: 'ack', offset: 3 }, { type: 'ack', offset: 900 })).toEqual([]);
    expect(scene.player.nextDeadline).toBe(NOW + 10_000);
    scene.now += 10_000;
    scene.give({ kind: 'deadline' });
    expect(scene.last).toMatchObject({ type: 'error', code: 'stored_timeout', retry: 'resume' });
  });

  it('is not opened by stored for another token', () => {
    scene.resume();
    scene.say({ type: 'stored', id: 'another' });
    expect(scene.player.nextDeadline).toBe(NOW + 10_000);
    scene.say(command(5));
    expect(scene.last).toMatchObject({ code: 'unexpected_frame' });
  });

  it('is confirmed by stored, and open from then on', () => {
    scene.resume();
    expect(scene.stored()).toEqual([
      { kind: 'apply', operation: { kind: 'confirm', attachment: 7, tokenId: TOKEN_ID } },
    ]);
    expect(scene.player.nextDeadline).toBeUndefined();
    expect(kinds(scene.say(command(5)))).toEqual(['append']);
  });

  it('is open at once for a client that cannot say stored', () => {
    scene = new Scene({ confirms: false });
    scene.resume();
    expect(scene.player.nextDeadline).toBeUndefined();
    expect(kinds(scene.say(command(1)))).toEqual(['append']);
  });

  it('shows what was missed, from the position on, and the mark right behind it', () => {
    scene.resume({ epoch: 'one', offset: 1 });
    scene.change();
    scene.writeLines('live').change();
    expect(scene.shown).toEqual(['2 b', '3 c', 'caught up at 3', '4 live']);
  });

  it('shows everything after what was acknowledged to a client without a position', () => {
    scene.acked(1);
    scene.resume();
    scene.change();
    expect(scene.shown).toEqual(['2 b', '3 c', 'caught up at 3']);
  });

  it('is caught up at once when nothing was missed, and says so only once', () => {
    scene.resume({ epoch: 'one', offset: 3 });
    expect(scene.shown).toEqual(['caught up at 3']);
    scene.change();
    scene.writeLines('live').change();
    expect(scene.shown).toEqual(['caught up at 3', '4 live']);
  });

  it('keeps what is live behind the mark also where both come in one page', () => {
    scene.resume({ epoch: 'one', offset: 2 });
    scene.writeLines('live').change();
    expect(scene.shown).toEqual(['3 c', 'caught up at 3', '4 live']);
  });

  it('shows the last value of each state package and the prompt right before the mark', () => {
    scene.session = playing({
      ...scene.session,
      states: { 'char.vitals': { package: 'Char.Vitals', data: { hp: 3 } } },
      prompt: '> ',
    });
    scene.resume({ epoch: 'one', offset: 2 });
    scene.change();
    expect(scene.frames.slice(-3)).toEqual([
      { type: 'output', offset: 3, text: 'c' },
      { type: 'gmcp', package: 'Char.Vitals', data: { hp: 3 } },
      { type: 'caught_up', offset: 3, prompt: '> ' },
    ]);
  });

  it('does not show a prompt again with which the replay ended', () => {
    scene.session = playing({ ...scene.session, prompt: '> ' });
    scene.write({ kind: 'text', text: '> ', prompt: true });
    scene.resume({ epoch: 'one', offset: 2 });
    scene.change();
    expect(scene.last).toEqual({ type: 'caught_up', offset: 4 });
  });

  it('shows the unfinished line again where nothing of it was missed', () => {
    scene.session = playing({ ...scene.session, prompt: '> ', unfinished: 'hp 20 > ' });
    const vitals: OutputBody = { kind: 'gmcp', package: 'Comm.Tell', data: 'hello' };
    scene.write(vitals);
    scene.resume({ epoch: 'one', offset: 3 });
    scene.change();
    expect(scene.last).toEqual({ type: 'caught_up', offset: 4, prompt: 'hp 20 > ', unmarked: true });
  });

  it('shows no unfinished line again that was missed, wholly or in part', () => {
    scene.session = playing({ ...scene.session, prompt: '> ', unfinished: 'b c' });
    scene.resume({ epoch: 'one', offset: 2 });
    scene.change();
    expect(scene.last).toEqual({ type: 'caught_up', offset: 3 });
  });

  it('shows a prompt of which only the mark was missed', () => {
    scene.session = playing({ ...scene.session, prompt: 'c' });
    scene.write({ kind: 'text', text: '', prompt: true });
    scene.resume({ epoch: 'one', offset: 3 });
    scene.change();
    expect(scene.last).toEqual({ type: 'caught_up', offset: 4, prompt: 'c' });
  });

  it('shows the line of that moment, not one that was begun since', () => {
    scene.session = playing({ ...scene.session, unfinished: 'c' });
    scene.write({ kind: 'echo', on: true });
    scene.resume({ epoch: 'one', offset: 3 });
    scene.writeLines('\nd').change({ unfinished: 'd' });
    expect(scene.frames.slice(-2)).toEqual([
      { type: 'caught_up', offset: 4, prompt: 'c', unmarked: true },
      { type: 'output', offset: 5, text: '\nd' },
    ]);
  });

  it('says nothing in the place of what was for the moment, and says it live', () => {
    const sound: OutputBody = { kind: 'gmcp', package: 'Client.Media.Play', data: 'bell', passing: true };
    const event: OutputBody = { kind: 'gmcp', package: 'Comm.Tell', data: 'hello' };
    scene.write(sound, event, { kind: 'text', text: '> ', prompt: true }, sound);
    scene.session = playing({ ...scene.session, prompt: '> ' });
    scene.resume({ epoch: 'one', offset: 3 });
    scene.write(sound).change();
    scene.stored();
    scene.say({ type: 'ack', offset: 7 });
    expect(scene.frames.slice(-6)).toEqual([
      { type: 'output', offset: 4, text: '' },
      { type: 'gmcp', offset: 5, package: 'Comm.Tell', data: 'hello' },
      { type: 'output', offset: 6, text: '> ', prompt: true },
      { type: 'output', offset: 7, text: '' },
      { type: 'caught_up', offset: 7 },
      { type: 'gmcp', offset: 8, package: 'Client.Media.Play', data: 'bell' },
    ]);
  });

  it('replays no more than a window beyond what is acknowledged', () => {
    scene.writeLines('d', 'e', 'f');
    scene.resume({ epoch: 'one', offset: 0 });
    scene.change();
    expect(scene.shown).toEqual(['1 a', '2 b', '3 c', '4 d']);
    scene.stored();
    scene.say({ type: 'ack', offset: 1 });
    expect(scene.shown.at(-1)).toBe('5 e');
    scene.writeLines('live').change();
    expect(scene.shown.at(-1)).toBe('5 e');
    scene.say({ type: 'ack', offset: 5 });
    expect(scene.shown.slice(-3)).toEqual(['6 f', 'caught up at 6', '7 live']);
  });
});

describe('holes in the log', () => {
  it('become one gap in their place', () => {
    scene.writeLines('a', 'b', 'c', 'd').lose(2, 3);
    scene.resume({ epoch: 'one', offset: 0 });
    scene.change();
    expect(scene.shown).toEqual(['1 a', '2-3 bound', '4 d', 'caught up at 4']);
  });

  it('are told where the replay ends in one, and it is caught up behind it', () => {
    scene.writeLines('a', 'b', 'c').lose(2, 3);
    scene.resume({ epoch: 'one', offset: 0 });
    scene.change();
    expect(scene.shown).toEqual(['1 a', '2-3 bound', 'caught up at 3']);
  });

  it('are told before live output, as one with what is gone of it', () => {
    scene.writeLines('a', 'b');
    scene.resume({ epoch: 'one', offset: 1 });
    scene.writeLines('c', 'd').lose(2, 3).change();
    expect(scene.shown).toEqual(['2-3 bound', 'caught up at 2', '4 d']);
  });

  it('are no loss where another client has them', () => {
    scene.writeLines('a', 'b', 'c').acked(2);
    scene.resume({ epoch: 'one', offset: 0 });
    scene.change();
    expect(scene.shown).toEqual(['1-2 delivered', '3 c', 'caught up at 3']);
  });

  it('are split into what another client has and what is lost', () => {
    scene.writeLines('a', 'b', 'c', 'd').acked(2).lose(3, 3);
    scene.resume({ epoch: 'one', offset: 1 });
    scene.change();
    expect(scene.shown).toEqual(['2-2 delivered', '3-3 bound', '4 d', 'caught up at 4']);
  });

  it('are the epoch’s where the position is of no run that is known', () => {
    scene.writeLines('a', 'b', 'c').acked(2);
    scene.resume({ epoch: 'unheard-of', offset: 2 });
    scene.change();
    expect(scene.frames[0]).toMatchObject({ epoch: 'one', output: { from: 1, to: 3 } });
    expect(scene.shown).toEqual(['1-2 epoch', '3 c', 'caught up at 3']);
  });

  it('that come later are not the epoch’s, even where nothing was gone at the start', () => {
    scene.writeLines('a', 'b', 'c').lose(2, 2);
    scene.resume({ epoch: 'unheard-of', offset: 9 });
    scene.change();
    expect(scene.shown).toEqual(['1 a', '2-2 bound', '3 c', 'caught up at 3']);
  });

  it('are not what became visible while a page was read', () => {
    scene.open();
    scene.session = { ...scene.session, output: { ...NO_OUTPUT, end: 1 } };
    // Asked for while there was one entry, which is gone by now; a second one comes before the answer does.
    scene.player.receive({ kind: 'changed', session: scene.session, visibleEnd: 1 }, NOW);
    scene.player.receive({ kind: 'changed', session: scene.session, visibleEnd: 2 }, NOW);
    const effects = scene.player.receive({ kind: 'page', page: { entries: [], visibleEnd: 1 } }, NOW);
    expect(effects).toEqual([
      { kind: 'send', frame: { type: 'gap', from: 1, to: 1, reason: 'bound' } },
      { kind: 'read', request: { after: 1, limit: { entries: 4, bytes: 100 } } },
    ]);
  });

  it('end the reading also where the store has nothing any more', () => {
    scene.open();
    scene.player.receive({ kind: 'changed', session: scene.session, visibleEnd: 3 }, NOW);
    const effects = scene.player.receive({ kind: 'page', page: { entries: [], visibleEnd: 0 } }, NOW);
    expect(kinds(effects)).toEqual(['send']);
  });
});

describe('epochs', () => {
  it('are named by the first frame of each', () => {
    scene.writeLines('a', 'b').begin('two').write({ kind: 'gap', reason: 'crash' });
    scene.writeLines('c');
    scene.resume({ epoch: 'one', offset: 1 });
    scene.change();
    expect(scene.shown).toEqual(['2 b', '3- crash of two', '4 c', 'caught up at 4']);
  });

  it('are named by a gap that leads into one', () => {
    scene.writeLines('a', 'b').begin('two').writeLines('c', 'd').lose(2, 3);
    scene.resume({ epoch: 'one', offset: 1 });
    scene.change();
    expect(scene.shown).toEqual(['2-3 bound of two', '4 d', 'caught up at 4']);
  });

  it('end where the next one begins: what the client believes to have beyond is sent', () => {
    scene.writeLines('a', 'b').begin('two').writeLines('c');
    scene.resume({ epoch: 'one', offset: 9 });
    scene.change();
    expect(scene.frames[0]).toMatchObject({ epoch: 'one', output: { from: 3, to: 3 } });
    expect(scene.shown).toEqual(['3 c of two', 'caught up at 3']);
  });

  it('are not named while there is no output at all', () => {
    scene.resume({ epoch: 'lost', offset: 9 });
    expect(scene.frames[0]).not.toHaveProperty('epoch');
    expect(scene.frames[0]).toMatchObject({ output: { from: 1, to: 0 } });
    expect(scene.shown).toEqual(['caught up at 0']);
  });
});

describe('a new session', () => {
  it('ends with the time for its login, unless the player is in the game by then', () => {
    scene.open();
    expect(scene.player.nextDeadline).toBe(NOW + 300_000);
    scene.now += 300_000;
    scene.give({ kind: 'deadline' });
    expect(scene.last).toMatchObject({ type: 'error', code: 'login_timeout', retry: 'fresh' });

    scene = new Scene();
    scene.open();
    scene.now += 1000;
    // While the game is down the time does not count.
    scene.change({ worldState: 'down' });
    expect(scene.player.nextDeadline).toBeUndefined();
    scene.change({ worldState: 'login' });
    expect(scene.player.nextDeadline).toBe(NOW + 301_000);
    scene.change({ stage: 'playing', worldState: 'up' });
    expect(scene.player.nextDeadline).toBeUndefined();
  });
});

describe('the window', () => {
  beforeEach(() => {
    scene.open();
  });

  it('is counted in bytes too', () => {
    scene.writeLines('x'.repeat(60), 'y'.repeat(40), 'z').change();
    expect(scene.shown).toHaveLength(2);
    scene.say({ type: 'ack', offset: 1 });
    expect(scene.shown).toHaveLength(3);
  });

  it('lets an entry wait that does not fit beside what is outstanding, without asking for it again and again', () => {
    const effects = scene.writeLines('x'.repeat(60), 'y'.repeat(60)).change();
    expect(kinds(effects)).toEqual(['read', 'send', 'read']);
    expect(scene.shown).toHaveLength(1);
    expect(kinds(scene.writeLines('z').change())).toEqual([]);
    scene.say({ type: 'ack', offset: 1 });
    expect(scene.shown).toHaveLength(3);
  });

  it('lets an entry that alone is larger go when nothing is outstanding', () => {
    scene.writeLines('a', 'x'.repeat(500), 'b').change();
    expect(scene.shown).toEqual(['1 a of one']);
    scene.say({ type: 'ack', offset: 1 });
    expect(scene.frames.at(-1)).toMatchObject({ offset: 2 });
    scene.say({ type: 'ack', offset: 2 });
    expect(scene.frames.at(-1)).toMatchObject({ offset: 3 });
  });

  it('measures in UTF-8, and GMCP by its data', () => {
    scene.write({ kind: 'text', text: 'ü'.repeat(50) }).change();
    scene.writeLines('z').change();
    expect(scene.shown).toHaveLength(1);
    scene.say({ type: 'ack', offset: 1 });
    scene.write({ kind: 'gmcp', package: 'A', data: { text: 'x'.repeat(90) } }).change();
    expect(scene.shown).toHaveLength(2);
  });

  it('moves by what was flushed to a client that cannot acknowledge, which the store does not hear', () => {
    scene = new Scene({ confirms: false });
    scene.open();
    scene.writeLines('a', 'b', 'c', 'd', 'e').change();
    expect(scene.shown).toHaveLength(4);
    scene.give({ kind: 'flushed', offset: 4 });
    expect(scene.shown).toHaveLength(5);
    expect(scene.operations).toEqual([]);
  });

  it('is not moved by an ack of what was never sent: that ends it', () => {
    scene.writeLines('a').change();
    scene.say({ type: 'ack', offset: 2 });
    expect(scene.last).toMatchObject({ type: 'error', code: 'bad_ack', retry: 'never' });
    expect(scene.operations).toEqual([]);
  });

  it('keeps what was acknowledged in the store, cumulatively', () => {
    scene.writeLines('a', 'b', 'c').change();
    scene.say({ type: 'ack', offset: 2 }, { type: 'ack', offset: 1 });
    expect(scene.operations).toEqual([
      { kind: 'acknowledge', attachment: 1, offset: 2 },
      { kind: 'acknowledge', attachment: 1, offset: 1 },
    ]);
  });

  it('detaches a reader that takes nothing for a minute while it is full', () => {
    scene.writeLines('a', 'b', 'c').change({ stage: 'playing' });
    expect(scene.player.nextDeadline).toBeUndefined();
    scene.now += 1000;
    scene.writeLines('d').change();
    expect(scene.player.nextDeadline).toBe(NOW + 61_000);
    scene.now += 60_000;
    scene.give({ kind: 'deadline' });
    expect(scene.last).toMatchObject({ type: 'error', code: 'slow_reader', retry: 'resume' });
  });

  it('is full too while an entry waits that does not fit', () => {
    scene.writeLines('x'.repeat(60), 'y'.repeat(60)).change();
    expect(scene.player.nextDeadline).toBe(NOW + 60_000);
  });

  it('gives another minute to a reader that takes something, and not to one that only says so again', () => {
    scene.writeLines('a', 'b', 'c', 'd', 'e', 'f').change();
    scene.now += 50_000;
    scene.say({ type: 'ack', offset: 1 });
    expect(scene.player.nextDeadline).toBe(NOW + 110_000);
    scene.now += 50_000;
    scene.say({ type: 'ack', offset: 1 }, { type: 'ack', offset: 0 }, { type: 'ping' });
    expect(scene.player.nextDeadline).toBe(NOW + 110_000);
  });
});

describe('commands', () => {
  beforeEach(() => {
    scene.open(playing({ presence: { ...playing().presence, chain: 'c' }, chains: [CHAIN] }));
  });

  it('are appended with their number, and accepted together once they are durable', () => {
    expect(scene.say(command(1), command(2))).toEqual([
      { kind: 'append', seq: 1, command: { kind: 'text', text: 'command 1' } },
      { kind: 'append', seq: 2, command: { kind: 'text', text: 'command 2' } },
    ]);
    scene.give(accepted(2));
    scene.give(accepted(2));
    expect(scene.shown).toEqual(['accepted 2']);
  });

  it('that are known are acknowledged again and not run again', () => {
    scene.say(command(1), command(2));
    scene.give(accepted(2));
    expect(kinds(scene.say(command(1)))).toEqual(['send']);
    expect(scene.shown).toEqual(['accepted 2', 'accepted 2']);
  });

  it('that are known but not yet durable are acknowledged when they are', () => {
    scene.say(command(1));
    expect(scene.say(command(1))).toEqual([]);
    scene.give(accepted(1));
    expect(scene.shown).toEqual(['accepted 1']);
  });

  it('may leave out no number', () => {
    scene.say(command(2));
    expect(scene.last).toMatchObject({ type: 'error', code: 'bad_seq', retry: 'never' });
  });

  it('that are refused are accepted after their dropped', () => {
    scene.say(command(1), command(2), command(3), command(4));
    scene.give(accepted(4, 2, 3));
    expect(scene.shown).toEqual(['accepted 1']);
    scene.write({ kind: 'dropped', seq: 2, through: 3, reason: 'refused' }).change();
    expect(scene.shown).toEqual(['accepted 1', '1 dropped 2-3', 'accepted 4']);
  });

  it('are accepted also where the dropped is seen before the store answers', () => {
    scene.say(command(1), command(2));
    scene.write({ kind: 'dropped', seq: 1, reason: 'refused' }).change();
    scene.give(accepted(2, 1));
    expect(scene.shown).toEqual(['1 dropped 1-1', 'accepted 2']);
  });

  it('share their numbers with GMCP', () => {
    expect(scene.say(command(1), { type: 'gmcp', seq: 2, package: 'Char.Items.Inv', data: [1] })[1]).toEqual({
      kind: 'append',
      seq: 2,
      command: { kind: 'gmcp', package: 'Char.Items.Inv', data: [1] },
    });
  });

  it.each(['Core.Hello', 'Char.Login.Credentials', 'char.login', 'MSDP.REPORT'])(
    'of the connection (%s) use a number, but go to the world at once, and once',
    (name) => {
      const message: ClientFrame = { type: 'gmcp', seq: 1, package: name, data: { client: 'x' } };
      expect(scene.say(message)).toEqual([
        { kind: 'append', seq: 1, command: { kind: 'passing' } },
        { kind: 'passing', package: name, data: { client: 'x' } },
      ]);
      expect(scene.say(message)).toEqual([]);
    },
  );

  it.each(['MSDP', 'Char.Logins', 'Corelli'])(
    'of a package that is only called alike (%s) are commands',
    (name) => {
      expect(scene.say({ type: 'gmcp', seq: 1, package: name })).toEqual([
        { kind: 'append', seq: 1, command: { kind: 'gmcp', package: name } },
      ]);
    },
  );

  it('of a resumed session go on where it was', () => {
    scene = new Scene();
    scene.session = playing({ commands: { accepted: 5, taken: 5, sent: 5, told: 0, own: [] } });
    scene.resume();
    scene.stored();
    expect(kinds(scene.say(command(6)))).toEqual(['append']);
    expect(kinds(scene.say(command(5)))).toEqual(['send']);
    expect(scene.last).toEqual({ type: 'accepted', seq: 5 });
  });

  it('that the store cannot place end it, to be resumed', () => {
    scene.say(command(1));
    scene.give({ kind: 'appended', outcome: { kind: 'jump', expected: 9 } });
    expect(scene.last).toMatchObject({ code: 'internal', retry: 'resume' });
  });

  it('of an attachment that is not the session’s any more are not answered', () => {
    scene.say(command(1));
    expect(scene.give({ kind: 'appended', outcome: { kind: 'stale' } })).toEqual([]);
  });

  it('that were held are decided on as the player says', () => {
    scene.say({ type: 'replay', run: [2, 4] }, { type: 'replay', run: 'none' });
    expect(scene.operations).toEqual([
      { kind: 'decide', attachment: 1, choice: { seqs: [2, 4] } },
      { kind: 'decide', attachment: 1, choice: 'none' },
    ]);
  });
});

describe('the token', () => {
  it('is extended when asked, without a value', () => {
    scene.resume();
    scene.stored();
    scene.now += 5000;
    expect(kinds(scene.say({ type: 'refresh' }))).toEqual(['refresh', 'send']);
    expect(scene.last).toEqual({
      type: 'token',
      id: TOKEN_ID,
      expires_at: new Date(scene.now + 3_600_000).toISOString(),
    });
  });

  it('cannot be extended before there is one', () => {
    scene.open();
    scene.say({ type: 'refresh' });
    expect(scene.last).toMatchObject({ code: 'unexpected_frame' });
  });

  it('for another device is marked, short enough for people, and not this client’s own', () => {
    scene.resume();
    expect(scene.stored()).toHaveLength(1);
    expect(scene.say({ type: 'link' })).toEqual([{ kind: 'grant', link: true }]);
    const token = { session_id: ID, secret: 'x'.repeat(32), expires_at: '2026-12-18T20:00:00.000Z' };
    const value = Buffer.from(JSON.stringify(token)).toString('base64');
    scene.give({ kind: 'granted', token: { ...GRANT, id: 'link', value }, link: true });
    const compact = `h1${Buffer.from(ID.replaceAll('-', ''), 'hex').toString('base64url')}${'x'.repeat(32)}`;
    expect(scene.last).toMatchObject({ type: 'token', id: 'link', value: compact, link: true });
  });

  it('for another device is not to be had before the session is playing', () => {
    scene.open();
    scene.say({ type: 'link' });
    expect(scene.last).toMatchObject({ code: 'unexpected_frame' });
  });
});

describe('the end', () => {
  beforeEach(() => {
    scene.resume();
    scene.stored();
  });

  function present(changes: Partial<Session['presence']>): Partial<Session> {
    return { presence: { ...scene.session.presence, ...changes } };
  }

  it('comes when another client takes over: not to come back by itself', () => {
    const effects = scene.change(present({ attachment: 8 }));
    expect(effects.at(-1)).toEqual({ kind: 'end', closeCode: 4501, reason: 'taken_over' });
    expect(scene.last).toEqual({ type: 'bye', reason: 'taken_over', resume: false });
  });

  it('comes when the session was taken from this connection: to come back, with the token extended', () => {
    scene.change(present({ attached: false }));
    expect(scene.last).toEqual({
      type: 'bye',
      reason: 'detached',
      resume: true,
      token: { id: TOKEN_ID, expires_at: new Date(NOW + 3_600_000).toISOString() },
    });
  });

  it('comes when the gateway stops, with the token extended', () => {
    scene.give({ kind: 'dismissed', reason: 'shutdown' });
    expect(scene.last).toMatchObject({
      type: 'bye',
      reason: 'shutdown',
      resume: true,
      token: { id: TOKEN_ID },
    });
  });

  it.each([
    ['reused', 'error token_reused'],
    ['revoked', 'bye revoked'],
    ['surplus', 'bye revoked'],
  ] as const)('comes when the chain is %s', (revoked, end) => {
    scene.change({ chains: [{ ...CHAIN, revoked }] });
    expect(scene.shown.at(-1)).toBe(end);
  });

  it('does not come when another device’s chain is revoked', () => {
    expect(scene.change({ chains: [CHAIN, { ...CHAIN, id: 'other', revoked: 'reused' }] })).toEqual([]);
  });

  it.each([
    ['quit', 'bye quit'],
    ['expired', 'bye expired'],
    ['something of the operator’s', 'bye closed'],
  ])('comes when the session closed: %s', (ending, end) => {
    scene.change({ stage: 'closed', ending });
    expect(scene.shown.at(-1)).toBe(end);
  });

  it('comes with quit, by the session’s end', () => {
    scene.say({ type: 'quit' });
    expect(scene.operations.at(-1)).toEqual({ kind: 'close', attachment: 7, reason: 'quit' });
  });

  it('of the world’s making waits until the farewell was read and acknowledged', () => {
    scene.writeLines('farewell');
    expect(kinds(scene.change({ ending: 'world_closed' }))).toEqual(['read', 'send']);
    const effects = scene.say({ type: 'ack', offset: 1 });
    expect(kinds(effects)).toEqual(['acknowledge', 'close', 'send', 'end']);
    expect(scene.last).toEqual({ type: 'bye', reason: 'world_closed', resume: false });
  });

  it('of the world’s making comes at once when all was read', () => {
    expect(kinds(scene.change({ ending: 'quit' }))).toEqual(['close', 'send', 'end']);
  });

  it('comes when the account has another session: what is here is accepted, and the token is that one’s', () => {
    scene.say(command(1));
    scene.say(command(2));
    scene.player.receive(accepted(1), NOW);
    const effects = scene.give({ kind: 'welcomed', token: { ...GRANT, id: 'kept', value: 'kept token' } });
    expect(effects).toMatchObject([
      { kind: 'send', frame: { type: 'bye', resume: true, token: { id: 'kept', value: 'kept token' } } },
      { kind: 'end', closeCode: 4002, reason: 'welcome_back' },
    ]);
  });

  it('is the end: whatever is late changes nothing', () => {
    scene.change(present({ attachment: 8 }));
    const late: PlayerEvent[] = [
      { kind: 'frame', frame: command(1) },
      { kind: 'frame', frame: { type: 'ping' } },
      accepted(1),
      { kind: 'changed', session: scene.session, visibleEnd: 9 },
      { kind: 'page', page: { entries: [{ offset: 1, at: NOW, kind: 'text', text: 'x' }], visibleEnd: 1 } },
      { kind: 'granted', token: GRANT, link: false },
      { kind: 'flushed', offset: 1 },
      { kind: 'failed', code: 'internal' },
      { kind: 'dismissed', reason: 'shutdown' },
      { kind: 'deadline' },
    ];
    for (const event of late) expect(scene.give(event)).toEqual([]);
    expect(scene.player.nextDeadline).toBeUndefined();
  });
});

describe('a change of the session', () => {
  it('that is of its commands alone is overlooked, and known', () => {
    scene.open();
    const session = { ...scene.session, commands: { ...scene.session.commands, accepted: 1 } };
    scene.give({ kind: 'changed', session, visibleEnd: 0 });
    const next = { ...session, commands: { ...session.commands, taken: 1 } };
    expect(scene.player.overlooks(next, 0)).toBe(true);
    expect(scene.player.attachment?.session).toBe(next);
  });

  it.each<Partial<Session>>([
    { output: { ...NO_OUTPUT, end: 1 } },
    { stage: 'closed' },
    { worldState: 'down' },
    { ending: 'quit' },
    { presence: { attachment: 2, attached: true, ready: true, wish: 'run', since: NOW } },
    { chains: [CHAIN] },
  ])('that it has to act on is not: %o', (changes) => {
    scene.open();
    const known = scene.session;
    expect(scene.player.overlooks(known, 0)).toBe(true);
    expect(scene.player.overlooks({ ...known, ...changes }, 0)).toBe(false);
    expect(scene.player.overlooks(known, 1), 'more is visible').toBe(false);
    expect(scene.player.attachment?.session).toBe(known);
  });

  it('is not overlooked before there is a session, or when it is over', () => {
    expect(scene.player.overlooks(scene.session, 0)).toBe(false);
    scene.open();
    scene.give({ kind: 'dismissed', reason: 'closed' });
    expect(scene.player.overlooks(scene.session, 0)).toBe(false);
  });
});

describe('output that left', () => {
  beforeEach(() => {
    scene.open();
    scene.writeLines('one', 'two').change();
  });

  it('makes room, where nothing waits for it', () => {
    expect(scene.player.makesRoom(2)).toBe(true);
    // All of the window again.
    scene.writeLines('3', '4', '5', '6').change();
    expect(scene.frames.at(-1)).toMatchObject({ text: '6' });
    expect(scene.give({ kind: 'flushed', offset: 6 })).toEqual([]);
  });

  it('is told where more waits, or the session ends', () => {
    scene.writeLines('3', '4', '5').change();
    expect(scene.player.makesRoom(2), 'the window is full').toBe(false);
    scene.give({ kind: 'flushed', offset: 4 });
    expect(scene.frames.at(-1)).toMatchObject({ text: '5' });
    scene.change({ ending: 'world_closed' });
    expect(scene.player.makesRoom(5)).toBe(false);
    scene.give({ kind: 'flushed', offset: 5 });
    expect(scene.operations.at(-1)).toMatchObject({ kind: 'close', reason: 'world_closed' });
    expect(new Scene().player.makesRoom(1)).toBe(false);
  });
});
