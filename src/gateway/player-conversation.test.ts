import { expect, it, vi } from 'vitest';
import type { Session, World } from '../core/index.ts';
import type { Converse, ServerFrame, Transport } from '../protocol/index.ts';
import { memoryStore } from '../stores/index.ts';
import { createGateway } from './gateway.ts';
import { nodeClock } from './node-clock.ts';

it('accepts what came in the moment before its connection was gone', async () => {
  const store = memoryStore({ clock: nodeClock });
  const world: World = {
    name: 'world',
    delivery: 'mark',
    open(session) {
      session.playing();
      return { command: () => undefined };
    },
  };
  let converse: Converse | undefined;
  const transport: Transport = {
    name: 'test',
    listen(begin) {
      converse = begin;
      return Promise.resolve({ host: 'test', port: 0 });
    },
    close: () => Promise.resolve(),
  };
  const gateway = createGateway({ store, world, transports: [transport] });
  await gateway.listen();
  const frames: ServerFrame[] = [];
  const conversation = converse?.({
    traits: { confirms: false },
    client: { transport: 'test' },
    send: (frame) => frames.push(frame),
    end: () => undefined,
  });
  conversation?.receive({ type: 'hello' });
  await vi.waitFor(() => expect(frames).toContainEqual(expect.objectContaining({ state: 'playing' })));
  conversation?.receive({ type: 'command', seq: 1, text: 'farewell' });
  conversation?.gone();
  conversation?.receive({ type: 'command', seq: 2, text: 'too late' });
  await vi.waitFor(async () => {
    const sessions: Session[] = [];
    for await (const session of store.list()) sessions.push(session);
    expect(sessions).toMatchObject([{ commands: { accepted: 1 }, presence: { attached: false } }]);
  });
  await gateway.close();
});
