import { describe, expect, it } from 'vitest';
import type { Style } from './ansi.ts';
import { lookOf, type PieceLook } from './piece-look.ts';

describe('a piece', () => {
  it.each<[string, Style, PieceLook]>([
    ['as usual', {}, { classes: [] }],
    ['of the theme', { fg: 3, bold: true }, { classes: ['bold', 'ansi-3'] }],
    ['mixed', { fg: '#112233' }, { classes: ['mixed'], ink: '#112233' }],
    ['on a dark ground', { bg: '#101010' }, { classes: ['on-ground'], ink: '#ffffff', ground: '#101010' }],
    ['on a light ground', { bg: 15 }, { classes: ['on-ground'], ink: '#000000', ground: '#ffffff' }],
    ['with both', { fg: 0, bg: 15 }, { classes: ['on-ground'], ink: '#101416', ground: '#ffffff' }],
    ['inverse', { inverse: true, underline: true }, { classes: ['underline', 'inverse'] }],
    [
      'inverse, and coloured',
      { inverse: true, fg: 15 },
      { classes: ['on-ground'], ink: '#000000', ground: '#ffffff' },
    ],
  ])('that is %s', (_, style, look) => {
    expect(lookOf({ text: 'x', style })).toEqual(look);
  });

  it('that was typed says how far it got', () => {
    expect(lookOf({ text: 'look', style: {}, typed: 'waiting' }).classes).toEqual(['typed', 'waiting']);
  });
});
