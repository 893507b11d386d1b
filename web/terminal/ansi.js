const SEQUENCE = /\u001b\[([0-9;]*)([A-Za-z])/g;

let style = { bold: false, dim: false, colour: undefined };
let held = '';

/** Appends text with ANSI colours (ECMA-48 SGR) to an element; other sequences are left out. */
export function appendAnsi(element, text) {
  let input = held + text;
  // A sequence that is not complete yet waits for the next piece.
  const open = input.lastIndexOf('\u001b');
  held = '';
  if (open >= 0 && open > input.length - 16 && !/\u001b\[[0-9;]*[A-Za-z]/.test(input.slice(open))) {
    held = input.slice(open);
    input = input.slice(0, open);
  }
  let from = 0;
  for (const match of input.matchAll(SEQUENCE)) {
    put(element, input.slice(from, match.index));
    from = match.index + match[0].length;
    if (match[2] === 'm') setStyle(match[1].split(';').map(Number));
  }
  put(element, input.slice(from));
}

function put(element, text) {
  const shown = text.replace(/[\u0000-\u0008\u000b-\u001f\u007f]/g, '');
  if (shown === '') return;
  const classes = [style.bold && 'bold', style.dim && 'dim', style.colour].filter(Boolean);
  if (classes.length === 0) {
    element.append(shown);
    return;
  }
  const span = document.createElement('span');
  span.className = classes.join(' ');
  span.textContent = shown;
  element.append(span);
}

function setStyle(codes) {
  for (const code of codes) {
    if (code === 0) style = { bold: false, dim: false, colour: undefined };
    else if (code === 1) style = { ...style, bold: true };
    else if (code === 2) style = { ...style, dim: true };
    else if (code === 22) style = { ...style, bold: false, dim: false };
    else if (code >= 30 && code <= 37) style = { ...style, colour: `c${code - 30}` };
    else if (code >= 90 && code <= 97) style = { ...style, colour: `c${code - 90}` };
    else if (code === 39) style = { ...style, colour: undefined };
  }
}
