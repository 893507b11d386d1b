/** One sentence, or one for each kind of number that the language tells apart (CLDR's `one`, `few`, `other` …). */
export type Phrase =
  string | ({ readonly [Kind in Intl.LDMLPluralRule]?: string } & { readonly other: string });

/** Sentences by their names. `{name}` in one stands for a value. */
export type Phrases = Readonly<Record<string, Phrase>>;

/** What stands for `{name}`; `count` also decides which sentence it is. */
export type PhraseValues = Readonly<Record<string, string | number>>;

/** Other sentences than the English ones, and the language that they are in (BCP 47). */
export interface Translation {
  readonly language: string;
  readonly phrases: Phrases;
}

const ENGLISH: Translation = { language: 'en', phrases: {} };

const PLACE = /\{(\w+)\}/g;

/** Says sentences to players, in English or as the operator of the game wants them. */
export class Phrasebook<Name extends string> {
  readonly #phrases: Readonly<Record<Name, Phrase>>;
  readonly #translation: Translation;
  readonly #numbers: Intl.PluralRules;

  /** `english` has every sentence; the translation may have fewer, and may have others that are not asked for. */
  constructor(english: Readonly<Record<Name, Phrase>>, translation: Translation = ENGLISH) {
    this.#phrases = english;
    this.#translation = translation;
    this.#numbers = new Intl.PluralRules(translation.language);
  }

  say(name: Name, values: PhraseValues = {}): string {
    const phrase = this.#translation.phrases[name] ?? this.#phrases[name];
    return this.#sentence(phrase, Number(values['count'] ?? 0)).replace(PLACE, (place, key: string) =>
      String(values[key] ?? place),
    );
  }

  /** A time in words, rounded: seconds up to two minutes, then minutes, from two hours on hours. */
  duration(ms: number): string {
    const seconds = Math.max(1, Math.round(ms / 1000));
    const minutes = Math.round(seconds / 60);
    if (seconds < 120) return this.#counted(seconds, 'second');
    return minutes < 120 ? this.#counted(minutes, 'minute') : this.#counted(Math.round(minutes / 60), 'hour');
  }

  #sentence(phrase: Phrase, count: number): string {
    return typeof phrase === 'string' ? phrase : (phrase[this.#numbers.select(count)] ?? phrase.other);
  }

  #counted(number: number, unit: string): string {
    const options = { style: 'unit', unit, unitDisplay: 'long' } as const;
    return new Intl.NumberFormat(this.#translation.language, options).format(number);
  }
}

/** The names of values that a sentence has places for. */
export function placesOf(phrase: Phrase): readonly string[] {
  const sentences = typeof phrase === 'string' ? [phrase] : Object.values(phrase);
  return [
    ...new Set(sentences.flatMap((sentence) => [...sentence.matchAll(PLACE)].map(([, name = '']) => name))),
  ];
}
