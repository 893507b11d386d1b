import { describe, expect, it, onTestFinished } from 'vitest';
import type { ClientFrame, Limits, ServerFrame } from '../protocol/index.ts';
import { connect, type ConnectOptions } from './connect.ts';
import type { WebSocketLike } from './platform.ts';
import type { Session } from './session.ts';
import type { StorageEvents, TokenStorage } from './storage/token-storage.ts';

// The driver, with a socket and a storage that the test has in its hands.

const LIMITS: Limits = {
  frame_bytes: 65_536,
  command_bytes: 4096,
  queue_commands: 100,
  window_bytes: 65_536,
  window_entries: 256,
  ping_ms: 30_000,
};
const SITUATION = { state: 'playing', world: 'up', echo: true } as const;
const WELCOME: ServerFrame = { type: 'welcome', session: 's', limits: LIMITS, ...SITUATION };
const RESUMED: ServerFrame = {
  type: 'resumed',
  session: 's',
  limits: LIMITS,
  ...SITUATION,
  epoch: 'e',
  token: { id: 't2', expires_at: '2026-12-18T20:00:00.000Z', value: 'token-2' },
  accepted: 0,
  own: 0,
  output: { from: 1, to: 0 },
  held: [],
  away_ms: 1000,
};
const CAUGHT_UP: ServerFrame = { type: 'caught_up', offset: 0 };
const KEPT = JSON.stringify({ token: 'token-1', epoch: 'e', offset: 0 });

/** All that is due at once, which no clock has to tell. */
const settled = (): Promise<void> =>
  new Promise((resolve) => {
    setImmediate(resolve);
  });

class FakeSocket implements WebSocketLike {
  readyState = 0;
  readonly sent: ClientFrame[] = [];
  onopen: (() => void) | null = null;
  onmessage: ((event: { readonly data: unknown }) => void) | null = null;
  onclose: ((event: { readonly code: number }) => void) | null = null;
  onerror: (() => void) | null = null;

  send(text: string): void {
    this.sent.push(JSON.parse(text));
  }

  close(): void {
    this.readyState = 3;
  }

  opens(): Promise<void> {
    this.readyState = 1;
    this.onopen?.();
    return settled();
  }

  says(...frames: readonly ServerFrame[]): Promise<void> {
    for (const frame of frames) this.onmessage?.({ data: JSON.stringify(frame) });
    return settled();
  }

  dies(code = 1006): Promise<void> {
    this.onclose?.({ code });
    return settled();
  }

  /** What went out, in short. */
  get said(): string[] {
    return this.sent.map((frame) => (frame.type === 'command' ? `${frame.seq} ${frame.text}` : frame.type));
  }
}

/** A storage that opens when the test says so. */
class SlowStorage implements TokenStorage {
  readonly keeps = 'device';
  text: string | undefined;
  readonly done: string[] = [];
  events: StorageEvents | undefined;
  opens: () => Promise<void> = settled;

  constructor(text?: string) {
    this.text = text;
  }

  open(events: StorageEvents): Promise<string | undefined> {
    this.done.push('open');
    this.events = events;
    return new Promise((resolve) => {
      this.opens = () => {
        resolve(this.text);
        return settled();
      };
    });
  }

  save(text: string): void {
    this.done.push('save');
    this.text = text;
  }

  remove(): void {
    this.done.push('remove');
    this.text = undefined;
  }

  close(): void {
    this.done.push('close');
  }
}

class Player {
  readonly session: Session;
  readonly sockets: FakeSocket[];
  readonly storage: SlowStorage;

  constructor(storage: SlowStorage, options: ConnectOptions = {}) {
    const sockets: FakeSocket[] = [];
    class Socket extends FakeSocket {
      constructor() {
        super();
        sockets.push(this);
      }
    }
    this.session = connect('ws://mud.example/play', { WebSocket: Socket, tokenStorage: storage, ...options });
    this.sockets = sockets;
    this.storage = storage;
    onTestFinished(() => this.session.close());
  }

  /** A session that is connected as far as to its hello; with `kept`, that of a return. */
  static async greeting(kept?: string, options?: ConnectOptions): Promise<Player> {
    const player = new Player(new SlowStorage(kept), options);
    await settled();
    await player.storage.opens();
    await player.socket.opens();
    return player;
  }

  static async open(): Promise<Player> {
    const player = await Player.greeting(KEPT);
    await player.socket.says(RESUMED, CAUGHT_UP);
    return player;
  }

  get socket(): FakeSocket {
    const socket = this.sockets.at(-1);
    if (socket === undefined) throw new Error('nothing was dialed');
    return socket;
  }

  /** What becomes of a call. */
  fateOf(call: Promise<unknown>): { is: unknown } {
    const fate: { is: unknown } = { is: 'pending' };
    call.then(
      (value) => (fate.is = value),
      (error: unknown) => (fate.is = String(error)),
    );
    return fate;
  }
}

describe('what a listener calls for', () => {
  it('in `replay` comes behind what was waiting', async () => {
    const ada = await Player.greeting(KEPT);
    ada.session.on('replay', () => void ada.session.send('look').catch(() => undefined));
    const waiting = ada.session.send('typed while away');
    await ada.socket.says(RESUMED, { type: 'accepted', seq: 1 });
    expect(ada.socket.said).toEqual(['hello', 'stored', '1 typed while away', '2 look']);
    expect(await waiting).toEqual({ kind: 'accepted', seq: 1 });
  });

  it('at a status comes behind what is said at it', async () => {
    const ada = await Player.greeting(KEPT);
    ada.session.on('status', ({ kind }) => {
      if (kind === 'replaying') ada.session.resize(100, 40);
    });
    await ada.socket.says(RESUMED);
    expect(ada.socket.said).toEqual(['hello', 'stored', 'window']);
    const bob = await Player.greeting();
    bob.session.on('status', ({ kind }) => {
      if (kind === 'open') void bob.session.send('look').catch(() => undefined);
    });
    void bob.session.send('Ada').catch(() => undefined);
    await bob.socket.says(WELCOME);
    expect(bob.socket.said).toEqual(['hello', '1 Ada', '2 look']);
  });

  it('changes no status until all listeners have heard what it is about', async () => {
    const ada = await Player.greeting(KEPT);
    const heard: string[] = [];
    ada.session.on('replay', () => void ada.session.close());
    for (const name of ['replay', 'state'] as const)
      ada.session.on(name, () => heard.push(`${name} ${ada.session.status.kind}`));
    ada.session.on('status', ({ kind }) => heard.push(`${kind} ${ada.session.status.kind}`));
    await ada.socket.says(RESUMED);
    expect(heard).toEqual(['replaying replaying', 'replay replaying', 'state replaying', 'closed closed']);
    // And what the return has changed is kept.
    expect(ada.storage.done).toEqual(['open', 'save', 'close']);
    expect(ada.storage.text).toContain('token-2');
  });

  it('after a `close` in the same listener is rejected', async () => {
    const ada = await Player.open();
    const fates: unknown[] = [];
    ada.session.on('output', () => {
      void ada.session.close();
      fates.push(ada.fateOf(ada.session.send('look')), ada.fateOf(ada.session.link()));
    });
    await ada.socket.says({ type: 'output', offset: 1, text: 'A clock strikes.' });
    expect(fates).toEqual([{ is: 'SessionError: closed' }, { is: 'SessionError: closed' }]);
  });

  it('may be to begin again, when the session was closed or its connection refused', async () => {
    const ada = await Player.open();
    const stop = ada.session.on('status', ({ kind }) => {
      if (kind === 'closed') ada.session.retry();
    });
    ada.storage.events?.lost();
    await settled();
    await ada.storage.opens();
    expect(ada.sockets).toHaveLength(2);
    expect(ada.session.status).toEqual({ kind: 'connecting' });
    await ada.socket.opens();
    await ada.socket.says({ type: 'error', code: 'not_authorized', message: '', retry: 'never' });
    expect(ada.sockets).toHaveLength(3);
    expect(ada.session.status).toEqual({ kind: 'connecting' });
    stop();
  });
});

describe('while the storage is being opened', () => {
  it('quitting waits for it, and ends the session that was kept', async () => {
    const ada = new Player(new SlowStorage(KEPT));
    await settled();
    ada.storage.events?.blocked();
    const quitting = ada.fateOf(ada.session.quit());
    const sent = ada.fateOf(ada.session.send('look'));
    await settled();
    expect([quitting.is, ada.session.status.kind, ada.storage.done]).toEqual([
      'pending',
      'blocked',
      ['open'],
    ]);
    await ada.storage.opens();
    await ada.socket.opens();
    expect(ada.socket.sent[0]).toMatchObject({ resume: { token: 'token-1' } });
    await ada.socket.says(RESUMED);
    expect(ada.socket.said).toEqual(['hello', 'stored', '1 look', 'quit']);
    await ada.socket.says({ type: 'accepted', seq: 1 }, { type: 'bye', reason: 'quit', resume: false });
    await ada.socket.dies(4500);
    expect([quitting.is, sent.is]).toEqual([undefined, { kind: 'accepted', seq: 1 }]);
    expect(ada.session.status).toEqual({ kind: 'closed', reason: 'quit', canResume: false });
    expect(ada.storage.text).toBeUndefined();
  });

  it('quitting is over when nothing was kept', async () => {
    const ada = new Player(new SlowStorage());
    await settled();
    const quitting = ada.fateOf(ada.session.quit());
    await ada.storage.opens();
    expect([quitting.is, ada.sockets.length]).toEqual([undefined, 0]);
  });

  it('retrying changes nothing', async () => {
    const ada = new Player(new SlowStorage(KEPT));
    await settled();
    ada.session.retry();
    expect(ada.sockets).toEqual([]);
    await ada.storage.opens();
    await ada.socket.opens();
    expect(ada.socket.sent[0]).toMatchObject({ resume: { token: 'token-1' } });
  });

  it('closing gives it up: what it tells later is not heard, and it is opened anew', async () => {
    const ada = new Player(new SlowStorage(KEPT));
    await settled();
    const first = ada.storage.opens;
    const sent = ada.fateOf(ada.session.send('look'));
    await ada.session.close();
    expect(sent.is).toBe('SessionError: lost');
    ada.session.retry();
    await settled();
    await first();
    expect([ada.storage.done, ada.sockets.length]).toEqual([['open', 'close', 'open'], 0]);
    await ada.storage.opens();
    expect(ada.sockets).toHaveLength(1);
  });
});

describe('a storage that could not be opened', () => {
  it('is not touched: what it keeps may be read another time', async () => {
    const storage = new SlowStorage(KEPT);
    storage.open = () => Promise.reject(new Error('EMFILE'));
    const ada = new Player(storage);
    await settled();
    await ada.socket.opens();
    expect(ada.session.storage).toBe('memory');
    await ada.socket.says(WELCOME, { type: 'token', id: 't', expires_at: '', value: 'token-9' });
    await ada.socket.dies(1008);
    ada.session.retry();
    await ada.socket.opens();
    expect(ada.socket.sent[0]).toMatchObject({ resume: { token: 'token-9' } });
    void ada.session.quit();
    await ada.socket.says(RESUMED, { type: 'bye', reason: 'quit', resume: false });
    await ada.session.close();
    expect([storage.done, storage.text]).toEqual([[], KEPT]);
  });
});

describe('a token for another device', () => {
  it('is not waited for any longer when the connection is lost', async () => {
    const ada = await Player.open();
    const first = ada.fateOf(ada.session.link());
    await ada.socket.dies();
    expect(first.is).toBe('SessionError: closed');
    ada.session.retry();
    await ada.socket.opens();
    await ada.socket.says(RESUMED, CAUGHT_UP);
    const second = ada.fateOf(ada.session.link());
    await ada.socket.says({ type: 'token', id: 'l', expires_at: '', value: 'link-2', link: true });
    expect(second.is).toBe('link-2');
  });
});

describe('a token from another device', () => {
  const REFUSED: ServerFrame = { type: 'error', code: 'token_refused', message: '', retry: 'fresh' };

  it('that is refused costs nothing: the session goes on with the one that was kept', async () => {
    const ada = await Player.greeting(KEPT, { token: 'mistyped' });
    const problems: string[] = [];
    ada.session.on('problem', ({ code }) => problems.push(code));
    expect(ada.socket.sent[0]).toMatchObject({ resume: { token: 'mistyped' } });
    await ada.socket.says(REFUSED);
    expect([problems, ada.storage.text]).toEqual([['token_refused'], KEPT]);
    expect(ada.session.status).toMatchObject({ kind: 'waiting', reason: 'token_refused' });
    ada.session.retry();
    await ada.socket.opens();
    expect(ada.socket.sent[0]).toMatchObject({ resume: { token: 'token-1', epoch: 'e', offset: 0 } });
    await ada.socket.says(REFUSED);
    expect(ada.session.status).toEqual({ kind: 'closed', reason: 'token_refused', canResume: false });
    expect(ada.storage.text).toBeUndefined();
  });

  it('that is refused closes the session where none was kept', async () => {
    const ada = await Player.greeting(undefined, { token: 'mistyped' });
    await ada.socket.says(REFUSED);
    expect(ada.session.status).toEqual({ kind: 'closed', reason: 'token_refused', canResume: false });
  });

  it('replaces what was kept once it has brought its session', async () => {
    const ada = await Player.greeting(KEPT, { token: 'link' });
    await ada.socket.says(RESUMED, CAUGHT_UP);
    expect(ada.storage.text).toContain('token-2');
    await ada.socket.says(REFUSED);
    expect(ada.session.status).toMatchObject({ kind: 'closed', canResume: false });
  });
});
