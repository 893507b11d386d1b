import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ClassicLevel } from 'classic-level';
import { expect, it } from 'vitest';
import { ManualClock } from '../../test/support/manual-clock.ts';
import { newSession, type World } from '../core/index.ts';
import type { PublicFacts, Transport } from '../protocol/index.ts';
import { memoryStore, openEmbeddedStore } from '../stores/index.ts';
import type { GatewayEvent } from './event.ts';
import { createGateway } from './gateway.ts';

const WORLD: World = { name: 'world', delivery: 'mark', open: () => ({ command: () => undefined }) };

it('closes sessions whose time ran out, also behind one that is damaged on the disk', async () => {
  const clock = new ManualClock();
  const folder = await mkdtemp(join(tmpdir(), 'holdfast-'));
  try {
    const before = await openEmbeddedStore(folder, { clock });
    for (const [id, windowMs] of [
      ['broken', 1],
      ['sound', 2],
    ] as const) {
      await before.create(newSession(id, 'world', windowMs, clock.now(), false));
    }
    await before.close();
    const db = new ClassicLevel(folder);
    await db.put('session/broken', ((await db.get('session/broken')) ?? '').replace('world', 'w0rld'));
    await db.close();

    const store = await openEmbeddedStore(folder, { clock });
    const failed: unknown[] = [];
    const closed = new Promise<string>((resolve) => {
      const gateway = createGateway({
        clock,
        store,
        world: WORLD,
        transports: [],
        onEvent(event) {
          if (event.kind === 'failed') failed.push(event);
          if (event.kind === 'closed') void gateway.close().then(() => resolve(event.sessionId));
        },
      });
      void gateway.listen().then(() => clock.advance(1000));
    });
    expect(await closed).toBe('sound');
    expect(failed).toMatchObject([{ where: 'sweep', sessionId: 'broken' }]);
  } finally {
    await rm(folder, { recursive: true });
  }
});

it('starts also where the world does not take a session that was kept', async () => {
  const clock = new ManualClock();
  const store = memoryStore({ clock });
  for (const id of ['sound', 'odd']) await store.create(newSession(id, 'world', 1000, clock.now(), false));
  const opened: string[] = [];
  const events: unknown[] = [];
  const gateway = createGateway({
    clock,
    store,
    world: {
      name: 'world',
      delivery: 'commit',
      open({ id }) {
        if (id === 'odd') throw new Error('what is this?');
        opened.push(id);
        return { command: () => undefined };
      },
    },
    transports: [],
    onEvent: (event) => events.push(event),
  });
  await gateway.listen();
  expect(opened).toEqual(['sound']);
  expect(events).toContainEqual(
    expect.objectContaining({ kind: 'failed', where: 'world.open', sessionId: 'odd' }),
  );
  await gateway.close();
});

it('tells nothing of a game whose listing fails, and goes on', async () => {
  const clock = new ManualClock();
  const asked: (() => PublicFacts)[] = [];
  const transport: Transport = {
    name: 'test',
    listen(_, __, facts) {
      asked.push(facts);
      return Promise.resolve({ host: 'test', port: 1 });
    },
    close: () => Promise.resolve(),
  };
  const events: GatewayEvent[] = [];
  const gateway = createGateway({
    clock,
    store: memoryStore({ clock }),
    world: {
      ...WORLD,
      listing() {
        throw new Error('no listing');
      },
    },
    transports: [transport],
    onEvent: (event) => events.push(event),
  });
  await gateway.listen();
  expect(asked[0]?.().listing).toEqual(new Map());
  expect(events).toMatchObject([{ kind: 'failed', where: 'world.listing' }]);
  await gateway.close();
});
