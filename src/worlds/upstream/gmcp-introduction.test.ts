import { describe, expect, it } from 'vitest';
import { GmcpIntroduction } from './gmcp-introduction.ts';

const CLIENT = { transport: 'websocket' };

describe('GmcpIntroduction', () => {
  it('introduces a client that said nothing', () => {
    const introduction = new GmcpIntroduction();
    expect(introduction.messages(CLIENT)).toEqual([
      { package: 'Core.Hello', data: { client: 'Holdfast', version: '' } },
    ]);
    expect(introduction.messages({ ...CLIENT, name: 'web', version: '2' })).toEqual([
      { package: 'Core.Hello', data: { client: 'web', version: '2' } },
    ]);
  });

  it('repeats what the client said, with its modules as they are by now', () => {
    const introduction = new GmcpIntroduction();
    const hello = { client: 'Mudlet', version: '5' };
    introduction.note({ package: 'core.hello', data: hello });
    introduction.note({ package: 'Core.Supports.Set', data: ['Old 1'] });
    introduction.note({ package: 'Core.Supports.Set', data: ['Char 1', 'Room 1', 'Comm 1'] });
    introduction.note({ package: 'Core.Supports.Add', data: ['room 2', 'Group 1'] });
    introduction.note({ package: 'Core.Supports.Remove', data: ['Comm'] });
    introduction.note({ package: 'Core.Ping', data: 120 });
    expect(introduction.messages(CLIENT)).toEqual([
      { package: 'Core.Hello', data: hello },
      { package: 'Core.Supports.Set', data: ['Char 1', 'room 2', 'Group 1'] },
    ]);
  });

  it('is bounded, and ignores what is no list of modules', () => {
    const introduction = new GmcpIntroduction();
    for (const data of [null, 'Char 1', { 0: 'Char 1' }, [1, ['Char 1'], 'x'.repeat(129)]]) {
      introduction.note({ package: 'Core.Supports.Set', data });
    }
    expect(introduction.messages(CLIENT)).toHaveLength(1);
    const many = Array.from({ length: 1000 }, (_, index) => `Module${index} 1`);
    introduction.note({ package: 'Core.Supports.Add', data: many });
    expect(introduction.messages(CLIENT)[1]?.data).toHaveLength(64);
  });
});
