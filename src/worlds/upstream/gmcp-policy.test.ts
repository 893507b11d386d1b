import { expect, it } from 'vitest';
import { gmcpPolicy } from './gmcp-policy.ts';

it.each([
  ['Char.Vitals', 'state'],
  ['Comm.Channel.Text', 'event'],
  ['comm', 'event'],
  ['Community.News', 'state'],
  ['Room.Message', 'event'],
  ['Room.Message.Old', 'state'],
  ['Core.Ping', 'passing'],
  ['char.login.default', 'passing'],
  ['Session.Token', 'reserved'],
  ['constructor', 'state'],
])('takes %s for %s', (name, kind) => {
  expect(gmcpPolicy(['Comm.*', 'Room.Message'])(name)).toBe(kind);
});

it('lets nobody make an event of what is reserved', () => {
  expect(gmcpPolicy(['Session.*'])('Session.Token')).toBe('reserved');
});
