import { expect, it, onTestFinished, vi } from 'vitest';
import type { Session, Store, World, WorldSession } from '../core/index.ts';
import type { Conversation, Converse, HelloFrame, ServerFrame, Transport } from '../protocol/index.ts';
import { memoryStore } from '../stores/index.ts';
import type { GatewayEvent } from './event.ts';
import { createGateway, type Gateway } from './gateway.ts';
import { nodeClock } from './node-clock.ts';

/** A gateway in front of a world that counts the sessions that it has. */
class Stage {
  readonly store: Store;
  readonly gateway: Gateway;
  readonly sessions: WorldSession[] = [];
  readonly events: GatewayEvent[] = [];
  open = 0;
  /** The world takes no more sessions. */
  isBroken = false;
  #converse: Converse | undefined;

  constructor(store: Store) {
    this.store = store;
    const world: World = {
      name: 'world',
      delivery: 'mark',
      open: (session) => {
        if (this.isBroken) throw new Error('the world is broken');
        this.sessions.push(session);
        this.open += 1;
        session.playing();
        return { command: () => undefined, closed: () => (this.open -= 1) };
      },
    };
    const transport: Transport = {
      name: 'test',
      listen: (converse) => {
        this.#converse = converse;
        return Promise.resolve({ host: 'test', port: 0 });
      },
      close: () => Promise.resolve(),
    };
    const onEvent = (event: GatewayEvent): unknown => this.events.push(event);
    this.gateway = createGateway({ store, world, transports: [transport], onEvent });
  }

  /** A connection that says hello. */
  connect(hello: HelloFrame = { type: 'hello' }): { conversation: Conversation; frames: ServerFrame[] } {
    const frames: ServerFrame[] = [];
    const conversation = this.#converse?.({
      traits: { confirms: false },
      client: { transport: 'test' },
      send: (frame) => frames.push(frame),
      end: () => conversation?.gone(),
    });
    if (!conversation) throw new Error('the gateway does not listen');
    conversation.receive(hello);
    return { conversation, frames };
  }

  async kept(): Promise<readonly Session[]> {
    const sessions: Session[] = [];
    for await (const session of this.store.list()) sessions.push(session);
    return sessions;
  }
}

/** A player who is in the game. */
interface Playing {
  readonly stage: Stage;
  readonly conversation: Conversation;
  readonly frames: ServerFrame[];
  readonly session: WorldSession;
}

async function play(store = memoryStore({ clock: nodeClock })): Promise<Playing> {
  const stage = new Stage(store);
  await stage.gateway.listen();
  onTestFinished(() => stage.gateway.close());
  const { conversation, frames } = stage.connect();
  await vi.waitFor(() => expect(frames).toContainEqual(expect.objectContaining({ type: 'token' })));
  const [session] = stage.sessions;
  if (!session) throw new Error('nobody plays');
  return { stage, conversation, frames, session };
}

it('accepts what came in the moment before its connection was gone', async () => {
  const { stage, conversation } = await play();
  conversation.receive({ type: 'command', seq: 1, text: 'farewell' });
  conversation.gone();
  conversation.receive({ type: 'command', seq: 2, text: 'too late' });
  await vi.waitFor(async () => {
    const away = { commands: { accepted: 1 }, presence: { attached: false } };
    expect(await stage.kept()).toMatchObject([away]);
  });
});

it('tells of a change and of its opposite, which came in the same moment', async () => {
  const { frames, session } = await play();
  frames.length = 0;
  session.state('down');
  session.state('up');
  await vi.waitFor(() => expect(frames.length).toBeGreaterThan(0));
  expect(frames).toMatchObject([
    { type: 'state', world: 'down' },
    { type: 'state', world: 'up' },
  ]);
});

it('leaves for the reason that it has, also where its link is gone at once when it ends', async () => {
  const { stage } = await play();
  await stage.gateway.close();
  expect(stage.events).toContainEqual(expect.objectContaining({ kind: 'detached', reason: 'shutdown' }));
});

it('leaves no session behind that the world did not take', async () => {
  const { stage } = await play();
  stage.isBroken = true;
  const { frames } = stage.connect();
  await vi.waitFor(() => expect(frames.at(-1)).toMatchObject({ type: 'error', code: 'internal' }));
  await vi.waitFor(async () => expect(await stage.kept()).toHaveLength(1));
  expect(stage.events).toContainEqual(expect.objectContaining({ kind: 'failed', where: 'open' }));
});

it('leaves nothing of a session in the world that ended while somebody came back to it', async () => {
  const { stage, conversation, frames, session } = await play();
  const token = frames.find((frame) => frame.type === 'token')?.value ?? '';
  conversation.gone();
  await vi.waitFor(async () => expect(await stage.kept()).toMatchObject([{ presence: { attached: false } }]));
  // Told of the attach before that is durable, and so before whoever came back is.
  stage.store.watch(session.id, ({ presence }) => {
    if (presence.attached) void stage.store.apply(session.id, { kind: 'close', reason: 'kicked' });
  });
  stage.connect({ type: 'hello', resume: { token } });
  await vi.waitFor(() => expect(stage.sessions).toHaveLength(2));
  await vi.waitFor(() => expect(stage.open).toBe(0));
  expect(stage.gateway.connections.count).toBe(0);
});
