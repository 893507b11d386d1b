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

it('knows no fate that may have been in a gap, also when the replay was cut short behind it', () => {
  const outbox = new Outbox();
  outbox.add(1, { type: 'command', text: 'kill rat' });
  outbox.next();
  outbox.resume(1, 1);
  outbox.uncertain();
  // What goes out meanwhile has its fate in what is still to come.
  outbox.add(2, { type: 'command', text: 'look' });
  outbox.next();
  outbox.resume(2, 2);
  expect(outbox.recovered()).toEqual([
    { id: 1, fate: { kind: 'unknown' } },
    { id: 2, fate: { kind: 'accepted', seq: 2 } },
  ]);
});
