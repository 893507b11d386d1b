import { expect, test } from 'vitest';
import { ManualClock } from '../../test/support/manual-clock.ts';
import { newSession, type Session } from '../core/index.ts';
import type { Gateway } from '../gateway/index.ts';
import type { Counts } from './census.ts';
import { Monitor } from './monitor.ts';

/** As much of a gateway as a monitor looks at. */
class Watched {
  readonly clock = new ManualClock();
  readonly sampled: Counts[] = [];
  readonly monitor: Monitor;
  sessions = 1;
  probe: () => Promise<number> = () => Promise.resolve(1);

  constructor() {
    const gateway: Pick<Gateway, 'probeStore'> & { sessions: Pick<Gateway['sessions'], 'list'> } = {
      probeStore: () => this.probe(),
      sessions: { list: () => this.#list() },
    };
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion
    this.monitor = new Monitor(gateway as Gateway, this.clock, (counts) => this.sampled.push(counts));
  }

  async *#list(): AsyncIterable<Session> {
    for (let n = 0; n < this.sessions; n += 1) yield newSession(String(n), 'world', 1000, 0, true);
  }
}

test('a monitor counts at the start, every 10 s, and whenever somebody asks', async () => {
  const watched = new Watched();
  await watched.monitor.start();
  expect(watched.monitor.latest?.counts.connecting).toBe(1);
  watched.sessions = 2;
  await watched.monitor.refresh();
  expect(watched.monitor.latest?.counts.connecting).toBe(2);
  watched.sessions = 3;
  watched.clock.advance(10_000);
  watched.sessions = 4;
  // The look that is under way began before the fourth.
  await watched.monitor.refresh();
  expect(watched.monitor.latest?.counts.connecting).toBe(4);
});

test('more than 1,000 sessions are counted again only when the last count is a second old', async () => {
  const watched = new Watched();
  watched.sessions = 1001;
  await watched.monitor.start();
  watched.sessions = 1002;
  watched.clock.advance(999);
  await watched.monitor.refresh();
  expect(watched.monitor.latest?.counts.connecting).toBe(1001);
  watched.clock.advance(1);
  await watched.monitor.refresh();
  expect(watched.monitor.latest?.counts.connecting).toBe(1002);
});

test('a store that fails is failing until it answers again', async () => {
  const watched = new Watched();
  await watched.monitor.start();
  expect(watched.monitor.store).toMatchObject({ status: 'ok', read_ms: 1 });
  watched.probe = () => Promise.reject(new Error('the disk is gone'));
  watched.clock.advance(10_000);
  await watched.monitor.refresh();
  expect(watched.monitor.store).toMatchObject({ status: 'failing', error: 'the disk is gone' });
  watched.probe = () => Promise.resolve(2000);
  watched.clock.advance(10_000);
  await watched.monitor.refresh();
  expect(watched.monitor.store).toMatchObject({ status: 'slow', read_ms: 2000 });
});

test('a store that does not answer is failing after 5 s, and nobody waits for it', async () => {
  const watched = new Watched();
  await watched.monitor.start();
  watched.probe = () => new Promise(() => undefined);
  watched.clock.advance(10_000);
  const asked = watched.monitor.refresh();
  watched.clock.advance(1000);
  await asked;
  expect(watched.monitor.store.status).toBe('ok');
  watched.clock.advance(4000);
  expect(watched.monitor.store).toMatchObject({
    status: 'failing',
    error: 'it did not answer within 5000 ms',
  });
});
