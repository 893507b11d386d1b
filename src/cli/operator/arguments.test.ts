import { describe, expect, test } from 'vitest';
import { readArguments, type Flags } from './arguments.ts';

const FLAGS: Flags = { search: { placeholder: 'text', doc: '' }, undo: { doc: '' } };
const read = (line: string): unknown => readArguments(line === '' ? [] : line.split(' '), FLAGS);

describe('the arguments of an operator’s command', () => {
  test.each([
    ['', { words: [], flags: {}, settings: [] }],
    ['show x', { words: ['show', 'x'], flags: {}, settings: [] }],
    ['show --json x', { words: ['show', 'x'], flags: { json: '' }, settings: [] }],
    ['--search ann --undo', { words: [], flags: { search: 'ann', undo: '' }, settings: [] }],
    ['--search=a=b', { words: [], flags: { search: 'a=b' }, settings: [] }],
    ['--operator 1 x --data=d', { words: ['x'], flags: {}, settings: ['--operator=1', '--data=d'] }],
    ['--search', { problems: ['--search: expected a value behind it'] }],
    ['--search a --search b', { problems: ['--search: given twice'] }],
    ['--undo=1', { problems: ['--undo: takes no value'] }],
    ['--serch a', { problems: ['--serch: unknown flag; did you mean --search?'] }],
    ['--telnet 1', { problems: ['--telnet: unknown flag'] }],
    ['--__proto__ 1', { problems: ['--__proto__: unknown flag'] }],
  ])('%j', (line, expected) => {
    expect(read(line)).toEqual(expected);
  });
});
