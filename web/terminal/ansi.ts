/** A colour of a game's: one of the 16 that the theme has, or what the game mixed itself, as `#rrggbb`. */
export type Colour = number | string;

/** How a piece of text looks; what is absent is as usual. */
export interface Style {
  readonly fg?: Colour;
  readonly bg?: Colour;
  readonly bold?: true;
  readonly dim?: true;
  readonly italic?: true;
  readonly underline?: true;
  readonly strike?: true;
  readonly inverse?: true;
}

export interface StyledText {
  readonly text: string;
  readonly style: Style;
}

const ESC = '\u001b';

/** A control sequence (ECMA-48 5.4), a control string (5.6), or another escape sequence. */
const SEQUENCE = new RegExp(
  `${ESC}(?:\\[([0-?]*)([ -/]*[@-~])|[\\]P^_X][^\u0007${ESC}]*(?:\u0007|${ESC}\\\\)|[ -/]*[0-Z\\\\\`-~])`,
  'y',
);
/** What may become one with the text that follows. */
const BEGINNING = new RegExp(`${ESC}(?:\\[[0-?]*[ -/]*|[\\]P^_X][^\u0007${ESC}]*${ESC}?|[ -/]*)$`, 'y');
/** Longer beginnings are none: a game cannot make the text after an unfinished sequence wait for ever. */
const LONGEST_BEGINNING = 1024;
/** All C0 and C1 controls but tab and line feed, which mean something, and ESC, which was looked at. */
const CONTROLS = /[^\P{Cc}\t\n]/gu;

/**
 * Reads text with ANSI sequences, piece by piece: what is open at the end of one piece goes on in the next. Colours and
 * styles (SGR) are taken, all other sequences are left out.
 *
 * Our own and not a library's, because those that were looked at make HTML with `style` attributes, which the page's
 * Content-Security-Policy forbids, or lose what is open between two pieces.
 */
export class AnsiReader {
  #style: Style = {};
  #open = '';

  /** The pieces of the text, each with its style. None is empty. */
  read(text: string): StyledText[] {
    const input = this.#open + text;
    this.#open = '';
    const pieces: StyledText[] = [];
    let from = 0;
    while (from < input.length) {
      const escape = input.indexOf(ESC, from);
      const shown = input.slice(from, escape < 0 ? undefined : escape).replace(CONTROLS, '');
      if (shown !== '') pieces.push({ text: shown, style: this.#style });
      if (escape < 0) break;
      from = this.#sequence(input, escape);
    }
    return pieces;
  }

  /** Back to how everything looks at the beginning: whoever wrote this text does not go on with it. */
  reset(): void {
    this.#style = {};
    this.#open = '';
  }

  /** Takes what begins with the escape; gives where the text goes on. */
  #sequence(input: string, at: number): number {
    SEQUENCE.lastIndex = at;
    const match = SEQUENCE.exec(input);
    if (match) {
      const [{ length }, parameters = '', final] = match;
      if (final === 'm') this.#style = styleAfter(this.#style, parameters);
      return at + length;
    }
    BEGINNING.lastIndex = at;
    if (input.length - at <= LONGEST_BEGINNING && BEGINNING.test(input)) {
      this.#open = input.slice(at);
      return input.length;
    }
    return at + 1;
  }
}

/** ECMA-48 8.3.117, SELECT GRAPHIC RENDITION. Unknown parameters change nothing. */
function styleAfter(before: Style, parameters: string): Style {
  let style = before;
  // ISO 8613-6 writes 38:2::r:g:b, most programs 38;2;r;g;b.
  const codes = parameters.replace(/:2::/g, ':2:').split(/[;:]/).map(Number);
  for (let i = 0; i < codes.length; i += 1) {
    const code = codes[i] ?? 0;
    if (code === 38 || code === 48) {
      const [colour, length] = mixedColour(codes.slice(i + 1, i + 5));
      if (colour !== undefined) style = { ...style, [code === 38 ? 'fg' : 'bg']: colour };
      i += length;
    } else {
      style = afterCode(style, code);
    }
  }
  return style;
}

const ON: Readonly<Record<number, Style>> = {
  1: { bold: true },
  2: { dim: true },
  3: { italic: true },
  4: { underline: true },
  7: { inverse: true },
  9: { strike: true },
};

const OFF: Readonly<Record<number, readonly (keyof Style)[]>> = {
  22: ['bold', 'dim'],
  23: ['italic'],
  24: ['underline'],
  27: ['inverse'],
  29: ['strike'],
  39: ['fg'],
  49: ['bg'],
};

function afterCode(style: Style, code: number): Style {
  if (code === 0) return {};
  if (code >= 30 && code <= 37) return { ...style, fg: code - 30 };
  if (code >= 40 && code <= 47) return { ...style, bg: code - 40 };
  if (code >= 90 && code <= 97) return { ...style, fg: code - 90 + 8 };
  if (code >= 100 && code <= 107) return { ...style, bg: code - 100 + 8 };
  const off = OFF[code];
  if (off) return without(style, off);
  return { ...style, ...ON[code] };
}

function without(style: Style, names: readonly (keyof Style)[]): Style {
  return Object.fromEntries(Object.entries(style).filter(([name]) => !names.some((off) => off === name)));
}

/** The colour that 38 or 48 is followed by, and how many codes it takes. */
function mixedColour([kind, ...values]: readonly number[]): [colour: Colour | undefined, length: number] {
  if (kind === 5) return [paletteColour(values[0]), 2];
  if (kind === 2) return [hex(values), 4];
  return [undefined, 0];
}

const LEVELS = [0, 95, 135, 175, 215, 255];

/** Of xterm's 256: 16 of the theme, a cube of 6 × 6 × 6, 24 greys. */
function paletteColour(index = -1): Colour | undefined {
  if (!Number.isInteger(index) || index < 0 || index > 255) return undefined;
  if (index < 16) return index;
  if (index >= 232) return hex(Array.from({ length: 3 }, () => 8 + 10 * (index - 232)));
  const place = index - 16;
  return hex(
    [Math.floor(place / 36), Math.floor(place / 6) % 6, place % 6].map((level) => LEVELS[level] ?? 0),
  );
}

function hex(values: readonly number[]): string | undefined {
  const isColour =
    values.length === 3 && values.every((value) => Number.isInteger(value) && value >= 0 && value <= 255);
  if (!isColour) return undefined;
  return `#${values.map((value) => value.toString(16).padStart(2, '0')).join('')}`;
}
