import { expect, it, vi } from 'vitest';
import type { Session, Store, World, WorldSession } from '../core/index.ts';
import type { Conversation, Converse, ServerFrame, Transport } from '../protocol/index.ts';
import { memoryStore } from '../stores/index.ts';
import { createGateway, type Gateway } from './gateway.ts';
import { nodeClock } from './node-clock.ts';

/** A player who is in the game. */
interface Playing {
  readonly gateway: Gateway;
  readonly store: Store;
  readonly conversation: Conversation;
  readonly frames: ServerFrame[];
  readonly session: WorldSession;
}

async function play(): Promise<Playing> {
  const store = memoryStore({ clock: nodeClock });
  const sessions: WorldSession[] = [];
  const world: World = {
    name: 'world',
    delivery: 'mark',
    open(session) {
      sessions.push(session);
      session.playing();
      return { command: () => undefined };
    },
  };
  const lines: Converse[] = [];
  const transport: Transport = {
    name: 'test',
    listen(converse) {
      lines.push(converse);
      return Promise.resolve({ host: 'test', port: 0 });
    },
    close: () => Promise.resolve(),
  };
  const gateway = createGateway({ store, world, transports: [transport] });
  await gateway.listen();
  const frames: ServerFrame[] = [];
  const link = { traits: { confirms: false }, client: { transport: 'test' }, end: () => undefined };
  const conversation = lines[0]?.({ ...link, send: (frame) => frames.push(frame) });
  conversation?.receive({ type: 'hello' });
  await vi.waitFor(() => expect(frames).toContainEqual(expect.objectContaining({ state: 'playing' })));
  const [session] = sessions;
  if (!conversation || !session) throw new Error('nobody plays');
  return { gateway, store, conversation, frames, session };
}

it('accepts what came in the moment before its connection was gone', async () => {
  const { gateway, store, conversation } = await play();
  conversation.receive({ type: 'command', seq: 1, text: 'farewell' });
  conversation.gone();
  conversation.receive({ type: 'command', seq: 2, text: 'too late' });
  await vi.waitFor(async () => {
    const sessions: Session[] = [];
    for await (const session of store.list()) sessions.push(session);
    expect(sessions).toMatchObject([{ commands: { accepted: 1 }, presence: { attached: false } }]);
  });
  await gateway.close();
});

it('tells of a change and of its opposite, which came in the same moment', async () => {
  const { gateway, frames, session } = await play();
  frames.length = 0;
  session.state('down');
  session.state('up');
  await vi.waitFor(() => expect(frames.length).toBeGreaterThan(0));
  expect(frames).toMatchObject([
    { type: 'state', world: 'down' },
    { type: 'state', world: 'up' },
  ]);
  await gateway.close();
});
