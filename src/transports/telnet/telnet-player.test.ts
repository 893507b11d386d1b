import { beforeEach, describe, expect, it } from 'vitest';
import { ManualClock } from '../../../test/support/manual-clock.ts';
import { seededCrypto } from '../../../test/support/seeded-crypto.ts';
import { ReconnectionToken, type ClientInfo, type PackageState } from '../../core/index.ts';
import type { Wire } from '../../telnet/index.ts';
import {
  createError,
  type ClientFrame,
  type Conversation,
  type ErrorCode,
  type Link,
  type ServerFrame,
} from '../../protocol/index.ts';
import { TelnetPlayer, type TelnetSocket } from './telnet-player.ts';

// Written out, because a mistake in our own table would pass unseen.
const [SE, NOP, GA, SB, WILL, WONT, DO, DONT, IAC] = [240, 241, 249, 250, 251, 252, 253, 254, 255] as const;
const [ECHO, SGA, TIMING_MARK, TTYPE, EOR, NAWS] = [1, 3, 6, 24, 25, 31] as const;
const [NEW_ENVIRON, CHARSET, MSDP, MSSP, MCCP2, GMCP] = [39, 42, 69, 70, 86, 201] as const;

const ID = '6b1f4f6e-9d3f-4f43-8c43-0f1c2f6f7d10';
const TOKEN = ReconnectionToken.generate(ID, seededCrypto(1), Date.UTC(2026, 10, 1, 12));
const COMPACT = TOKEN.encodeCompact();
const OTHER = ReconnectionToken.generate(ID, seededCrypto(2), Date.UTC(2026, 10, 1, 12));
const LIMITS = {
  frame_bytes: 65_536,
  command_bytes: 4096,
  queue_commands: 100,
  window_bytes: 65_536,
  window_entries: 256,
  ping_ms: 30_000,
};

const welcome: ServerFrame = {
  type: 'welcome',
  session: ID,
  echo: true,
  state: 'authenticating',
  world: 'login',
  limits: LIMITS,
};
const playing: ServerFrame = { type: 'state', state: 'playing', world: 'up' };
const resumed: Extract<ServerFrame, { type: 'resumed' }> = {
  type: 'resumed',
  session: ID,
  epoch: 'one',
  echo: true,
  state: 'playing',
  world: 'up',
  token: { id: 'next', value: TOKEN.encode(), expires_at: '2026-11-01T12:00:00.000Z' },
  limits: LIMITS,
  accepted: 5,
  own: 5,
  output: { from: 1, to: 0 },
  held: [],
  away_ms: 60_000,
};

const caughtUp: ServerFrame = { type: 'caught_up', offset: 0 };

/** The gateway's side of one conversation, as the adapter began it. */
class FakeConversation implements Conversation {
  readonly link: Link;
  account: string | undefined;
  states: readonly PackageState[] = [];
  readonly received: ClientFrame[] = [];
  readonly flushes: number[] = [];
  /** What was known of the client each time that more was. */
  readonly descriptions: ClientInfo[] = [];
  readonly failures: string[] = [];
  isGone = false;

  constructor(link: Link) {
    this.link = link;
  }

  receive(frame: ClientFrame): void {
    this.received.push(frame);
  }

  flushed(offset: number): void {
    this.flushes.push(offset);
  }

  fail(code: ErrorCode): void {
    this.failures.push(code);
  }

  described(): void {
    this.descriptions.push(this.link.client);
  }

  gone(): void {
    this.isGone = true;
  }

  say(...frames: readonly ServerFrame[]): void {
    for (const frame of frames) this.link.send(frame);
  }

  /** What came after the hello, in short. */
  get inputs(): string[] {
    return this.received.slice(1).map((frame) => {
      if (frame.type === 'command') return `${frame.seq} ${frame.text}`;
      if (frame.type === 'gmcp') return `${frame.seq} ${frame.package} ${JSON.stringify(frame.data)}`;
      return JSON.stringify(frame);
    });
  }
}

class FakeSocket implements TelnetSocket {
  readonly address = '192.0.2.1';
  readonly isSecure = false;
  readonly #flushed: (() => void)[] = [];
  readonly #written: Uint8Array[] = [];
  isPaused = false;
  isEnded = false;

  write(piece: Wire): void {
    if (this.isEnded) throw new Error('write after end');
    this.#written.push(Buffer.from(piece));
  }

  /** Where the stream begins to be compressed, or to be plain again. */
  compress(on: boolean): void {
    this.#written.push(Buffer.from(on ? '<compressed>' : '<plain>'));
  }

  afterFlush(done: () => void): void {
    this.#flushed.push(done);
  }

  pause(): void {
    this.isPaused = true;
  }

  resume(): void {
    this.isPaused = false;
  }

  end(): void {
    this.isEnded = true;
  }

  /** All that was written leaves. */
  flush(): void {
    for (const done of this.#flushed.splice(0)) done();
  }

  /** What was written since the last call. */
  take(): Buffer {
    return Buffer.concat(this.#written.splice(0));
  }

  /** What a client would show of it. */
  takeText(): string {
    const text = this.take().toString('latin1');
    // oxlint-disable-next-line no-control-regex
    const shown = text.replace(/\xff(?:[\xfb-\xfe].|\xfa[^\xff]*\xff\xf0|[\xf0-\xf9\xef])/gs, '');
    return Buffer.from(shown, 'latin1').toString();
  }
}

let clock: ManualClock;
let socket: FakeSocket;
let conversations: FakeConversation[];
let player: TelnetPlayer;
/** What the gateway does at once with a new conversation. */
let greet: (begun: FakeConversation) => void;

function connect(options: { readonly showsTokenLine?: boolean } = {}): void {
  socket = new FakeSocket();
  conversations = [];
  greet = () => undefined;
  player = new TelnetPlayer({
    clock,
    socket,
    lineLimitBytes: 400,
    showsTokenLine: options.showsTokenLine ?? true,
    offersCharLogin: true,
    listing: () => new Map([['NAME', ['The Harbour']]]),
    converse: (link) => {
      const begun = new FakeConversation(link);
      conversations.push(begun);
      greet(begun);
      return begun;
    },
  });
}

beforeEach(() => {
  clock = new ManualClock();
  connect();
  socket.take();
});

function bytes(...parts: readonly (number | string)[]): Buffer {
  return Buffer.concat(parts.map((part) => (typeof part === 'string' ? Buffer.from(part) : Buffer.of(part))));
}

function sub(option: number, ...parts: readonly (number | string)[]): Buffer {
  return bytes(IAC, SB, option, ...bytes(...parts), IAC, SE);
}

/** An answer to NEW-ENVIRON: names and values in turn. */
function environ(...values: readonly string[]): Buffer {
  const parts = values.flatMap((value, at) => [at % 2 === 0 ? 0 : 1, value]);
  return sub(NEW_ENVIRON, 0, ...parts);
}

function gmcp(name: string, data?: unknown): Buffer {
  return sub(GMCP, data === undefined ? name : `${name} ${JSON.stringify(data)}`);
}

function says(...parts: readonly (number | string)[]): void {
  player.receive(bytes(...parts));
}

function types(...lines: readonly string[]): void {
  says(lines.map((line) => `${line}\r\n`).join(''));
}

function conversation(index = -1): FakeConversation {
  const found = conversations.at(index);
  if (found === undefined) throw new Error('no conversation was begun');
  return found;
}

/** A new session, in which the player is playing. */
function play(): FakeConversation {
  clock.advance(1000);
  conversation().say(welcome, playing);
  socket.take();
  return conversation();
}

/** To all offers but that of GMCP, the last. */
const REFUSALS = [
  [IAC, WONT, TTYPE, IAC, DONT, EOR, IAC, WONT, NAWS, IAC, WONT, NEW_ENVIRON],
  [IAC, DONT, CHARSET, IAC, DONT, MSDP, IAC, DONT, MSSP, IAC, DONT, MCCP2],
].flat();

function refuseAll(): void {
  says(...REFUSALS, IAC, DONT, GMCP);
}

describe('a player who connects', () => {
  it('is made all offers at once', () => {
    connect();
    expect(socket.take()).toEqual(
      Buffer.from(
        [
          [IAC, DO, TTYPE, IAC, WILL, EOR, IAC, DO, NAWS, IAC, DO, NEW_ENVIRON, IAC, WILL, CHARSET],
          [IAC, WILL, MSDP, IAC, WILL, MSSP, IAC, WILL, MCCP2, IAC, WILL, GMCP],
        ].flat(),
      ),
    );
  });

  it('and says nothing for a second gets a new session, and not before', () => {
    clock.advance(999);
    expect(conversations).toEqual([]);
    clock.advance(1);
    expect(conversation().received).toEqual([expect.objectContaining({ type: 'hello' })]);
    clock.advance(10_000);
    expect(conversations).toHaveLength(1);
  });

  it('and answers every offer without a token gets one at once', () => {
    says(...REFUSALS);
    expect(conversations).toEqual([]);
    says(IAC, DONT, GMCP);
    expect(conversations).toHaveLength(1);
  });

  it('and speaks GMCP is given its time to bring a token, unless it says that it knows no Session', () => {
    says(...REFUSALS, IAC, DO, GMCP);
    expect(conversations).toEqual([]);
    says(...gmcp('Core.Hello', { client: 'x' }));
    says(...gmcp('Core.Supports.Set', ['Session 1']));
    expect(conversations).toEqual([]);
    says(...gmcp('Core.Supports.Set', ['Char 1']));
    expect(conversations).toEqual([]);
    clock.advance(1000);
    expect(conversations).toHaveLength(1);
  });

  it('and lists its packages without Session gets a session then', () => {
    says(IAC, DO, GMCP, ...gmcp('Core.Supports.Set', ['Char 1', 'Sessions 1']));
    expect(conversations).toHaveLength(1);
    conversation().say(welcome);
    expect(conversation().inputs).toEqual(['1 Core.Supports.Set ["Char 1","Sessions 1"]']);
  });

  it('gets a session with the first line, which is the first command', () => {
    types('Ann', 'look');
    expect(conversations).toHaveLength(1);
    expect(conversation().inputs).toEqual([]);
    conversation().say(welcome);
    expect(conversation().inputs).toEqual(['1 Ann', '2 look']);
  });

  it('and sends very much at once is read no further until the session takes it, and loses nothing', () => {
    types(...Array.from({ length: 300 }, (_, index) => `line ${index + 1}`));
    expect(socket.isPaused).toBe(true);
    conversation().say(welcome);
    expect(conversation().inputs).toHaveLength(300);
    expect(conversation().inputs.at(-1)).toBe('300 line 300');
    expect(socket.isPaused).toBe(true);
    conversation().say({ type: 'accepted', seq: 300 });
    expect(socket.isPaused).toBe(false);
  });

  it('and tells of itself is known by that', () => {
    says(IAC, WILL, NAWS, ...sub(NAWS, 0, 80, 0, 24), IAC, WILL, TTYPE);
    says(...sub(TTYPE, 0, 'Mudlet'), ...sub(TTYPE, 0, 'xterm'), ...sub(TTYPE, 0, 'MTTS 73'));
    clock.advance(1000);
    expect(conversation().received).toEqual([{ type: 'hello' }]);
    expect(conversation().link.client).toEqual({
      transport: 'telnet',
      address: '192.0.2.1',
      name: 'MUDLET',
      terminal: 'XTERM',
      columns: 80,
      rows: 24,
      encoding: 'utf-8',
      screenReader: true,
      mtts: 9,
    });
  });

  it('and tells of itself behind its first line is known by that from then on, with all answers at once', () => {
    types('Ann');
    says(IAC, WILL, TTYPE, ...sub(TTYPE, 0, 'Mudlet'), ...sub(TTYPE, 0, 'xterm'));
    expect(conversation().descriptions).toEqual([]);
    says(...sub(TTYPE, 0, 'MTTS 64'), ...sub(TTYPE, 0, 'MTTS 64'));
    const client = { name: 'MUDLET', terminal: 'XTERM', screenReader: true };
    expect(conversation().descriptions).toEqual([expect.objectContaining(client)]);
    says(IAC, WILL, NAWS, ...sub(NAWS, 0, 80, 0, 24));
    expect(conversation().descriptions.at(-1)).toMatchObject({ ...client, columns: 80, rows: 24 });
  });

  it('and has one answer to all questions for its terminal has no name, and no colours on a dumb one', () => {
    says(IAC, WILL, TTYPE, ...sub(TTYPE, 0, 'DUMB'), ...sub(TTYPE, 0, 'DUMB'));
    const talk = play();
    expect(talk.link.client).toMatchObject({ terminal: 'DUMB' });
    expect(talk.link.client).not.toHaveProperty('name');
    talk.say({ type: 'output', offset: 1, text: '\u001b[31mred\u001b[0m\n' });
    expect(socket.takeText()).toBe('red\r\n');
  });

  it.each([
    ['MTTS 271', 267],
    ['MTTS 4095', 299],
    ['MTTS 4', 0],
  ])('and says %s tells the world of its terminal, and of nothing else by it', (said, mtts) => {
    says(IAC, WILL, TTYPE, ...['A', 'XTERM', said, said].flatMap((name) => [...sub(TTYPE, 0, name)]));
    expect(play().link.client).toMatchObject({ mtts });
  });

  it('and says nothing of what its terminal can do is known for nothing', () => {
    says(IAC, WILL, TTYPE, ...sub(TTYPE, 0, 'A'), ...sub(TTYPE, 0, 'XTERM'), ...sub(TTYPE, 0, 'XTERM'));
    expect(play().link.client).not.toHaveProperty('mtts');
  });

  it('and tells of itself by MNES is known by that too', () => {
    says(IAC, WILL, NEW_ENVIRON);
    says(
      ...environ('CLIENT_NAME', 'Mudlet', 'CLIENT_VERSION', '5.0', 'TERMINAL_TYPE', 'XTERM', 'MTTS', '64'),
    );
    clock.advance(1000);
    expect(conversation().link.client).toMatchObject({
      name: 'Mudlet',
      version: '5.0',
      terminal: 'XTERM',
      screenReader: true,
    });
  });

  it('is not believed about its address', () => {
    says(IAC, WILL, NEW_ENVIRON, ...environ('IPADDRESS', '198.51.100.7'));
    clock.advance(1000);
    expect(conversation().link.client).toMatchObject({ address: '192.0.2.1' });
  });

  it('is not waited for where it says nothing to MSSP, as TinTin++ does', () => {
    says(...REFUSALS.slice(0, 18), IAC, DONT, MCCP2, IAC, DONT, GMCP);
    expect(conversations).toHaveLength(1);
  });

  it('is compressed to from the byte behind the mark on, if it agrees, and until it does not any more', () => {
    says(IAC, DO, MCCP2);
    play().say({ type: 'output', offset: 1, text: 'Hello' });
    expect(socket.take().toString('latin1')).toContain('Hello');
    connect();
    socket.take();
    says(IAC, DO, MCCP2, IAC, DO, MCCP2);
    expect(socket.take()).toEqual(Buffer.concat([sub(MCCP2), Buffer.from('<compressed>')]));
    says(IAC, DONT, MCCP2);
    expect(socket.take()).toEqual(Buffer.concat([bytes(IAC, WONT, MCCP2), Buffer.from('<plain>')]));
  });

  it('is refused MSP and MXP, which no game behind the gateway has', () => {
    says(IAC, DO, 90, IAC, DO, 91, IAC, WILL, 91);
    expect(socket.take()).toEqual(bytes(IAC, WONT, 90, IAC, WONT, 91, IAC, DONT, 91));
  });

  it('is given a sign of life that it does not show', () => {
    player.keepAlive();
    expect(socket.take()).toEqual(bytes(IAC, NOP));
    player.gone();
    player.keepAlive();
    expect(socket.take()).toHaveLength(0);
  });

  it('tells of another size, and of none that it does not know', () => {
    const talk = play();
    says(IAC, WILL, NAWS, ...sub(NAWS, 0, 100, 0, 40), ...sub(NAWS, 0, 0, 0, 0));
    expect(talk.descriptions).toEqual([expect.objectContaining({ columns: 100, rows: 40 })]);
  });

  it('and leaves at once leaves nothing behind', () => {
    player.gone();
    clock.advance(5000);
    expect(conversations).toEqual([]);
  });

  it('is told, and let go, where the gateway has no room', () => {
    greet = ({ link }) => {
      link.send(createError('server_full', { retryAfterMs: 10_000 }));
      link.end(4204, 'server_full');
    };
    types('Ann');
    expect(socket.takeText()).toBe(
      'This cannot be done now. Try again in 10 seconds; your token stays good.\r\n',
    );
    expect(socket.isEnded).toBe(true);
  });
});

describe('a program that lists games', () => {
  it('is answered without a session, and is let go after a while', () => {
    says(IAC, DO, MSSP);
    expect(socket.take()).toEqual(sub(MSSP, 1, 'NAME', 2, 'The Harbour'));
    clock.advance(10_999);
    expect(socket.isEnded).toBe(false);
    clock.advance(1);
    expect(socket.isEnded).toBe(true);
    expect(conversations).toEqual([]);
  });

  it('has no session either where it refuses everything else', () => {
    says(...REFUSALS.filter((_, at) => at < 18 || at > 20), IAC, DO, MSSP, IAC, DONT, GMCP);
    clock.advance(5000);
    expect(conversations).toEqual([]);
  });

  it('has one with its first line', () => {
    says(IAC, DO, MSSP);
    clock.advance(5000);
    types('look');
    expect(conversations).toHaveLength(1);
    clock.advance(60_000);
    expect(socket.isEnded).toBe(false);
  });

  it('is a player where it agrees to what players’ clients do, however late', () => {
    says(IAC, DO, MSSP, IAC, WILL, NAWS);
    clock.advance(1000);
    expect(conversations).toHaveLength(1);
    connect();
    says(IAC, DO, MSSP);
    clock.advance(1000);
    says(IAC, WILL, NAWS);
    clock.advance(10_000);
    expect(conversations).toHaveLength(1);
    expect(socket.isEnded).toBe(false);
  });
});

describe('a token in the environment', () => {
  it.each([
    ['USER', COMPACT],
    ['USER', TOKEN.encode()],
    ['RECONNECT_TOKEN', COMPACT],
  ])('opens its session with nothing typed: %s=%s', (name, token) => {
    says(IAC, WILL, NEW_ENVIRON, ...environ(name, token));
    expect(conversations).toHaveLength(1);
    expect(conversation().received).toEqual([expect.objectContaining({ type: 'hello', resume: { token } })]);
  });

  it('is one only in its exact form: any other name is a name', () => {
    says(IAC, WILL, NEW_ENVIRON, ...environ('USER', 'bob'));
    expect(conversations).toEqual([]);
    says(...environ('USER', `${COMPACT}x`));
    expect(conversations).toEqual([]);
    clock.advance(1000);
    expect(conversation().received[0]).not.toHaveProperty('resume');
  });

  it('replaces the session that was opened meanwhile', () => {
    says(IAC, WILL, NEW_ENVIRON);
    const early = play();
    says(...environ('USER', COMPACT));
    conversation().say(resumed);
    expect(early.isGone).toBe(true);
  });

  it('is not looked at again, nor where another was shown before', () => {
    says(IAC, WILL, NEW_ENVIRON, ...environ('USER', COMPACT));
    conversation().say(resumed);
    says(...environ('USER', COMPACT));
    expect(conversations).toHaveLength(1);
    connect();
    types(`reconnect ${COMPACT}`);
    conversation().say(resumed);
    says(IAC, WILL, NEW_ENVIRON, ...environ('USER', COMPACT));
    expect(conversations).toHaveLength(1);
  });

  it('is waited for until the answer is there', () => {
    says(...REFUSALS.map((byte, at) => (at === 10 ? WILL : byte)), IAC, DONT, GMCP);
    expect(conversations).toEqual([]);
    says(...environ());
    expect(conversations).toHaveLength(1);
  });
});

describe('MSDP', () => {
  it('carries what the client says to the game, one message for each variable', () => {
    says(IAC, DO, MSDP);
    const talk = play();
    says(...sub(MSDP, 1, 'REPORT', 2, 5, 2, 'HEALTH', 2, 'MANA', 6, 1, 'SEND', 2, 'ROOM'));
    expect(talk.inputs).toEqual(['1 MSDP.REPORT ["HEALTH","MANA"]', '2 MSDP.SEND "ROOM"']);
  });

  it('carries what the game says to a client that speaks it, and to no other', () => {
    const frame: ServerFrame = { type: 'gmcp', offset: 1, package: 'MSDP.HEALTH', data: '95' };
    says(IAC, DO, GMCP, ...gmcp('Core.Supports.Set', []));
    conversation().say(welcome, playing);
    socket.take();
    conversation().say(frame);
    expect(socket.take()).toHaveLength(0);
    says(IAC, DO, MSDP);
    conversation().say({ ...frame, offset: 2 });
    expect(socket.take()).toEqual(sub(MSDP, 1, 'HEALTH', 2, '95'));
  });

  it('says before there is a session what the session gets first', () => {
    says(IAC, DO, MSDP, ...sub(MSDP, 1, 'LIST', 2, 'COMMANDS'));
    expect(conversations).toEqual([]);
    expect(play().inputs).toEqual(['1 MSDP.LIST "COMMANDS"']);
  });
});

describe('a client that agrees to GMCP or MSDP when it is in the game', () => {
  const vitals = { package: 'Char.Vitals', data: { hp: 2 } };
  const health = { package: 'MSDP.HEALTH', data: '95' };
  const stateFrames: readonly ServerFrame[] = [vitals, health].map((state) => ({ type: 'gmcp', ...state }));

  /** The token first of all, and the answers to our offers when the replay is over. */
  function comeBack(): FakeConversation {
    types(`reconnect ${COMPACT}`);
    const talk = conversation();
    talk.states = [vitals, health];
    const sound: ServerFrame = { type: 'gmcp', offset: 1, package: 'Client.Media.Play', data: {} };
    talk.say({ ...resumed, output: { from: 1, to: 1 } }, sound, ...stateFrames, caughtUp);
    socket.take();
    return talk;
  }

  it('is told then what is state, of what it agrees to, and nothing that was for the moment', () => {
    comeBack();
    says(IAC, DO, GMCP);
    expect(socket.take()).toEqual(gmcp('Char.Vitals', { hp: 2 }));
    says(IAC, DO, MSDP);
    expect(socket.take()).toEqual(sub(MSDP, 1, 'HEALTH', 2, '95'));
  });

  it('is told what is state now, in a session that it has never left too', () => {
    const talk = play();
    talk.say({ type: 'gmcp', offset: 1, package: 'Char.Vitals', data: { hp: 1 } });
    talk.states = [vitals];
    expect(socket.take()).toHaveLength(0);
    says(IAC, DO, GMCP);
    expect(socket.take()).toEqual(gmcp('Char.Vitals', { hp: 2 }));
  });

  it('is told nothing twice where it agreed before, or in the middle of what it missed', () => {
    says(IAC, DO, GMCP);
    types(`reconnect ${COMPACT}`);
    const talk = conversation();
    talk.states = [vitals, health];
    talk.say({ ...resumed, output: { from: 1, to: 1 } });
    says(IAC, DO, MSDP, IAC, DO, GMCP);
    talk.say({ type: 'output', offset: 1, text: 'missed\n' }, ...stateFrames, caughtUp);
    const shown = socket.take().toString('latin1');
    expect(shown.split('Char.Vitals')).toHaveLength(2);
    expect(shown.split('HEALTH')).toHaveLength(2);
  });

  it('is told no more than what is new where it refused before, however often it asks', () => {
    says(IAC, DONT, GMCP);
    const talk = comeBack();
    for (let times = 0; times < 3; times += 1) says(IAC, DO, GMCP, IAC, DONT, GMCP);
    says(IAC, DO, GMCP);
    expect(socket.take().toString('latin1')).not.toContain('Char.Vitals');
    talk.say({ type: 'gmcp', offset: 2, package: 'Char.Vitals', data: { hp: 3 } });
    expect(socket.take()).toEqual(gmcp('Char.Vitals', { hp: 3 }));
  });
});

describe('a message that cannot be read', () => {
  const UNREAD =
    'Your client sent a GMCP or MSDP message that is too large or cannot be read. It was left out.\n';

  it.each<[string, Buffer]>([
    ['has data that is no JSON', sub(GMCP, 'request room')],
    ['is over 16 KiB', gmcp('Char.Note', 'x'.repeat(16_384))],
    ['is MSDP that was cut short', sub(MSDP, 1, 'SEND', 2, 5)],
    ['is MSDP over 16 KiB', sub(MSDP, 1, 'SEND', 2, 'x'.repeat(16_384))],
  ])('because it %s is left out, and its player is told once', (_, message) => {
    play();
    says(...message, ...message);
    expect(socket.takeText().replaceAll('\r\n', '\n')).toBe(UNREAD);
    says(...message, ...gmcp('Core.Ping'));
    expect(socket.takeText()).toBe('');
    expect(conversation().inputs).toEqual(['1 Core.Ping undefined']);
  });
});

describe('a token', () => {
  const refusal = createError('token_refused');
  const later = createError('too_soon', { retryAfterMs: 5000 });

  function refuse(error: ServerFrame = refusal): void {
    const { link } = conversation();
    link.send(error);
    link.end(4600, 'refused');
  }

  it.each([COMPACT, TOKEN.encode()])('as the first line opens its session, and no other: %s', (token) => {
    types(`reconnect ${token}`);
    expect(conversations).toHaveLength(1);
    expect(conversation().received).toEqual([expect.objectContaining({ type: 'hello', resume: { token } })]);
    clock.advance(5000);
    refuseAll();
    expect(conversations).toHaveLength(1);
  });

  it.each([
    ['is good', resumed, 'Welcome back.', false],
    ['may be tried again', later, '', true],
  ])('of the session that is there takes it over, and the answer decides: it %s', (_, answer, said, ends) => {
    const before = play();
    socket.take();
    types(`reconnect ${COMPACT}`);
    before.say({ type: 'bye', reason: 'taken_over', resume: false });
    before.link.end(4501, 'taken_over');
    expect(socket.isEnded).toBe(false);
    conversation().say(answer);
    if (answer.type === 'resumed') conversation().say(caughtUp);
    expect(socket.isEnded).toBe(ends);
    expect(socket.takeText()).toContain(said);
  });

  it('never reaches the game, nor what is shown', () => {
    types(`reconnect ${COMPACT}`, 'look');
    conversation().say(resumed, caughtUp);
    expect(conversation().inputs).toEqual(['6 look']);
    expect(socket.takeText()).toContain(
      'Welcome back. You were away for 60 seconds. You missed nothing.\r\n',
    );
  });

  it('that is good is followed by its successor, once', () => {
    types(`reconnect ${COMPACT}`);
    conversation().say(resumed, { type: 'caught_up', offset: 0 });
    const text = socket.takeText();
    expect(text.match(/^reconnect h1\S{54}\r$/gm)).toHaveLength(1);
    conversation().say({ type: 'token', id: 'next', expires_at: '2026-11-01T13:00:00.000Z' });
    expect(socket.takeText()).toBe('');
  });

  it('is not shown where that is turned off, except one for another device', () => {
    connect({ showsTokenLine: false });
    const token = { ...resumed.token, type: 'token' } as const;
    play().say(token);
    expect(socket.takeText()).toBe('');
    conversation().say({ ...token, link: true });
    expect(socket.takeText()).toContain('To continue on another device');
  });

  it('that comes before playing replaces the session that was opened meanwhile, silently', () => {
    clock.advance(1000);
    conversation().say(welcome);
    types(`reconnect ${COMPACT}`);
    expect(conversations).toHaveLength(2);
    expect(conversation(0).isGone).toBe(false);
    socket.take();
    conversation().say(resumed, caughtUp);
    expect(conversation(0).isGone).toBe(true);
    expect(socket.takeText()).toMatch(/^Welcome back/);
    types('look');
    expect(conversation(0).inputs).toEqual(['{"type":"quit"}']);
    expect(conversation().inputs).toEqual(['6 look']);
  });

  it('may come after other lines while the player is at the login', () => {
    types('Ann');
    conversation().say(welcome);
    types('wrong password', `reconnect ${COMPACT}`);
    expect(conversation(0).inputs).toEqual(['1 Ann', '2 wrong password']);
    conversation().say(resumed);
    expect(conversation(0).isGone).toBe(true);
  });

  it('may come before the first other line while the player is playing: the session that was opened meanwhile ends', () => {
    const talk = play();
    says(IAC, DO, GMCP, ...gmcp('Core.Supports.Set', ['Char 1']));
    types(`reconnect ${COMPACT}`);
    expect(conversations).toHaveLength(2);
    // What is typed from here on is for whatever session there will be.
    types('look');
    expect(talk.inputs).toEqual(['1 Core.Supports.Set ["Char 1"]']);
    conversation().say(resumed);
    expect(talk.inputs.slice(1)).toEqual(['{"type":"quit"}']);
    expect(talk.isGone).toBe(true);
    types('look', `reconnect ${COMPACT}`);
    expect(conversations).toHaveLength(2);
  });

  it('ends no session into which something was typed, or that another token has brought back, or that was shared', () => {
    types('Ann');
    conversation().say(welcome);
    types(`reconnect ${COMPACT}`);
    conversation().say(resumed);
    expect(conversation(0).inputs).toEqual(['1 Ann']);
    expect(conversation(0).isGone).toBe(true);
    connect();
    types(`reconnect ${COMPACT}`);
    conversation().say(resumed);
    types(`reconnect ${OTHER.encodeCompact()}`);
    conversation().say(resumed);
    expect(conversation(0).inputs).toEqual([]);
    expect(conversation(0).isGone).toBe(true);
    connect();
    const shared = play();
    says(IAC, DO, GMCP, ...gmcp('Session.Link'));
    types(`reconnect ${COMPACT}`);
    conversation().say(resumed);
    expect(shared.inputs).toEqual(['{"type":"link"}']);
  });

  it('that comes while the player is playing opens nothing and is kept from the game', () => {
    const talk = play();
    types('look', `reconnect ${COMPACT}`, 'north');
    expect(conversations).toHaveLength(1);
    expect(talk.inputs).toEqual(['1 look', '2 north']);
    expect(socket.takeText()).toContain('That line was kept from the game');
  });

  it('lets what the player types wait for its answer', () => {
    clock.advance(1000);
    conversation().say(welcome);
    types(`reconnect ${COMPACT}`, 'look');
    expect(conversation(0).inputs).toEqual([]);
    conversation().say(resumed);
    expect(conversation().inputs).toEqual(['6 look']);
  });

  it('that is refused gets a sentence and then the game’s login, to which goes what was typed', () => {
    types(`reconnect ${COMPACT}`, 'Ann');
    refuse();
    expect(socket.takeText()).toBe('That reconnection token is not valid any more.\r\n');
    expect(conversations).toHaveLength(2);
    expect(conversation().received[0]).not.toHaveProperty('resume');
    conversation().say(welcome);
    expect(conversation().inputs).toEqual(['1 Ann']);
    expect(socket.isEnded).toBe(false);
  });

  it('that is refused leaves the session that is there', () => {
    clock.advance(1000);
    conversation().say(welcome);
    types(`reconnect ${COMPACT}`, 'Ann');
    refuse();
    expect(conversations).toHaveLength(2);
    expect(conversation(0).isGone).toBe(false);
    expect(conversation(0).inputs).toEqual(['1 Ann']);
    conversation(0).say({ type: 'output', offset: 1, text: 'Hello' });
    expect(socket.takeText()).toContain('Hello');
  });

  it('may be shown again after a refusal', () => {
    types(`reconnect ${COMPACT}`);
    refuse();
    types(`reconnect ${COMPACT}`);
    expect(conversations).toHaveLength(3);
    conversation().say(resumed);
    expect(conversation(1).isGone).toBe(true);
  });

  it('that cannot be taken now gets a sentence, and the connection is closed for the client to come again', () => {
    types(`reconnect ${COMPACT}`, 'Ann');
    refuse(later);
    expect(socket.takeText()).toContain('Try again in 5 seconds; your token stays good.');
    expect(socket.isEnded).toBe(true);
    clock.advance(5000);
    expect(conversations).toHaveLength(1);
  });

  it('that cannot be taken now does not end the session that is there', () => {
    clock.advance(1000);
    conversation().say(welcome);
    types(`reconnect ${COMPACT}`, 'Ann');
    refuse(later);
    expect(socket.isEnded).toBe(false);
    expect(conversation(0).inputs).toEqual(['1 Ann']);
  });

  it('that the gateway refuses before it has read it is answered too', () => {
    greet = ({ link }) => {
      link.send(createError('draining', { retryAfterMs: 1000 }));
      link.end(4201, 'draining');
    };
    types(`reconnect ${COMPACT}`);
    expect(socket.takeText()).toContain('your token stays good');
    expect(socket.isEnded).toBe(true);
  });

  it('that is shown while the gateway stops is answered with its goodbye', () => {
    types(`reconnect ${COMPACT}`);
    conversation().say({ type: 'bye', reason: 'shutdown', resume: true });
    conversation().link.end(4000, 'shutdown');
    expect(socket.takeText()).toContain('Your session is kept');
    expect(socket.isEnded).toBe(true);
  });

  it.each([
    `reconnect ${COMPACT.slice(1)}`,
    `reconnect ${COMPACT}x`,
    `Reconnect ${COMPACT}`,
    'reconnect',
    `say reconnect ${COMPACT}`,
    COMPACT,
  ])('is only what has the exact form; this is for the game: %s', (line) => {
    types(line);
    conversation().say(welcome);
    expect(conversation().inputs).toEqual([`1 ${line}`]);
  });

  it('that is too long for a line is told so, and is no input', () => {
    types(`reconnect ${'A'.repeat(10_000)}`);
    expect(socket.takeText()).toBe('That line was longer than 400 bytes and was not sent.\r\n');
    expect(conversations).toEqual([]);
  });
});

describe('a player whose account has another session', () => {
  const bye: ServerFrame = { type: 'bye', reason: 'welcome_back', resume: true, token: resumed.token };

  it('is in it, in place, and is told nothing of a goodbye', () => {
    types('Ann', 'password');
    const login = conversation();
    login.say(welcome);
    types('look');
    login.say(bye);
    login.link.end(4002, 'welcome_back');
    expect(conversation().received).toEqual([
      expect.objectContaining({ resume: { token: resumed.token.value } }),
    ]);
    types('north');
    conversation().say(resumed, caughtUp);
    expect(login.inputs).toEqual(['1 Ann', '2 password', '3 look']);
    expect(conversation().inputs).toEqual(['6 north']);
    expect(socket.takeText()).toMatch(/^Welcome back/);
    expect(socket.isEnded).toBe(false);
  });

  it('is let go to come again where that cannot be done now', () => {
    types('Ann');
    const login = conversation();
    login.say(welcome, bye);
    login.link.end(4002, 'welcome_back');
    conversation().say(createError('store_unavailable'));
    expect(socket.isEnded).toBe(true);
  });
});

describe('the GMCP package Session', () => {
  beforeEach(() => {
    says(IAC, DO, GMCP);
    socket.take();
  });

  it('resumes with its token, whatever that is', () => {
    says(...gmcp('Session.Resume', { token: 'whatever' }));
    expect(conversation().received).toEqual([expect.objectContaining({ resume: { token: 'whatever' } })]);
  });

  it('is told of the return and of the new token, which is not shown as a line', () => {
    says(...gmcp('session.resume', { token: COMPACT }));
    conversation().say({ ...resumed, held: [{ seq: 5, text: 'n', queued_at: '2026-11-01T11:00:00.000Z' }] });
    const shown = socket.take();
    const held = [{ seq: 5, text: 'n', queued_at: '2026-11-01T11:00:00.000Z' }];
    expect(shown.includes(gmcp('Session.Resumed', { away_ms: 60_000, held }))).toBe(true);
    const { id, value: token, expires_at } = resumed.token;
    expect(shown.includes(gmcp('Session.Token', { token, id, expires_at }))).toBe(true);
    expect(shown.toString('latin1')).not.toContain('reconnect h1');
  });

  it('confirms, and asks for a token for another device', () => {
    says(...gmcp('Core.Supports.Set', ['Session 1']));
    const talk = play();
    says(...gmcp('Session.Stored', { id: 'next' }), ...gmcp('Session.Link'));
    expect(talk.inputs).toEqual([
      '1 Core.Supports.Set ["Session 1"]',
      '{"type":"stored","id":"next"}',
      '{"type":"link"}',
    ]);
    talk.say({ ...resumed.token, type: 'token', link: true });
    const { id, value: token, expires_at } = resumed.token;
    expect(socket.take()).toEqual(gmcp('Session.Token', { token, id, expires_at, link: true }));
  });

  it('is told of a gap', () => {
    says(...gmcp('Core.Supports.Set', ['Session 1']));
    play().say({ type: 'gap', from: 1, to: 3, reason: 'bound' });
    expect(socket.take().includes(gmcp('Session.Gap', { reason: 'bound' }))).toBe(true);
  });

  it.each<[string, unknown]>([
    ['Session.Resume', undefined],
    ['Session.Resume', { token: 7 }],
    ['Session.Resume', 'x'],
    ['Session.Stored', { id: null }],
    ['Session.Stored', [1]],
    ['Session.Link', undefined],
    ['Session.Unheard', {}],
  ])('ignores %s with %j', (name, data) => {
    says(...gmcp(name, data));
    expect(conversations).toEqual([]);
    expect(socket.takeText()).toBe('');
  });

  it('never reaches the game, and no game speaks it', () => {
    const talk = play();
    says(...gmcp('Session.Resume', { token: COMPACT }));
    expect(talk.inputs).toEqual([]);
    socket.take();
    talk.say({ type: 'gmcp', offset: 1, package: 'Session.Token', data: { token: 'forged' } });
    expect(socket.take()).toHaveLength(0);
  });

  it('leaves what is not its own to the game', () => {
    const talk = play();
    says(...gmcp('Char.Items.Inv', { a: [1] }), ...gmcp('Core.Ping'));
    says(...gmcp('Char.Login', { name: 'Ada', password: 'x' }));
    expect(talk.inputs).toEqual([
      '1 Char.Items.Inv {"a":[1]}',
      '2 Core.Ping undefined',
      '3 Char.Login {"name":"Ada","password":"x"}',
    ]);
    talk.say({ type: 'gmcp', offset: 1, package: 'Char.Vitals', data: { hp: 1 } });
    expect(socket.take()).toEqual(gmcp('Char.Vitals', { hp: 1 }));
  });
});

describe('the GMCP package Char.Login', () => {
  const credentials = (account: string, password: string): Buffer =>
    gmcp('Char.Login.Credentials', { account, password });

  beforeEach(() => {
    says(IAC, DO, GMCP, ...gmcp('Core.Supports.Set', ['Char.Login 2']));
    socket.take();
  });

  it('types a name and a password as lines that have no control characters', () => {
    says(...credentials('An\u0007n\r\nquit', 'sec\u007fret\u0000'));
    conversation().say(welcome);
    expect(conversation().inputs.slice(1)).toEqual(['2 Annquit', '3 secret']);
  });

  it('types neither where one is longer than a line may be, and says so to client and player', () => {
    says(...credentials('Ann', 'x'.repeat(401)));
    conversation().say(welcome);
    expect(conversation().inputs.slice(1)).toEqual([]);
    const told = socket.take().toString('latin1');
    const sentence = 'That line was longer than 400 bytes and was not sent.';
    expect(told).toContain(`Char.Login.Result {"success":false,"message":"${sentence}"}`);
    expect(told).toContain(`${sentence}\r\n`);
    // The login of the game is there, and is typed to.
    types('Ann');
    expect(conversation().inputs.slice(1)).toEqual(['2 Ann']);
  });
});

describe('the screen', () => {
  let talk: FakeConversation;
  let offset: number;

  beforeEach(() => {
    talk = play();
    offset = 0;
  });

  function shows(text: string, prompt?: true): void {
    offset += 1;
    talk.say({ type: 'output', offset, text, ...(prompt ? { prompt } : {}) });
  }

  const gap: ServerFrame = { type: 'gap', from: 900, reason: 'crash' };
  const GAP = 'Some output may be missing here: the gateway was interrupted.\r\n';

  it('ends lines as Telnet does', () => {
    shows('a\nb\r\nc\n');
    expect(socket.take().toString()).toBe('a\r\nb\r\nc\r\n');
  });

  it('marks a prompt as the client knows it', () => {
    shows('> ', true);
    expect(socket.take()).toEqual(bytes('> ', IAC, GA));
    says(IAC, DO, EOR);
    socket.take();
    shows('> ', true);
    expect(socket.take()).toEqual(bytes('> ', IAC, 239));
  });

  it('marks none where the client wants neither', () => {
    says(IAC, DO, SGA);
    socket.take();
    shows('> ', true);
    expect(socket.take().toString()).toBe('> ');
  });

  it('gives a sentence of ours a line of its own', () => {
    shows('text\n');
    talk.say(gap);
    expect(socket.takeText()).toBe(`text\r\n${GAP}`);
  });

  it('repeats the prompt that a sentence interrupts', () => {
    shows('line\n');
    shows('> ', true);
    socket.take();
    talk.say(gap);
    expect(socket.take()).toEqual(bytes(`\r\n${GAP}> `, IAC, GA));
  });

  it('repeats the part of a line that a sentence interrupts', () => {
    shows('line\nYou see a ');
    shows('rat');
    talk.say(gap);
    expect(socket.takeText()).toBe(`line\r\nYou see a rat\r\n${GAP}You see a rat`);
    shows('.\n');
    talk.say(gap);
    expect(socket.takeText()).toBe(`.\r\n${GAP}`);
  });

  it('repeats nothing after the player ended the line', () => {
    shows('> ', true);
    types('look');
    socket.take();
    talk.say(gap);
    expect(socket.takeText()).toBe(GAP);
  });

  it('lets no text of the world look like a token line, in pieces or behind a prompt', () => {
    shows('reconn');
    shows(`ect ${COMPACT}\n`);
    expect(socket.takeText()).not.toContain(`reconnect ${COMPACT}`);
    shows('> ', true);
    shows(`reconnect ${COMPACT}\n`);
    expect(socket.takeText()).toBe(`> > reconnect ${COMPACT}\r\n`);
    shows('> ');
    types('read board');
    socket.take();
    shows(`reconnect ${COMPACT}\n`);
    expect(socket.takeText()).toBe(`> reconnect ${COMPACT}\r\n`);
  });

  it('does not make one of a part that it repeats', () => {
    // What is remembered of a line begins with the token: the rest of it is not seen.
    const unseen = `${'\u001b[0m'.repeat(111)}\u001b7`;
    shows(`Bob says: reconnect ${COMPACT}${unseen}`);
    socket.take();
    talk.say(gap);
    expect(socket.takeText()).not.toMatch(/\nreconnect h1/);
  });

  it('hides and shows what is typed, once for each change', () => {
    talk.say({ type: 'echo', offset: 1, on: false }, { type: 'echo', offset: 2, on: false });
    expect(socket.take()).toEqual(bytes(IAC, WILL, ECHO));
    talk.say({ type: 'echo', offset: 3, on: true });
    expect(socket.take()).toEqual(bytes(IAC, WONT, ECHO));
  });

  it('hides what is typed at the return as it was at the leaving', () => {
    connect();
    types(`reconnect ${COMPACT}`);
    socket.take();
    conversation().say({ ...resumed, echo: false });
    expect(socket.take().includes(bytes(IAC, WILL, ECHO))).toBe(true);
  });

  it('tells the fate of commands', () => {
    talk.say({ type: 'dropped', offset: 1, seq: 3, reason: 'expired' });
    talk.say({ type: 'dropped', offset: 2, seq: 4, through: 6, reason: 'refused' });
    expect(socket.takeText()).toBe(
      'A command waited too long and was not carried out.\r\n' +
        '3 commands were refused, because too many are waiting.\r\n',
    );
  });

  it('marks the end of what was missed, and shows the prompt', () => {
    connect();
    types(`reconnect ${COMPACT}`);
    conversation().say({ ...resumed, output: { from: 1, to: 1 } });
    conversation().say({ type: 'output', offset: 1, text: 'missed\n' });
    conversation().say({ type: 'caught_up', offset: 1, prompt: '> ', style: '1;32' });
    expect(socket.takeText()).toMatch(
      // oxlint-disable-next-line no-control-regex
      /1 line follows; you may have seen it\.\r\n.*\r\n.*\r\n\x1b\[0mmissed\r\nThat was all\. From here on it is live\.\r\n\x1b\[0m\x1b\[1;32m> $/,
    );
  });

  it('does not mark an unfinished line that the game has not marked', () => {
    connect();
    types(`reconnect ${COMPACT}`);
    conversation().say(resumed, { type: 'caught_up', offset: 0, prompt: 'hp 20 > ', unmarked: true });
    const shown = socket.take();
    expect(shown.subarray(-8)).toEqual(Buffer.from('hp 20 > '));
    expect(shown.includes(bytes(IAC, GA))).toBe(false);
  });

  it('shows a long replay as it comes, and what cannot wait behind it', () => {
    connect();
    types(`reconnect ${COMPACT}`);
    conversation().say({ ...resumed, output: { from: 1, to: 300 } });
    conversation().say({ type: 'output', offset: 1, text: 'first\n' });
    expect(socket.takeText()).toBe('');
    clock.advance(100);
    expect(socket.takeText()).toMatch(/What you missed follows.*first\r\n$/s);
    conversation().say({ type: 'output', offset: 2, text: 'second\n' });
    expect(socket.takeText()).toBe('second\r\n');
    conversation().say({ type: 'bye', reason: 'taken_over', resume: false });
    expect(socket.takeText()).toBe('Another client has taken over this session.\r\n');
  });

  it('says what it has to say in plain text, in the middle of colours', () => {
    talk.say({ type: 'output', offset: 1, text: '\u001b[31mred\n' });
    talk.say({ type: 'dropped', offset: 2, seq: 3, reason: 'failed' });
    expect(socket.takeText()).toBe('\u001b[31mred\r\n\u001b[0mA command failed.\r\n\u001b[31m');
  });

  it('answers whoever asks whether it is there', () => {
    says(IAC, 246);
    expect(socket.takeText()).toBe('[Yes]\r\n');
  });

  it('takes the last character and the line back when told to', () => {
    says('lok', IAC, 247, 'ok', IAC, 248, 'north\r\n');
    expect(talk.inputs).toEqual(['1 north']);
  });
});

describe('what was shown', () => {
  const microtasks = (): Promise<void> => Promise.resolve();
  const output = (offset: number): ServerFrame => ({ type: 'output', offset, text: `${offset}\n` });

  it('makes room when it has left, once for all that was written together', async () => {
    const talk = play();
    talk.say(output(1), output(2), { type: 'gap', from: 3, to: 9, reason: 'bound' }, output(10));
    await microtasks();
    expect(talk.flushes).toEqual([]);
    socket.flush();
    expect(talk.flushes).toEqual([10]);
  });

  it('counts as received when it left three seconds before a byte came', async () => {
    const talk = play();
    talk.say(output(1));
    await microtasks();
    clock.advance(500);
    socket.flush();
    clock.advance(2999);
    types('look');
    expect(talk.inputs).toEqual(['1 look']);
    clock.advance(1);
    talk.say(output(2));
    await microtasks();
    socket.flush();
    types('north');
    expect(talk.inputs).toEqual(['1 look', '{"type":"ack","offset":1}', '2 north']);
  });

  it('counts as received also by a byte that is no line', async () => {
    const talk = play();
    talk.say(output(1));
    await microtasks();
    socket.flush();
    clock.advance(3000);
    says(IAC, 241);
    expect(talk.inputs).toEqual(['{"type":"ack","offset":1}']);
  });

  it.each([WILL, WONT])('counts as received when the mark behind it is answered (%d)', async (answer) => {
    const talk = play();
    talk.say(output(1), output(2));
    await microtasks();
    expect(socket.take().toString('latin1')).toBe('1\r\n2\r\n\xff\xfd\x06');
    talk.say(output(3));
    await microtasks();
    expect(socket.take().toString('latin1')).toBe('3\r\n');
    says(IAC, answer, TIMING_MARK);
    expect(talk.inputs).toEqual(['{"type":"ack","offset":2}']);
    clock.advance(500);
    expect(socket.take()).toEqual(bytes(IAC, DO, TIMING_MARK));
  });

  it('of a session that gave way is not counted by an answer that comes later', async () => {
    clock.advance(1000);
    conversation().say(welcome, output(40));
    await microtasks();
    types(`reconnect ${COMPACT}`);
    conversation().say({ ...resumed, output: { from: 1, to: 1 } }, output(1), {
      type: 'caught_up',
      offset: 1,
    });
    await microtasks();
    says(IAC, WONT, TIMING_MARK);
    expect(conversation().inputs).toEqual([]);
    says(IAC, WONT, TIMING_MARK);
    expect(conversation().inputs).toEqual(['{"type":"ack","offset":1}']);
  });

  it('of one session counts for no other', async () => {
    clock.advance(1000);
    conversation().say(welcome, output(40));
    await microtasks();
    socket.flush();
    clock.advance(2000);
    types(`reconnect ${COMPACT}`);
    conversation().say(resumed);
    clock.advance(2000);
    types('look');
    expect(conversation().inputs).toEqual(['6 look']);
  });

  it('of a session that gave way while it was being written counts for the one that is there', async () => {
    clock.advance(1000);
    conversation().say(welcome);
    types(`reconnect ${COMPACT}`);
    const [old] = conversations;
    old?.say(output(1));
    conversation().say({ ...resumed, output: { from: 1, to: 2 } }, output(1), output(2));
    conversation().say({ type: 'caught_up', offset: 2 });
    await microtasks();
    socket.flush();
    expect(old?.flushes).toEqual([]);
    expect(conversation().flushes).toEqual([2]);
  });

  it('is asked about again in place of a sign of life, and who answered before and says nothing now is gone', async () => {
    const talk = play();
    for (const offset of [1, 2]) {
      talk.say(output(offset));
      await microtasks();
      says(IAC, WONT, TIMING_MARK);
      clock.advance(500);
    }
    socket.take();
    player.keepAlive();
    expect(socket.take()).toEqual(bytes(IAC, DO, TIMING_MARK));
    says(IAC, WONT, TIMING_MARK);
    clock.advance(60_000);
    player.keepAlive();
    clock.advance(29_999);
    expect(talk.failures).toEqual([]);
    clock.advance(1);
    expect(talk.failures).toEqual(['idle_timeout']);
    talk.say(createError('idle_timeout'));
    talk.link.end(4102, 'idle_timeout');
    expect(socket.takeText()).toContain('Your client gave no sign of life for a minute.');
    expect(socket.isEnded).toBe(true);
  });

  it('is not asked about while nothing is read of the client', async () => {
    const talk = play();
    for (const offset of [1, 2]) {
      talk.say(output(offset));
      await microtasks();
      says(IAC, WONT, TIMING_MARK);
      clock.advance(500);
    }
    types(...Array.from({ length: 201 }, () => 'n'));
    socket.take();
    player.keepAlive();
    expect(socket.take()).toEqual(bytes(IAC, NOP));
    clock.advance(300_000);
    expect(talk.failures).toEqual([]);
  });

  it('is forgotten with the connection', async () => {
    const talk = play();
    talk.say(output(1));
    await microtasks();
    player.gone();
    socket.flush();
    expect(talk.flushes).toEqual([]);
    expect(talk.isGone).toBe(true);
  });
});

describe('a player who types faster than the gateway accepts', () => {
  it('is not read until it has caught up', () => {
    const talk = play();
    types(...Array.from({ length: 201 }, () => 'n'));
    expect(socket.isPaused).toBe(true);
    talk.say({ type: 'accepted', seq: 1 });
    expect(socket.isPaused).toBe(false);
  });

  it('is told of each line that is too long', () => {
    const talk = play();
    types('x'.repeat(401), 'look', 'y'.repeat(900), 'north');
    expect(talk.inputs).toEqual(['1 look', '2 north']);
    expect(socket.takeText().match(/longer than 400 bytes/g)).toHaveLength(2);
  });
});

describe('the end', () => {
  it('is told, and the connection is closed', () => {
    const talk = play();
    talk.say({ type: 'bye', reason: 'taken_over', resume: false });
    talk.link.end(4501, 'taken_over');
    expect(socket.takeText()).toBe('Another client has taken over this session.\r\n');
    expect(socket.isEnded).toBe(true);
  });

  it('is the end: what still comes is answered by nothing, and opens nothing', () => {
    const talk = play();
    talk.link.end(4501, 'taken_over');
    types('look', `reconnect ${COMPACT}`);
    says(IAC, WILL, NAWS, IAC, 246, IAC, DO, GMCP, ...gmcp('Session.Resume', { token: COMPACT }));
    clock.advance(5000);
    expect(conversations).toHaveLength(1);
    expect(talk.inputs).toEqual([]);
  });

  it('by the player is told to the gateway, also of a token whose answer is not there yet', () => {
    clock.advance(1000);
    conversation().say(welcome);
    types(`reconnect ${COMPACT}`);
    player.gone();
    expect(conversations.map(({ isGone }) => isGone)).toEqual([true, true]);
    conversation().say(resumed);
    expect(socket.takeText()).toBe('');
  });
});
