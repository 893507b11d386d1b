import { expect, it } from 'vitest';
import { CommandHistory } from './command-history.ts';

it('walks back to the oldest line, and forward to what was being typed', () => {
  const history = new CommandHistory();
  for (const line of ['look', 'north']) history.add(line);
  expect(history.older('sa')).toBe('north');
  expect(history.older('north')).toBe('look');
  expect(history.older('look')).toBeUndefined();
  expect(history.newer()).toBe('north');
  expect(history.newer()).toBe('sa');
  expect(history.newer()).toBeUndefined();
});

it('begins anew after each line', () => {
  const history = new CommandHistory(['look', 'north']);
  history.older('');
  history.older('');
  history.add('look');
  expect(history.older('')).toBe('look');
  expect(history.older('')).toBe('north');
});

it('leaves out empty lines and what was typed twice in a row', () => {
  const history = new CommandHistory();
  for (const line of ['look', 'look', '', '  ', 'north', 'look']) history.add(line);
  expect(history.lines).toEqual(['look', 'north', 'look']);
});

it('has 200 lines at most', () => {
  const history = new CommandHistory();
  for (let i = 0; i < 300; i += 1) history.add(String(i));
  expect(history.lines).toHaveLength(200);
  expect(history.lines[0]).toBe('100');
});
