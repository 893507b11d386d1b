import { describe, expect, it } from 'vitest';
import { cleanLine, duration, listOf, paint, shipsBells, withArticle, withoutColours, wrap } from './text.ts';

describe('text', () => {
  it('keeps letters of all scripts and symbols made of several characters', () => {
    expect(cleanLine('  Grüße,\tשלום 👩‍🚀  ')).toBe('Grüße, שלום 👩‍🚀');
  });

  it('drops what could change the terminal or the line around it', () => {
    expect(cleanLine('a\u001b]0;x\u0007b\u0000\u007f\u009b\u202e\u2066\ud800c\r\nd')).toBe('a]0;xbc d');
  });

  it.each([
    [undefined, 79],
    [500, 79],
    [44, 44],
    [3, 20],
  ])(
    'breaks lines for a screen of %s columns at %i characters, and words that are longer',
    (columns, width) => {
      const wrapped = wrap(`${'word '.repeat(40)}${'y'.repeat(200)}`, columns);
      const lines = wrapped.split('\n');
      for (const line of lines) expect(line.length).toBeLessThanOrEqual(width);
      expect(Math.max(...lines.map(({ length }) => length))).toBeGreaterThan(width - 6);
      expect(wrapped.replace(/\s/g, '')).toBe('word'.repeat(40) + 'y'.repeat(200));
    },
  );

  it('keeps the colour of what it breaks, and indents what players say', () => {
    const words = Array(20).fill('word').join(' ');
    const lines = wrap(`${paint('voice', words)}\n${paint('title', words)}`, 44).split('\n');
    const ends = lines.map((line) => line.replace(/word.*word/, '…'));
    const [voice, title] = ['\u001b[33m', '\u001b[1;36m'];
    expect(ends).toEqual([
      ...['…', '  …', '  …'].map((line) => `${voice}${line}\u001b[0m`),
      ...['…', '…', '…'].map((line) => `${title}${line}\u001b[0m`),
    ]);
  });

  it('leaves lines alone that are short enough', () => {
    expect(wrap('one\n\n  two  spaces\n')).toBe('one\n\n  two  spaces\n');
  });

  it('colours each line for itself and can take colours out again', () => {
    const painted = paint('voice', 'a\n\nb');
    expect(painted).toBe('\u001b[33ma\u001b[0m\n\n\u001b[33mb\u001b[0m');
    expect(withoutColours(painted)).toBe('a\n\nb');
  });

  it('says things as people do', () => {
    expect(['old boot', 'herring'].map(withArticle)).toEqual(['an old boot', 'a herring']);
    expect([[], ['a'], ['a', 'b'], ['a', 'b', 'c']].map(listOf)).toEqual(['', 'a', 'a and b', 'a, b and c']);
    expect([1_000, 59_999, 60_000, 7_200_000].map(duration)).toEqual([
      '1 second',
      '59 seconds',
      '1 minute',
      '2 hours',
    ]);
  });

  it('rings one bell more each half hour, through eight', () => {
    const halfHour = 1_800_000;
    expect([0, 1, 7, 8, 9].map((count) => shipsBells(count * halfHour))).toEqual([
      'eight bells',
      'one bell',
      'seven bells',
      'eight bells',
      'one bell',
    ]);
  });
});
