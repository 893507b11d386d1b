import type { Colour, Style } from './ansi.ts';
import type { Piece } from './screen.ts';

/** How a piece is drawn: classes, and the colours that a game has mixed itself. */
export interface PieceLook {
  readonly classes: readonly string[];
  readonly ink?: string;
  readonly ground?: string;
}

/**
 * How to draw a piece. On the page's own ground a game's colours are the theme's, and mixed ones are made as light or
 * as dark as can be read (by the style sheet); where a game colours the ground too, both are taken as they are.
 */
export function lookOf({ style, typed }: Piece): PieceLook {
  const { fg, bg } = style.inverse ? inverted(style) : style;
  const classes = [
    ...(['bold', 'dim', 'italic', 'underline', 'strike'] as const).filter((name) => style[name]),
    ...(typed === undefined ? [] : ['typed', typed]),
  ];
  if (bg !== undefined) {
    const ground = plain(bg);
    const ink = fg === undefined ? contrastTo(ground) : plain(fg);
    return { classes: [...classes, 'on-ground'], ink, ground };
  }
  if (style.inverse) return { classes: [...classes, 'inverse'] };
  if (typeof fg === 'number') return { classes: [...classes, `ansi-${fg}`] };
  if (fg !== undefined) return { classes: [...classes, 'mixed'], ink: fg };
  return { classes };
}

/** Without any colour, `inverse` is the theme's own ink and ground, and they are not known here. */
function inverted({ fg, bg }: Style): Pick<Style, 'fg' | 'bg'> {
  if (fg === undefined && bg === undefined) return {};
  return { bg: fg ?? 7, ...(bg === undefined ? {} : { fg: bg }) };
}

/** Terminals' usual sixteen colours, for where the ground is the game's too. */
const PLAIN = [
  '#101416',
  '#b3312a',
  '#2f7d3b',
  '#9a6b00',
  '#2b5fb3',
  '#8a3a8f',
  '#12747b',
  '#c9d2d7',
  '#5d6a72',
  '#f28b82',
  '#8fd69d',
  '#f0cb6e',
  '#8ab4f8',
  '#dba8ea',
  '#74dcd2',
  '#ffffff',
];

function plain(colour: Colour): string {
  return typeof colour === 'number' ? (PLAIN[colour] ?? '#ffffff') : colour;
}

/** Black or white, whichever is read better on this ground: the two are equally good at a luminance of 0.18. */
function contrastTo(ground: string): string {
  return luminance(ground) > 0.18 ? '#000000' : '#ffffff';
}

/** Relative luminance as WCAG 2 defines it, of a colour `#rrggbb`. */
function luminance(colour: string): number {
  const [red = 0, green = 0, blue = 0] = (colour.slice(1).match(/../g) ?? [])
    .map((part) => parseInt(part, 16) / 255)
    .map((part) => (part <= 0.03928 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4));
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}
