import { lookOf } from './piece-look.ts';
import type { Piece, ScreenChange, ScreenLine } from './screen.ts';

/** Nearer to the end than this, in pixels, the log follows what is written. */
const NEAR_THE_END = 24;

/** Draws the screen as a log of lines, and follows its end, unless the reader has gone back in it. */
export class LogView {
  readonly #log: HTMLElement;
  readonly #toEnd: HTMLButtonElement;
  readonly #rows = new Map<number, HTMLElement>();
  /** Whether the reader is at the end. Asking the browser at each line would make it lay out the page each time. */
  #follows = true;
  #top = 0;
  #isFrameAsked = false;

  constructor(log: HTMLElement, toEnd: HTMLButtonElement) {
    this.#log = log;
    this.#toEnd = toEnd;
    this.#setFollows(true);
    log.addEventListener('scroll', () => this.#scrolled(log.scrollTop));
    // A keyboard on the screen, a turned phone, a panel that opens.
    new ResizeObserver(() => this.#moveToEnd()).observe(log);
    toEnd.addEventListener('click', () => this.goToEnd());
  }

  /** To be told of each change of the screen. */
  show(change: ScreenChange): void {
    const { line } = change;
    const row = this.#rows.get(line.id);
    switch (change.kind) {
      case 'added':
        this.#add(line);
        break;
      case 'extended':
        if (row) row.className = classesOf(line);
        row?.append(...change.pieces.map(draw));
        break;
      case 'altered':
        this.#alter(line, row);
        break;
      case 'removed':
        row?.remove();
        this.#rows.delete(line.id);
    }
    if (this.#follows) this.#follow();
    else if (change.kind === 'added') this.#toEnd.hidden = false;
  }

  goToEnd(): void {
    this.#setFollows(true);
    this.#follow();
  }

  /** One screen back or on. */
  page(direction: -1 | 1): void {
    this.#log.scrollBy({ top: direction * 0.9 * this.#log.clientHeight });
  }

  /**
   * Only a reader goes back. Where the log got shorter, or its place higher, so did the browser, to stay within it: there we
   * moved to the end ourselves, before we could hear of it.
   */
  #scrolled(top: number): void {
    // Less than a pixel is a rounding of the browser's.
    const isBack = top < this.#top - 1;
    if (isBack || top > this.#top) this.#top = top;
    const isAtEnd = this.#log.scrollHeight - top - this.#log.clientHeight < NEAR_THE_END;
    if (isAtEnd) this.#setFollows(true);
    else if (isBack) this.#setFollows(false);
  }

  #setFollows(follows: boolean): void {
    this.#follows = follows;
    // Lines that go at the top then leave those that are read where they are.
    this.#log.classList.toggle('follows', follows);
    if (follows) this.#toEnd.hidden = true;
  }

  #add(line: ScreenLine): void {
    const row = document.createElement('div');
    row.className = classesOf(line);
    row.append(...contentOf(line));
    this.#rows.set(line.id, row);
    this.#log.append(row);
  }

  /** Only what differs, so that a screen reader is not told the rest again. */
  #alter(line: ScreenLine, row: HTMLElement | undefined): void {
    if (row === undefined) return;
    row.className = classesOf(line);
    const drawn = contentOf(line);
    const old = [...row.childNodes];
    for (const [i, node] of drawn.entries()) {
      const before = old[i];
      if (before === undefined) row.append(node);
      else if (before.textContent !== node.textContent) before.replaceWith(node);
      else if (before instanceof HTMLElement && node instanceof HTMLElement)
        before.className = node.className;
    }
  }

  #follow(): void {
    if (!this.#follows || this.#isFrameAsked) return;
    this.#isFrameAsked = true;
    requestAnimationFrame(() => {
      this.#isFrameAsked = false;
      this.#moveToEnd();
    });
  }

  #moveToEnd(): void {
    if (!this.#follows) return;
    this.#log.scrollTop = this.#log.scrollHeight;
    this.#top = this.#log.scrollTop;
  }
}

function classesOf({ kind, isMissed, prompt }: ScreenLine): string {
  return ['line', kind, isMissed && 'missed', prompt && 'prompt'].filter(Boolean).join(' ');
}

function contentOf({ kind, pieces }: ScreenLine): readonly Node[] {
  // An empty line has its height all the same, also where it is copied.
  if (pieces.length === 0) return [document.createElement('br')];
  if (kind === 'text') return pieces.map(draw);
  return pieces.map(({ text }) => element('span', 'words', text));
}

function draw(piece: Piece): Node {
  const { classes, ink, ground } = lookOf(piece);
  if (classes.length === 0) return document.createTextNode(piece.text);
  const span = element('span', classes.join(' '), piece.text);
  // Set so and not as an attribute, which the Content-Security-Policy forbids.
  if (ink !== undefined) span.style.setProperty('--ink-mixed', ink);
  if (ground !== undefined) span.style.setProperty('--ground-mixed', ground);
  return span;
}

function element(name: string, className: string, text: string): HTMLElement {
  const made = document.createElement(name);
  made.className = className;
  made.textContent = text;
  return made;
}
