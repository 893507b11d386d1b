import { expect, it } from 'vitest';
import { Outbox } from './outbox.ts';

it('forgets a refusal that the gateway forgot in a crash, and sends the command anew', () => {
  const outbox = new Outbox();
  outbox.add(7, { type: 'command', text: 'look' });
  expect(outbox.next()).toEqual([{ type: 'command', text: 'look', seq: 1 }]);
  outbox.dropped(1, 1, 'refused');
  outbox.resume(0, 0);
  expect(outbox.next()).toEqual([{ type: 'command', text: 'look', seq: 1 }]);
  expect(outbox.accepted(1)).toEqual([{ id: 7, fate: { kind: 'accepted', seq: 1 } }]);
});
