/** The longest line that is written, and the shortest that a narrow screen makes of it. */
const LONGEST_LINE = 79;
const SHORTEST_LINE = 20;

/** What the lines of a player's words begin with, except the first. */
const INDENT = '  ';

const ESCAPE = '\u001b';
const CODES = { title: '1;36', voice: '33' } as const;
const COLOURED_LINE = new RegExp(`^(${ESCAPE}\\[([0-9;]*)m)(.*)(${ESCAPE}\\[0m)$`, 'u');
const COLOURS = new RegExp(`${ESCAPE}\\[[0-9;]*m`, 'g');
// Bidirectional marks too: they let a player's words rewrite the line around them.
const CONTROLS = /[\p{Cc}\p{Cs}\p{Zl}\p{Zp}\p{Bidi_Control}]/gu;

/** What a player typed, as one line that is safe to show to others: it can forge neither colours nor lines. */
export function cleanLine(text: string): string {
  return text.replace(/\s+/gu, ' ').replace(CONTROLS, '').trim();
}

/** Colours each line for itself, so that no colour runs on into what follows. */
export function paint(colour: keyof typeof CODES, text: string): string {
  return text.replace(/[^\n]+/g, (line) => `${ESCAPE}[${CODES[colour]}m${line}${ESCAPE}[0m`);
}

export function withoutColours(text: string): string {
  return text.replace(COLOURS, '');
}

/**
 * Breaks lines that are longer than 79 characters, or than the screen is wide. What is coloured stays so, each new line
 * for itself. What players say is given an indent, so that a line of their words never looks like one of the world's.
 */
export function wrap(text: string, columns: number = LONGEST_LINE): string {
  const width = Math.max(SHORTEST_LINE, Math.min(LONGEST_LINE, columns));
  return text
    .split('\n')
    .flatMap((line) => wrapLine(line, width))
    .join('\n');
}

function wrapLine(text: string, width: number): string[] {
  const [, colour = '', code, words = text, end = ''] = COLOURED_LINE.exec(text) ?? [];
  const indent = code === CODES.voice ? INDENT : '';
  return breakLine(words, width, indent).map((line) => `${colour}${line}${end}`);
}

function breakLine(text: string, width: number, indent: string): string[] {
  if (lengthOf(text) <= width) return [text];
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ').flatMap((each) => breakWord(each, width))) {
    if (line === '') line = word;
    else if (lengthOf(line) + 1 + lengthOf(word) <= width) line += ` ${word}`;
    else {
      lines.push(line);
      line = indent + word;
    }
  }
  return [...lines, line];
}

/** A word that would leave half a line empty is broken too. */
function breakWord(word: string, width: number): string[] {
  const length = Math.ceil(width / 2);
  return lengthOf(word) < length ? [word] : (word.match(new RegExp(`.{1,${length}}`, 'gu')) ?? []);
}

function lengthOf(text: string): number {
  return withoutColours(text).length;
}

export function capitalise(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

/** `herring` to `a herring`, `old boot` to `an old boot`. */
export function withArticle(noun: string): string {
  return `${/^[aeiou]/.test(noun) ? 'an' : 'a'} ${noun}`;
}

/** `a, b and c`. */
export function listOf(items: readonly string[]): string {
  if (items.length < 2) return items.join('');
  return `${items.slice(0, -1).join(', ')} and ${items.at(-1)}`;
}

export function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}

/** A length of time, as people say it. */
export function duration(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / 1000));
  if (seconds < 60) return counted(seconds, 'second');
  if (seconds < 3600) return counted(Math.floor(seconds / 60), 'minute');
  return counted(Math.floor(seconds / 3600), 'hour');
}

/** The time of day, such as `14:02 UTC`. */
export function timeOfDay(at: number): string {
  return `${new Date(at).toISOString().slice(11, 16)} UTC`;
}

const BELLS = [
  'eight bells',
  'one bell',
  'two bells',
  'three bells',
  'four bells',
  'five bells',
  'six bells',
  'seven bells',
];

/** What ships ring: one bell more each half hour, through eight, in a watch of four hours. */
export function shipsBells(at: number): string {
  return BELLS[Math.floor(at / 1_800_000) % 8] ?? '';
}
