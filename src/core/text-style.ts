import { NONE } from './lists.ts';

const ESCAPE = '\u001b';

// oxlint-disable-next-line no-control-regex
const SEQUENCE = /\u001b\[([\d;:]{0,64})m/g;
/** A sequence that is cut off at the end; a longer one is none. */
// oxlint-disable-next-line no-control-regex
const CUT = /\u001b(?:\[[\d;:]{0,64})?$/;

/** The parameters that end a colour, of what is in front and of what is behind. */
const FRONT = 39;
const BEHIND = 49;

/** What a parameter ends beside itself: 22 ends bold and faint, and so on (ECMA-48, section 8.3.117). */
const ENDS: Readonly<Record<number, readonly number[]>> = {
  22: [1, 2],
  23: [3],
  24: [4, 21],
  25: [5, 6],
  27: [7],
  28: [8],
  29: [9],
  [FRONT]: [FRONT],
  [BEHIND]: [BEHIND],
};

const ATTRIBUTES = new Set([1, 2, 3, 4, 5, 6, 7, 8, 9, 21]);

/**
 * How text looks that comes behind `text`, if text before it looked like `style`: the parameters of one SGR sequence
 * (`1;31`), and empty for plain text. Behind them, from an ESC on, stands a sequence that `text` cuts off.
 */
export function styleAfter(style: string, text: string): string {
  const at = style.indexOf(ESCAPE);
  if (at < 0 && !text.includes(ESCAPE)) return style;
  const whole = at < 0 ? text : style.slice(at) + text;
  const before = at < 0 ? style : style.slice(0, at);
  const looks: Looks = new Map();
  if (before !== '') apply(looks, before);
  for (const [, parameters = ''] of whole.matchAll(SEQUENCE)) apply(looks, parameters);
  return [...looks.values()].join(';') + (CUT.exec(whole)?.[0] ?? '');
}

/** A style without the sequence that is cut off behind it. */
export function wholeStyle(style: string): string {
  return style.split(ESCAPE, 1).join('');
}

/** The sequence that makes text look so, if it is plain before; none for plain text. */
export function styleSequence(style: string): string {
  const parameters = wholeStyle(style);
  return parameters === '' ? '' : `${ESCAPE}[${parameters}m`;
}

/** Each attribute by its own number, and a colour by the number that ends it. */
type Looks = Map<number, string>;

function apply(looks: Looks, parameters: string): void {
  const codes = parameters.split(';');
  for (let at = 0; at < codes.length; at += 1) {
    const text = codes[at] ?? '';
    // `01` is 1, and what is empty is 0: many games write so.
    const code = Number(text);
    if (code === 0) looks.clear();
    else if (code === 38 || code === 48) {
      // `38;5;n` and `38;2;r;g;b`.
      const length = Number(codes[at + 1]) === 5 ? 3 : 5;
      setLook(looks, code + 1, codes.slice(at, at + length).join(';'));
      at += length - 1;
    } else if (ATTRIBUTES.has(code)) setLook(looks, code, String(code));
    else if (code in ENDS) for (const ended of ENDS[code] ?? NONE) looks.delete(ended);
    else colour(looks, code, text);
  }
}

/** One of the named colours, or `38:5:n` and the like. */
function colour(looks: Looks, code: number, text: string): void {
  if ((code >= 30 && code <= 37) || (code >= 90 && code <= 97)) setLook(looks, FRONT, String(code));
  else if ((code >= 40 && code <= 47) || (code >= 100 && code <= 107)) setLook(looks, BEHIND, String(code));
  else if (Number.isNaN(code)) {
    const kind = Number(text.slice(0, text.indexOf(':')));
    if (kind === 38 || kind === 48) setLook(looks, kind + 1, text);
  }
}

/** The last that was set stands last. */
function setLook(looks: Looks, key: number, code: string): void {
  looks.delete(key);
  looks.set(key, code);
}
