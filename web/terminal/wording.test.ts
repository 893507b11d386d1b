import { expect, it } from 'vitest';
import { awayText, droppedText, gapText, shortDuration } from './wording.ts';

it.each([
  [0, '0 s'],
  [-5, '0 s'],
  [6400, '6 s'],
  [59_400, '59 s'],
  [60_000, '1 min'],
  [180_000, '3 min'],
  [3_600_000, '1 h'],
  [5_000_000, '1 h 23 min'],
  [3_599_000, '1 h'],
  [72 * 3_600_000, '3 days'],
])('%i ms are said as %s', (ms, text) => {
  expect(shortDuration(ms)).toBe(text);
});

it('says what was missed', () => {
  expect(awayText(180_000)).toBe('While you were away (3 min)');
  expect(awayText(180_000, 42)).toBe('While you were away: 42 lines, 3 min');
  expect(awayText(6000, 1)).toBe('While you were away: 1 line, 6 s');
  expect(awayText(6000, 0)).toBe('Back after 6 s. Nothing new.');
});

it('says what is gone, and how much where that is known', () => {
  expect(gapText('bound', 12_345)).toBe('Some output is missing here (12 kB): more came than is kept.');
  expect(gapText('oversize', 800)).toContain('(800 bytes)');
  expect(gapText('something new')).toBe('Some output may be missing here.');
  expect(gapText('delivered')).not.toContain('missing');
});

it.each([
  [
    'uncertain',
    1,
    ['give gold'],
    'It is not known whether “give gold” was carried out. It will not run again.',
  ],
  ['skipped', 2, ['look', 'dig'], '“look”, “dig” were skipped.'],
  ['expired', 3, ['look'], '3 commands were not carried out: the wait was too long.'],
  [
    'private',
    1,
    [],
    'A command was not carried out: a password may have been in it, so it was not kept. Please type it again.',
  ],
  ['something new', 1, [], 'A command was not carried out.'],
])('says of what was dropped (%s) how much, which and why', (reason, count, words, text) => {
  expect(droppedText(reason, count, words)).toBe(text);
});
