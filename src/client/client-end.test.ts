import { expect, it } from 'vitest';
import { ClientEnd } from './client-end.ts';

it('gives up a connection on which the gateway never answers, and dials again', () => {
  const end = new ClientEnd({ heldCommands: 'run', random: () => 0 }, 0);
  expect(end.receive({ kind: 'start' }, 0)).toEqual([{ kind: 'dial' }]);
  end.receive({ kind: 'connected' }, 100);
  const due = end.nextDeadline;
  expect(due).toBe(20_000);
  expect(end.receive({ kind: 'deadline' }, 20_000)).toEqual([{ kind: 'hang_up' }]);
  end.receive({ kind: 'disconnected', closeCode: 1006 }, 20_000);
  expect(end.nextDeadline).toBe(20_000);
  expect(end.receive({ kind: 'deadline' }, 20_000)).toEqual([{ kind: 'dial' }]);
});
