import { describe, expect, it } from 'vitest';
import { DocPage } from '../../test/support/doc-page.ts';
import { KNOWN_PHRASES, readTextsFile } from './texts-file.ts';

const KNOWN = {
  goodbye: 'Goodbye.',
  away: 'You were away for {duration}.',
  held: { one: '1 command: {commands}', other: '{count} commands: {commands}' },
} as const;

function read(...lines: readonly string[]): ReturnType<typeof readTextsFile> {
  return readTextsFile(lines.join('\n'), 'de.yaml', KNOWN);
}

describe('a file of texts', () => {
  it('has a language and other words for sentences', () => {
    const texts = read(
      'language: de',
      'goodbye: Tschüss.',
      "away: '{duration} warst du fort.'",
      'held:',
      "  one: 'Ein Befehl: {commands}'",
      "  other: '{count} Befehle: {commands}'",
    );
    expect(texts).toEqual({
      translation: {
        language: 'de',
        phrases: {
          goodbye: 'Tschüss.',
          away: '{duration} warst du fort.',
          held: { one: 'Ein Befehl: {commands}', other: '{count} Befehle: {commands}' },
        },
      },
    });
  });

  it('needs neither a language nor every sentence, nor every kind of number', () => {
    expect(read('held: "Held: {commands}"')).toEqual({
      translation: { language: 'en', phrases: { held: 'Held: {commands}' } },
    });
  });

  it.each([
    ['godbye: x', 'de.yaml:1: godbye: no such sentence; did you mean goodbye?'],
    ['zzzzzzzz: x', 'de.yaml:1: zzzzzzzz: no such sentence'],
    ['toString: x', 'de.yaml:1: toString: no such sentence'],
    ['goodbye: x\ngoodbye: y', 'de.yaml:2: Map keys must be unique'],
    ['language: 12', 'de.yaml:1: language: expected a language, such as de or pt-BR'],
    ['goodbye: Bye {name}', 'de.yaml:1: goodbye: nothing stands for {name} here; it has none'],
    ['away: "{time}"', 'de.yaml:1: away: nothing stands for {time} here; it has {duration}'],
    [
      'goodbye: ""',
      'de.yaml:1: goodbye: expected one line of 1 to 400 characters, without control characters',
    ],
    [
      'goodbye: "a\\nb"',
      'de.yaml:1: goodbye: expected one line of 1 to 400 characters, without control characters',
    ],
    [
      'goodbye: "\\e[31m"',
      'de.yaml:1: goodbye: expected one line of 1 to 400 characters, without control characters',
    ],
    [
      'goodbye: [a]',
      'de.yaml:1: goodbye: expected a sentence, or one for each kind of number, one of them other',
    ],
    [
      'held: {one: a}',
      'de.yaml:1: held: expected a sentence, or one for each kind of number, one of them other',
    ],
    ['held: {few: a, other: b}', 'de.yaml:1: held: en has no number of the kind few; it has one, other'],
    ['- a', 'de.yaml:1: expected lines of the form name: sentence'],
    ['', 'de.yaml:1: expected lines of the form name: sentence'],
  ])('%j is refused', (text, problem) => {
    expect(read(text)).toEqual({ problems: [problem] });
  });

  it('is told of all its mistakes at once', () => {
    expect(read('language: x y', 'a: b', 'goodbye: {}')).toMatchObject({
      problems: [{}, {}, {}].map(() => expect.any(String)),
    });
  });
});

describe('docs/texts.md', () => {
  const page = new DocPage('docs/texts.md');

  it('has every sentence, word by word', () => {
    const english = Object.entries(KNOWN_PHRASES).map(([name, phrase]) => [
      name,
      typeof phrase === 'string' ? phrase : Object.values(phrase).join(' / '),
    ]);
    const { rows } = page.table('Sentences');
    expect(rows.map((row) => [row['name'], row['in English']])).toEqual(english);
  });

  it('has an example without mistakes', () => {
    const example = page.fences.find(({ language }) => language === 'yaml');
    expect(readTextsFile(example?.text ?? '', 'de.yaml', KNOWN_PHRASES)).toMatchObject({
      translation: { language: 'de' },
    });
  });
});
