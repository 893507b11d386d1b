const ESCAPE = '\u001b';

// oxlint-disable-next-line no-control-regex
const SEQUENCE = /\u001b\[([\d;:]{0,64})m/g;
/** A sequence that is cut off at the end; a longer one is none. */
// oxlint-disable-next-line no-control-regex
const CUT = /\u001b(?:\[[\d;:]{0,64})?$/;

/** What a parameter ends beside itself: 22 ends bold and faint, and so on (ECMA-48, section 8.3.117). */
const ENDS: Readonly<Record<string, readonly string[]>> = {
  22: ['1', '2'],
  23: ['3'],
  24: ['4', '21'],
  25: ['5', '6'],
  27: ['7'],
  28: ['8'],
  29: ['9'],
};

const ATTRIBUTES = new Set(['1', '2', '3', '4', '5', '6', '7', '8', '9', '21']);

/**
 * How text looks that comes behind `text`, if text before it looked like `style`: the parameters of one SGR sequence
 * (`1;31`), and empty for plain text. Behind them, from an ESC on, stands a sequence that `text` cuts off.
 */
export function styleAfter(style: string, text: string): string {
  const at = style.indexOf(ESCAPE);
  if (at < 0 && !text.includes(ESCAPE)) return style;
  const whole = at < 0 ? text : style.slice(at) + text;
  const before = at < 0 ? style : style.slice(0, at);
  const looks = new Map<string, string>();
  apply(looks, before);
  for (const [, parameters = ''] of whole.matchAll(SEQUENCE))
    apply(looks, parameters === '' ? '0' : parameters);
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

/** Keeps one attribute by its own number, and the two colours by `3` and `4`. */
function apply(looks: Map<string, string>, parameters: string): void {
  const codes = parameters.split(';');
  for (let at = 0; at < codes.length; at += 1) {
    const code = codes[at] ?? '';
    if (code === '' || code === '0') looks.clear();
    else if (code === '38' || code === '48') {
      // `38;5;n` and `38;2;r;g;b`.
      const length = codes[at + 1] === '5' ? 3 : 5;
      setLook(looks, code.slice(0, 1), codes.slice(at, at + length).join(';'));
      at += length - 1;
    } else if (/^(?:[34]8:|[349]\d$|10\d$)/.test(code)) colour(looks, code);
    else if (ATTRIBUTES.has(code)) setLook(looks, `a${code}`, code);
    else for (const ended of ENDS[code] ?? []) looks.delete(`a${ended}`);
  }
}

function colour(looks: Map<string, string>, code: string): void {
  const ground = /^(?:3|9)/.test(code) ? '3' : '4';
  if (code === '39' || code === '49') looks.delete(ground);
  else setLook(looks, ground, code);
}

/** The last that was set stands last. */
function setLook(looks: Map<string, string>, key: string, code: string): void {
  looks.delete(key);
  looks.set(key, code);
}
