import { describe, expect, it } from 'vitest';
import { GameOutput } from './game-output.ts';
import { gmcpPolicy } from './gmcp-policy.ts';
import type { GameEvent } from './telnet-client.ts';

const PROMPT: GameEvent = { kind: 'prompt' };
const text = (value: string): GameEvent => ({ kind: 'text', text: value });

function newOutput(): GameOutput {
  return new GameOutput(gmcpPolicy(['Comm.*']), true);
}

describe('GameOutput', () => {
  it('makes one entry of text that belongs together, and passes an unfinished line on', () => {
    expect(newOutput().entries([text('one\ntw'), text('o'), text('')], true)).toEqual([
      { kind: 'text', text: 'one\ntwo' },
    ]);
  });

  it('makes the unfinished line the prompt at its mark', () => {
    const output = newOutput();
    expect(output.entries([text('You stand.\n> '), PROMPT, text('It rains.\n> '), PROMPT], true)).toEqual([
      { kind: 'text', text: 'You stand.\n' },
      { kind: 'text', text: '> ', prompt: true },
      { kind: 'text', text: 'It rains.\n' },
      { kind: 'text', text: '> ', prompt: true },
    ]);
  });

  it('looks for the prompt behind what stands between it and its mark', () => {
    const echo: GameEvent = { kind: 'echo', on: false };
    expect(newOutput().entries([text('Password: '), echo, PROMPT], true)).toEqual([
      { kind: 'text', text: 'Password: ', prompt: true },
      { kind: 'echo', on: false },
    ]);
  });

  it('marks an empty prompt where the line was shown before, or is finished', () => {
    const output = newOutput();
    output.entries([text('> ')], true);
    expect(output.entries([PROMPT], true)).toEqual([{ kind: 'text', text: '', prompt: true }]);
    expect(output.entries([text('Done.\n'), PROMPT], true)).toEqual([
      { kind: 'text', text: 'Done.\n' },
      { kind: 'text', text: '', prompt: true },
    ]);
  });

  it('takes two marks for one', () => {
    const output = newOutput();
    expect(output.entries([text('> '), PROMPT, PROMPT], true)).toHaveLength(1);
    expect(output.entries([PROMPT], true)).toEqual([]);
  });

  it('begins its own sentences at the beginning of a line', () => {
    const output = newOutput();
    expect(output.notice('One.')).toEqual({ kind: 'text', text: 'One.\n' });
    output.entries([text('login: ')], true);
    expect(output.notice('Two.')).toEqual({ kind: 'text', text: '\nTwo.\n' });
    output.entries([text('> ')], true);
    output.lineTyped();
    expect(output.notice('Three.')).toEqual({ kind: 'text', text: 'Three.\n' });
  });

  it('sorts GMCP into state, events, and what is for the moment', () => {
    const events: GameEvent[] = ['Char.Vitals', 'Comm.Tell', 'Core.Ping', 'Session.Token'].map((name) => {
      return { kind: 'gmcp', package: name, data: 1 };
    });
    const heard = newOutput().entries(events, true);
    expect(heard).toEqual([
      { kind: 'gmcp', package: 'Char.Vitals', data: 1, state: true },
      { kind: 'gmcp', package: 'Comm.Tell', data: 1 },
      { kind: 'gmcp', package: 'Core.Ping', data: 1, passing: true },
    ]);
  });
});
