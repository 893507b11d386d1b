import { describe, expect, it } from 'vitest';
import { ClientIntroduction } from './client-introduction.ts';

const CLIENT = { transport: 'websocket' };

describe('ClientIntroduction', () => {
  it('introduces a client that said nothing', () => {
    const introduction = new ClientIntroduction();
    expect(introduction.gmcp(CLIENT)).toEqual([
      { package: 'Core.Hello', data: { client: 'Holdfast', version: '' } },
    ]);
    expect(introduction.gmcp({ ...CLIENT, name: 'web', version: '2' })).toEqual([
      { package: 'Core.Hello', data: { client: 'web', version: '2' } },
    ]);
  });

  it('repeats what the client said, with its modules as they are by now', () => {
    const introduction = new ClientIntroduction();
    const hello = { client: 'Mudlet', version: '5' };
    introduction.note({ package: 'core.hello', data: hello });
    introduction.note({ package: 'Core.Supports.Set', data: ['Old 1'] });
    introduction.note({ package: 'Core.Supports.Set', data: ['Char 1', 'Room 1', 'Comm 1'] });
    introduction.note({ package: 'Core.Supports.Add', data: ['room 2', 'Group 1'] });
    introduction.note({ package: 'Core.Supports.Remove', data: ['Comm'] });
    introduction.note({ package: 'Core.Ping', data: 120 });
    expect(introduction.gmcp(CLIENT)).toEqual([
      { package: 'Core.Hello', data: hello },
      { package: 'Core.Supports.Set', data: ['Char 1', 'room 2', 'Group 1'] },
    ]);
  });

  it('is bounded, and ignores what is no list of modules', () => {
    const introduction = new ClientIntroduction();
    for (const data of [null, 'Char 1', { 0: 'Char 1' }, [1, ['Char 1'], 'x'.repeat(129)]]) {
      introduction.note({ package: 'Core.Supports.Set', data });
    }
    expect(introduction.gmcp(CLIENT)).toHaveLength(1);
    const many = Array.from({ length: 1000 }, (_, index) => `Module${index} 1`);
    introduction.note({ package: 'Core.Supports.Add', data: many });
    expect(introduction.gmcp(CLIENT)[1]?.data).toHaveLength(64);
  });

  it('remembers the variables that are reported by MSDP', () => {
    const introduction = new ClientIntroduction();
    expect(introduction.msdp()).toEqual([]);
    introduction.note({ package: 'MSDP.REPORT', data: ['HEALTH', 'MANA'] });
    introduction.note({ package: 'MSDP.REPORT', data: 'ROOM' });
    introduction.note({ package: 'MSDP.UNREPORT', data: 'MANA' });
    introduction.note({ package: 'MSDP.SEND', data: 'GOLD' });
    expect(introduction.msdp()).toEqual([{ package: 'MSDP.REPORT', data: ['HEALTH', 'ROOM'] }]);
    introduction.note({ package: 'MSDP.RESET', data: 'REPORTED_VARIABLES' });
    expect(introduction.msdp()).toEqual([]);
  });

  it('takes back what only the client before had asked for', () => {
    const introduction = new ClientIntroduction();
    introduction.note({ package: 'Core.Supports.Set', data: ['Char 1', 'Room 1'] });
    introduction.note({ package: 'MSDP.REPORT', data: ['HEALTH', 'MANA'] });
    introduction.left();
    introduction.note({ package: 'Core.Supports.Add', data: ['Char 2', 'Comm 1'] });
    introduction.note({ package: 'MSDP.REPORT', data: 'MANA' });
    expect(introduction.leftovers()).toEqual([
      { package: 'Core.Supports.Remove', data: ['Room'] },
      { package: 'MSDP.UNREPORT', data: ['HEALTH'] },
    ]);
    expect(introduction.leftovers()).toEqual([]);
    expect(introduction.gmcp(CLIENT)[1]?.data).toEqual(['Char 2', 'Comm 1']);
    expect(introduction.msdp()[0]?.data).toEqual(['MANA']);
  });

  it('keeps nothing of a client whose successor said all that it supports', () => {
    const introduction = new ClientIntroduction();
    introduction.note({ package: 'Core.Hello', data: { client: 'Mudlet', version: '5' } });
    introduction.note({ package: 'Core.Supports.Set', data: ['Char 1', 'Room 1'] });
    introduction.left();
    introduction.note({ package: 'Core.Supports.Set', data: ['Char 1'] });
    expect(introduction.leftovers()).toEqual([]);
    expect(introduction.gmcp({ ...CLIENT, name: 'web' })).toEqual([
      { package: 'Core.Hello', data: { client: 'web', version: '' } },
      { package: 'Core.Supports.Set', data: ['Char 1'] },
    ]);
  });
});
