/** The longest line that is written. */
const LINE_LENGTH = 79;

const ESCAPE = '\u001b';
const CODES = { title: '1;36', voice: '33' } as const;
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
 * Breaks what is longer than 79 characters; the lines that it begins are indented. What players say is given an
 * indent, so that a line of their words never looks like one of the world's.
 */
export function wrap(text: string, indent = ''): string {
  return text
    .split('\n')
    .map((line) => wrapLine(line, indent))
    .join('\n');
}

function wrapLine(text: string, indent: string): string {
  if (lengthOf(text) <= LINE_LENGTH) return text;
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ').flatMap(breakWord)) {
    if (line === '') line = word;
    else if (lengthOf(line) + 1 + lengthOf(word) <= LINE_LENGTH) line += ` ${word}`;
    else {
      lines.push(line);
      line = indent + word;
    }
  }
  return [...lines, line].join('\n');
}

function breakWord(word: string): string[] {
  return lengthOf(word) <= LINE_LENGTH / 2 ? [word] : (word.match(/.{1,40}/gu) ?? []);
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
