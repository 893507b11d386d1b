import { isMap, isScalar, LineCounter, parseDocument, type Node, type Pair } from 'yaml';
import { placesOf, type Phrase, type Phrases, type Translation } from '../core/index.ts';
import { TELNET_PHRASES } from '../transports/index.ts';
import { UPSTREAM_PHRASES } from '../worlds/index.ts';
import { nearest } from './settings-name.ts';

/** The longest sentence, in characters. */
const SENTENCE_LENGTH = 400;

const LANGUAGE = 'language';

/** Every sentence of ours that a player can read. */
export const KNOWN_PHRASES: Phrases = { ...TELNET_PHRASES, ...UPSTREAM_PHRASES };

export type LoadedTexts =
  { readonly translation: Translation | undefined } | { readonly problems: readonly string[] };

/** The operator's own words, from the file that the setting names, if it names one. */
export function loadTexts(path: string | undefined, readFile: (path: string) => string): LoadedTexts {
  if (path === undefined) return { translation: undefined };
  try {
    return readTextsFile(readFile(path), path, KNOWN_PHRASES);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return { problems: [`${path}: cannot be read: ${reason}`] };
  }
}

/**
 * Reads a YAML file with sentences for players: `language: de`, and names of `known` with other words for them. Each
 * sentence is one line, and has no places for values that the English one has not. Reports all problems at once, each with
 * its line.
 */
export function readTextsFile(text: string, path: string, known: Phrases): LoadedTexts {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false, schema: 'failsafe' });
  const at = (node: unknown): string => {
    const offset = isNode(node) ? node.range?.[0] : undefined;
    return `${path}:${lines.linePos(offset ?? 0).line || 1}`;
  };
  const faults = new Set(
    [...document.errors, ...document.warnings].map(
      ({ pos, message }) => `${path}:${lines.linePos(pos[0]).line}: ${message}`,
    ),
  );
  if (faults.size > 0) return { problems: [...faults] };
  const { contents } = document;
  if (!isMap<Node, Node | null>(contents)) {
    return { problems: [`${at(contents)}: expected lines of the form name: sentence`] };
  }

  const { language, problems } = readLanguage(contents.items, at);
  const phrases: Record<string, Phrase> = {};
  for (const { key, value } of contents.items) {
    const name = textOf(key) ?? '';
    if (name === LANGUAGE) continue;
    const where = `${at(key)}: ${name}`;
    const english = Object.hasOwn(known, name) ? known[name] : undefined;
    if (english === undefined) {
      problems.push(`${where}: ${unknownText(name, Object.keys(known))}`);
      continue;
    }
    const phrase = phraseOf(value);
    problems.push(...faultsOf(phrase, english, language).map((fault) => `${where}: ${fault}`));
    if (phrase !== undefined) phrases[name] = phrase;
  }
  return problems.length === 0 ? { translation: { language, phrases } } : { problems };
}

function readLanguage(
  items: readonly Pair<Node, Node | null>[],
  at: (node: unknown) => string,
): { readonly language: string; readonly problems: string[] } {
  const item = items.find(({ key }) => textOf(key) === LANGUAGE);
  if (item === undefined) return { language: 'en', problems: [] };
  const language = textOf(item.value) ?? '';
  if (isLanguage(language)) return { language, problems: [] };
  return {
    language: 'en',
    problems: [`${at(item.key)}: ${LANGUAGE}: expected a language, such as de or pt-BR`],
  };
}

function isLanguage(text: string): boolean {
  try {
    return Intl.PluralRules.supportedLocalesOf(text).length > 0;
  } catch {
    return false;
  }
}

function unknownText(written: string, known: readonly string[]): string {
  const meant = nearest(written, known);
  return meant === undefined ? 'no such sentence' : `no such sentence; did you mean ${meant}?`;
}

/** A sentence, or one for each kind of number. */
function phraseOf(value: Node | null): Phrase | undefined {
  const sentence = textOf(value);
  if (sentence !== undefined) return sentence;
  if (!isMap<Node, Node | null>(value)) return undefined;
  const kinds = value.items.map(({ key, value: each }) => [textOf(key), textOf(each)] as const);
  const other = kinds.find(([kind]) => kind === 'other')?.[1];
  if (other === undefined || kinds.some(([, each]) => each === undefined)) return undefined;
  return { ...Object.fromEntries(kinds), other };
}

function faultsOf(phrase: Phrase | undefined, english: Phrase, language: string): readonly string[] {
  if (phrase === undefined) return ['expected a sentence, or one for each kind of number, one of them other'];
  const faults: string[] = [];
  const sentences = typeof phrase === 'string' ? [phrase] : Object.values(phrase);
  if (sentences.some((each) => each === '' || each.length > SENTENCE_LENGTH || /\p{Cc}/u.test(each))) {
    faults.push(`expected one line of 1 to ${SENTENCE_LENGTH} characters, without control characters`);
  }
  const places = placesOf(english);
  const strange = placesOf(phrase).filter((place) => !places.includes(place));
  if (strange.length > 0) {
    const allowed =
      places.length === 0 ? 'it has none' : `it has ${places.map((place) => `{${place}}`).join(' ')}`;
    faults.push(`nothing stands for {${strange[0]}} here; ${allowed}`);
  }
  if (typeof phrase !== 'string') {
    const kinds: readonly string[] = new Intl.PluralRules(language).resolvedOptions().pluralCategories;
    const wrong = Object.keys(phrase).find((kind) => !kinds.includes(kind));
    if (wrong !== undefined)
      faults.push(`${language} has no number of the kind ${wrong}; it has ${kinds.join(', ')}`);
  }
  return faults;
}

function textOf(node: unknown): string | undefined {
  return isScalar(node) ? String(node.value) : undefined;
}

function isNode(node: unknown): node is Node {
  return typeof node === 'object' && node !== null && 'range' in node;
}
