import { expect, it } from 'vitest';
import { ManualClock } from '../../test/support/manual-clock.ts';
import { newSession, type Operation } from '../core/index.ts';
import { memoryStore } from '../stores/index.ts';
import type { GatewayEvent } from './event.ts';
import { Sessions } from './sessions.ts';

const issues = (chain: string, how: { readonly link?: true } = {}): Operation => ({
  kind: 'issue',
  chain,
  hash: `hash of ${chain}`,
  attachment: 1,
  ...how,
});

it('lose all their tokens in one step: nobody gets a new one by another device meanwhile', async () => {
  const clock = new ManualClock();
  const store = memoryStore({ clock });
  await store.create(newSession('id', 'world', 60_000, clock.now(), true));
  await store.apply('id', { kind: 'commit', lease: 1, epoch: 'e', stage: 'playing' });
  for (const operation of [issues('phone'), issues('desk', { link: true })])
    await store.apply('id', operation);

  const events: GatewayEvent[] = [];
  const sessions = new Sessions({
    store,
    onEvent: (event) => events.push(event),
    worldName: 'world',
    isRunning: () => false,
  });
  const revoked: number[] = [];
  store.watch('id', ({ chains }) => revoked.push(chains.filter((chain) => chain.revoked).length));
  expect(await sessions.revoke('id')).toBe(2);
  expect(new Set(revoked)).toEqual(new Set([2]));
  expect(events.map(({ kind }) => kind)).toEqual(['revoked', 'revoked']);
  expect(await sessions.revoke('id')).toBe(0);
});
