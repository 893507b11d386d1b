import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { WebSocket } from 'ws';
import { fileStorage } from '../src/client-node/node-storage.ts';
import {
  connect,
  memoryStorage,
  type ConnectOptions,
  type Session,
  type SessionEvents,
  type TokenStorage,
} from '../src/client/index.ts';
import { startTestGateway, type FaultyLink, type TestGateway } from '../src/testing/index.ts';
import { RecordingWorld } from './force/recording-world.ts';
import { temporaryFolder } from './support/gateway-process.ts';
import { Changes } from './support/until.ts';

// The SDK as its users in Node have it: the real driver and `ws`, against a real gateway.

let world: RecordingWorld;
let gateway: TestGateway;
let link: FaultyLink;

beforeEach(async () => {
  world = new RecordingWorld();
  gateway = await startTestGateway({ world });
  link = await gateway.link();
});

afterEach(() => gateway.close());

async function carriedOut(): Promise<readonly string[]> {
  return world.carriedOut((await gateway.event('opened')).sessionId);
}

/** A session whose events are written down. */
function watch(options: ConnectOptions = {}): Watched {
  const session = connect(link.url, { WebSocket, ...options });
  onTestFinished(() => session.close());
  return new Watched(session);
}

class Watched {
  readonly session: Session;
  text = '';
  readonly #changes = new Changes();
  readonly #events: { readonly name: string; readonly event: unknown }[] = [];

  constructor(session: Session) {
    this.session = session;
    this.#write('status', 'welcome', 'replay', 'resumed', 'dropped', 'gap', 'storage', 'overflow', 'problem');
    session.on('output', ({ text }) => {
      this.text += text;
      this.#changes.changed();
    });
  }

  /** All events of a name. */
  of<Name extends keyof SessionEvents>(name: Name): SessionEvents[Name][] {
    // Written down under that name.
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion
    return this.#events.filter((each) => each.name === name).map(({ event }) => event as SessionEvents[Name]);
  }

  async sees(text: string): Promise<void> {
    await this.#changes.until(`the text ${JSON.stringify(text)}`, () => this.text.includes(text));
  }

  first<Name extends keyof SessionEvents>(
    name: Name,
    passes: (event: SessionEvents[Name]) => boolean = () => true,
  ): Promise<SessionEvents[Name]> {
    return this.#changes.until(`the event ${name}`, () => this.of(name).find(passes));
  }

  #write(...names: (keyof SessionEvents)[]): void {
    for (const name of names) {
      this.session.on(name, (event) => {
        this.#events.push({ name, event });
        this.#changes.changed();
      });
    }
  }
}

describe('a session', () => {
  it('comes back by itself when the line is cut, with what was missed, and every command carried out once', async () => {
    const ada = watch();
    expect(await ada.session.send('one')).toMatchObject({ seq: 1 });
    await ada.sees('You say, "one"');
    await link.refuse();
    const late = ada.session.send('two');
    const { sessionId } = await gateway.event('detached');
    world.print(sessionId, 'A clock strikes.');
    await link.heal();
    ada.session.retry();
    await late;
    await ada.sees('You say, "two"');
    expect(ada.text).toBe('You say, "one"\nA clock strikes.\nYou say, "two"\n');
    expect(ada.of('resumed')).toMatchObject([{ missed: 1, held: [], gap: undefined }]);
    expect(ada.of('status').map(({ kind }) => kind)).toEqual(
      expect.arrayContaining(['open', 'waiting', 'connecting', 'replaying', 'open']),
    );
    expect(await carriedOut()).toEqual(['one', 'two']);
  });

  it('says nothing of an output that shows nothing', async () => {
    const ada = watch();
    await ada.session.send('one');
    await ada.sees('You say, "one"');
    const outputs: string[] = [];
    ada.session.on('output', ({ text }) => outputs.push(text.trim()));
    const { sessionId } = await gateway.event('opened');
    world.print(sessionId, { kind: 'text', text: '' });
    world.print(sessionId, 'A clock strikes.');
    await ada.sees('A clock strikes.');
    expect(outputs).toEqual(['A clock strikes.']);
  });

  it('ends for good with quit: the token is removed, and what is sent then is rejected', async () => {
    const ada = watch();
    await ada.session.send('one');
    await ada.session.quit();
    expect(ada.session.status).toEqual({ kind: 'closed', reason: 'quit', canResume: false });
    await expect(ada.session.send('look')).rejects.toMatchObject({ name: 'SessionError', code: 'closed' });
    await expect(ada.session.link()).rejects.toMatchObject({ code: 'closed' });
  });

  it('is left, and kept, when it is closed, disposed of or aborted', async () => {
    const abort = new AbortController();
    const ways: ((session: Session) => unknown)[] = [
      (session) => session.close(),
      (session) => session[Symbol.asyncDispose](),
      () => abort.abort(),
    ];
    for (const way of ways) {
      const ada = watch({ signal: abort.signal });
      await ada.session.send('one');
      await way(ada.session);
      await ada.first('status', ({ kind }) => kind === 'closed');
      expect(ada.session.status).toEqual({ kind: 'closed', reason: 'left', canResume: true });
      ada.session.retry();
      await ada.first('resumed');
      await ada.session.quit();
    }
    const never = watch({ signal: AbortSignal.abort() });
    await expect(never.session.send('one')).rejects.toMatchObject({ code: 'closed' });
  });

  it('takes only so many commands while there is no connection, and says so', async () => {
    const ada = watch({ queue: { commands: 2, bytes: 1000 } });
    await ada.session.send('one');
    await link.refuse();
    await ada.first('status', ({ kind }) => kind === 'waiting');
    const waiting = [ada.session.send('two'), ada.session.send('three')];
    await expect(ada.session.send('four')).rejects.toMatchObject({ code: 'queue_full' });
    expect(ada.of('overflow')).toEqual([{ waiting: 2 }]);
    await link.heal();
    ada.session.retry();
    await Promise.all(waiting);
    await ada.sees('You say, "three"');
    expect(await carriedOut()).toEqual(['one', 'two', 'three']);
  });

  it('rejects what no gateway could take, and goes on', async () => {
    const ada = watch();
    await expect(ada.session.send('two\nlines')).rejects.toMatchObject({ code: 'invalid' });
    // What has the type of JSON and is none.
    const circle: { self?: never } = {};
    Object.assign(circle, { self: circle });
    await expect(ada.session.gmcp('Circle', circle)).rejects.toMatchObject({ code: 'invalid' });
    await ada.session.gmcp('Game.Do', { what: 'dig' });
    await ada.session.send('one');
    await ada.sees('You say, "one"');
  });

  it('lets the player choose among held commands', async () => {
    const ada = watch({ heldCommands: 'ask' });
    for (const text of ['hold', 'no', 'yes']) await ada.session.send(text);
    link.cut();
    const { held } = await ada.first('resumed');
    expect(held.map(({ seq, text }) => [seq, text])).toEqual([
      [2, 'no'],
      [3, 'yes'],
    ]);
    ada.session.choose([3]);
    await ada.sees('You say, "yes"');
    expect(await ada.first('dropped')).toMatchObject({ seq: 2, through: 2, reason: 'skipped' });
    expect(await carriedOut()).toEqual(['hold', 'yes']);
  });

  it('goes on another device with a token from link, where it is told that it was taken over', async () => {
    const ada = watch();
    await ada.session.send('one');
    const token = await ada.session.link();
    const phone = watch({ token });
    await phone.session.send('two');
    await ada.first('status', ({ kind }) => kind === 'closed');
    expect(ada.session.status).toEqual({ kind: 'closed', reason: 'taken_over', canResume: true });
    // And back, when the player asks: its own token is still good.
    ada.session.retry();
    await ada.session.send('three');
    expect(await carriedOut()).toEqual(['one', 'two', 'three']);
    expect(gateway.events.filter(({ kind }) => kind === 'refused')).toEqual([]);
  });

  it('goes on when a listener of the application throws, which is told of it', async () => {
    const ada = watch();
    const mistake = new Error('the mistake of a listener');
    const told = new Promise((resolve) => {
      const others = process.listeners('unhandledRejection');
      process.removeAllListeners('unhandledRejection').once('unhandledRejection', (error) => {
        for (const other of others) process.on('unhandledRejection', other);
        resolve(error);
      });
    });
    ada.session.on('welcome', () => {
      throw mistake;
    });
    await ada.session.send('one');
    expect(await told).toBe(mistake);
  });

  it('refuses what is no address, or a place without WebSockets', () => {
    expect(() => connect('https://mud.example/play', { WebSocket })).toThrow(TypeError);
    expect(() => connect('ws://mud.example/play')).toThrow('WebSocket');
  });
});

describe('a storage', () => {
  it('in a file brings a program back that was started again; only its owner may read it', async () => {
    const folder = temporaryFolder();
    onTestFinished(() => folder.remove());
    const path = join(folder.path, 'sessions', 'mud.json');
    const first = watch({ tokenStorage: fileStorage(path) });
    await first.session.send('one');
    await first.sees('You say, "one"');
    await first.session.close();
    expect((await stat(path)).mode & 0o777).toBe(0o600);
    const again = watch({ tokenStorage: fileStorage(path) });
    expect(again.session.storage).toBe('device');
    await again.session.send('two');
    await again.sees('You say, "two"');
    expect(again.text).toBe('You say, "two"\n');
    await again.session.quit();
    await expect(readFile(path)).rejects.toMatchObject({ code: 'ENOENT' });
    expect(await carriedOut()).toEqual(['one', 'two']);
  });

  it('that is a web storage is taken as it is', async () => {
    const items = new Map<string, string>();
    const tokenStorage = {
      getItem: (key: string) => items.get(key) ?? null,
      setItem: (key: string, value: string) => void items.set(key, value),
      removeItem: (key: string) => void items.delete(key),
    };
    const ada = watch({ tokenStorage });
    await ada.session.send('one');
    expect([...items.keys()]).toEqual([`holdfast ${link.url}`]);
    await ada.session.quit();
    expect([...items]).toEqual([]);
  });

  it('that is slow is waited for before the gateway is told that a token is stored', async () => {
    const saved: (() => void)[] = [];
    const said: string[] = [];
    const storage: TokenStorage = {
      ...memoryStorage(),
      keeps: 'device',
      save: () => new Promise((resolve) => saved.push(resolve)),
    };
    class Recorded extends WebSocket {
      override send(data: string): void {
        const frame: { type: string } = JSON.parse(data);
        said.push(frame.type);
        super.send(data);
      }
    }
    watch({ tokenStorage: storage, WebSocket: Recorded });
    await vi.waitFor(() => expect(saved).toHaveLength(1));
    expect(said).toEqual(['hello']);
    saved[0]?.();
    await vi.waitFor(() => expect(said).toEqual(['hello', 'stored']));
  });

  it('that fails costs nothing but the way back after a reload, and the session says so', async () => {
    const failing: TokenStorage = {
      keeps: 'device',
      open: () => Promise.reject(new Error('not readable')),
      save: () => Promise.reject(new Error('full')),
      remove: () => undefined,
    };
    const ada = watch({ tokenStorage: failing });
    await ada.session.send('one');
    expect(ada.of('storage')).toEqual([{ keeps: 'memory' }]);
    link.cut();
    await ada.session.send('two');
    expect(await carriedOut()).toEqual(['one', 'two']);
  });
});
