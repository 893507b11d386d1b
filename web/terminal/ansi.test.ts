import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { AnsiReader, type StyledText } from './ansi.ts';

const ESC = '\u001b';

describe('AnsiReader', () => {
  it.each<[string, string, readonly StyledText[]]>([
    ['plain text', 'Gulls.\n', [{ text: 'Gulls.\n', style: {} }]],
    ['a colour of 16', `${ESC}[31mred`, [{ text: 'red', style: { fg: 1 } }]],
    ['a bright one', `${ESC}[97;104mx`, [{ text: 'x', style: { fg: 15, bg: 12 } }]],
    ['one of 256 that is of the theme', `${ESC}[38;5;9mx`, [{ text: 'x', style: { fg: 9 } }]],
    ['one of the cube', `${ESC}[38;5;208mx`, [{ text: 'x', style: { fg: '#ff8700' } }]],
    ['a grey', `${ESC}[48;5;232mx`, [{ text: 'x', style: { bg: '#080808' } }]],
    ['a true colour', `${ESC}[38;2;1;2;255mx`, [{ text: 'x', style: { fg: '#0102ff' } }]],
    ['a true colour with colons', `${ESC}[38:2::1:2:255mx`, [{ text: 'x', style: { fg: '#0102ff' } }]],
    [
      'what follows a mixed colour',
      `${ESC}[38;5;208;1mx`,
      [{ text: 'x', style: { fg: '#ff8700', bold: true } }],
    ],
    [
      'styles',
      `${ESC}[1;3;4;7;9mx`,
      [{ text: 'x', style: { bold: true, italic: true, underline: true, inverse: true, strike: true } }],
    ],
    ['their ends', `${ESC}[1;2;31;42m${ESC}[22;39;49mx`, [{ text: 'x', style: {} }]],
    ['a reset without a number', `${ESC}[1m${ESC}[mx`, [{ text: 'x', style: {} }]],
    ['colours that there are not', `${ESC}[38;5;256;38;2;1;2;300mx`, [{ text: 'x', style: {} }]],
    [
      'moves of the cursor',
      `a${ESC}[2J${ESC}[10;4Hb${ESC}7c${ESC}(Bd`,
      ['a', 'b', 'c', 'd'].map((text) => ({ text, style: {} })),
    ],
    [
      'a title and a link',
      `${ESC}]0;title\u0007a${ESC}]8;;http://x${ESC}\\b`,
      ['a', 'b'].map((text) => ({ text, style: {} })),
    ],
    ['controls', 'a\u0007\u0000b\r\n\tc\u009b', [{ text: 'ab\n\tc', style: {} }]],
  ])('reads %s', (_, text, pieces) => {
    expect(new AnsiReader().read(text)).toEqual(pieces);
  });

  it('goes on in the next piece with what is open', () => {
    const reader = new AnsiReader();
    expect(reader.read(`a${ESC}[3`)).toEqual([{ text: 'a', style: {} }]);
    expect(reader.read('1mb')).toEqual([{ text: 'b', style: { fg: 1 } }]);
    expect(reader.read('c')).toEqual([{ text: 'c', style: { fg: 1 } }]);
  });

  it('gives up on a sequence that has no end', () => {
    const reader = new AnsiReader();
    expect(textOf(reader.read(`${ESC}]0;${'x'.repeat(2000)}`))).toContain('xxx');
    expect(textOf(reader.read('after'))).toBe('after');
  });

  it('reads the same, however the text is cut', () => {
    const parts = fc.constantFrom(
      'a',
      '\n',
      ESC,
      '[',
      ']',
      '3',
      '1',
      ';',
      ':',
      'm',
      'H',
      '\\',
      '\u0007',
      '(',
      '?',
      ' ',
    );
    fc.assert(
      fc.property(fc.array(parts, { maxLength: 40 }), fc.nat(40), (characters, cut) => {
        const text = characters.join('');
        const whole = new AnsiReader();
        const pieces = new AnsiReader();
        // An unfinished sequence waits in both.
        const atOnce = spelled(whole.read(text));
        expect([
          ...spelled(pieces.read(text.slice(0, cut))),
          ...spelled(pieces.read(text.slice(cut))),
        ]).toEqual(atOnce);
      }),
      { numRuns: 500 },
    );
  });
});

function textOf(pieces: readonly StyledText[]): string {
  return pieces.map(({ text }) => text).join('');
}

/** Each character with its style, so that it does not matter how many pieces there are. */
function spelled(pieces: readonly StyledText[]): StyledText[] {
  return pieces.flatMap(({ text, style }) => Array.from(text, (character) => ({ text: character, style })));
}
