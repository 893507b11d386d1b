import { describe, expect, it } from 'vitest';
import { Phrasebook, placesOf } from './phrasebook.ts';

const ENGLISH = {
  hello: 'Hello {name}, {greeting}.',
  lines: { one: '1 line', other: '{count} lines' },
} as const;

type Name = keyof typeof ENGLISH;

describe('a phrasebook', () => {
  it('says a sentence with its values, and leaves a place that nobody fills', () => {
    expect(new Phrasebook<Name>(ENGLISH).say('hello', { name: '{greeting}' })).toBe(
      'Hello {greeting}, {greeting}.',
    );
  });

  it('says numbers as the language does', () => {
    const book = new Phrasebook<Name>(ENGLISH);
    expect([0, 1, 2].map((count) => book.say('lines', { count }))).toEqual(['0 lines', '1 line', '2 lines']);
    const lines = { one: '{count} строка', few: '{count} строки', other: '{count} строк' };
    const russian = new Phrasebook<Name>(ENGLISH, { language: 'ru', phrases: { lines } });
    expect([1, 2, 5, 21, 22].map((count) => russian.say('lines', { count }))).toEqual([
      '1 строка',
      '2 строки',
      '5 строк',
      '21 строка',
      '22 строки',
    ]);
  });

  it('says in English what has no other words', () => {
    const german = new Phrasebook<Name>(ENGLISH, { language: 'de', phrases: { hello: 'Hallo {name}.' } });
    expect(german.say('hello', { name: 'Ann' })).toBe('Hallo Ann.');
    expect(german.say('lines', { count: 3 })).toBe('3 lines');
  });

  it.each([
    [0, '1 second', '1 Sekunde'],
    [42_400, '42 seconds', '42 Sekunden'],
    [119_000, '119 seconds', '119 Sekunden'],
    [120_000, '2 minutes', '2 Minuten'],
    [119 * 60_000, '119 minutes', '119 Minuten'],
    [7_200_000, '2 hours', '2 Stunden'],
    [360_000_000, '100 hours', '100 Stunden'],
  ])('says that %i ms are %s', (ms, english, german) => {
    expect(new Phrasebook<Name>(ENGLISH).duration(ms)).toBe(english);
    expect(new Phrasebook<Name>(ENGLISH, { language: 'de', phrases: {} }).duration(ms)).toBe(german);
  });
});

it('placesOf names each place of a phrase once', () => {
  expect(placesOf('{a} and {b} and {a}')).toEqual(['a', 'b']);
  expect(placesOf(ENGLISH.lines)).toEqual(['count']);
  expect(placesOf('none')).toEqual([]);
});
