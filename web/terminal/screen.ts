import { AnsiReader, type Style } from './ansi.ts';

/** What became of a line that the player typed. */
export type TypedState = 'waiting' | 'sent' | 'lost';

/** A part of a line that looks the same throughout. */
export interface Piece {
  readonly text: string;
  readonly style: Style;
  /** The player typed it. */
  readonly typed?: TypedState;
  /** May have a password in it: shown, but never kept. */
  readonly isSecret?: true;
}

/**
 * `text` is the game's, with what the player typed at its prompt; the others are the page's own: a plain remark, the
 * head of what was missed, and a place where output is missing.
 */
export type LineKind = 'text' | 'note' | 'away' | 'gap';

export interface ScreenLine {
  /** Grows from line to line. */
  readonly id: number;
  readonly kind: LineKind;
  readonly pieces: readonly Piece[];
  /** It came while the player was away. */
  readonly isMissed?: true;
  /** It is a prompt: open, or something was typed at it. */
  readonly prompt?: 'open' | 'answered';
}

export type ScreenChange =
  | { readonly kind: 'added'; readonly line: ScreenLine }
  /** It has pieces at its end that it did not have; the others are the same. */
  | { readonly kind: 'extended'; readonly line: ScreenLine; readonly pieces: readonly Piece[] }
  | { readonly kind: 'altered'; readonly line: ScreenLine }
  | { readonly kind: 'removed'; readonly line: ScreenLine };

/** Where a typed line stands, to say later what became of it. */
export interface TypedPlace {
  readonly line: number;
  readonly piece: number;
}

/** The oldest line goes when there is one more. */
export const MOST_LINES = 2000;
/** A longer line is broken: a game that never ends its line cannot grow it without end. */
const LONGEST_LINE = 16_384;

/** The lines of a game, pure: text goes in, and each change goes out to those who listen. */
export class Screen {
  readonly #listeners: readonly ((change: ScreenChange) => void)[];
  readonly #reader = new AnsiReader();
  #lines: ScreenLine[] = [];
  #nextId = 0;
  /** The last line has not ended. */
  #isOpen = false;
  /** What is written is being caught up with. */
  #missed: { lines: number } | undefined;
  /** The last prompt that nothing was typed at. */
  #unanswered: number | undefined;
  /** The page has ended the line of a prompt, which the game will want to end too. */
  #endedPrompt = false;

  constructor(...listeners: readonly ((change: ScreenChange) => void)[]) {
    this.#listeners = listeners;
  }

  get lines(): readonly ScreenLine[] {
    return this.#lines;
  }

  /** Puts back lines from before, all of them ended. */
  restore(lines: readonly Omit<ScreenLine, 'id'>[]): void {
    for (const line of lines) {
      const { id, prompt } = this.#add(line);
      this.#unanswered = prompt === 'open' ? id : undefined;
    }
    this.#isOpen = false;
    this.#endedPrompt = this.#last?.prompt === 'open';
  }

  /** Output of the game: parts of lines, and several of them. */
  write(text: string, isPrompt = false): void {
    // The mark of a prompt may come later than its text, and then comes alone.
    if (text === '') return isPrompt ? this.#markPrompt() : undefined;
    if (isPrompt && this.#isAnsweredAlready) return;
    if (isPrompt && this.#stands(text)) return this.#markPrompt();
    // Not every game ends the line of its prompt when something happens while it waits.
    if (this.#isAtPrompt) this.#endPrompt();
    if (this.#endedPrompt) {
      this.#endedPrompt = false;
      if (text.startsWith('\n')) return this.write(text.slice(1), isPrompt);
    }
    for (const { text: piece, style } of this.#reader.read(text)) {
      for (const [i, part] of piece.split('\n').entries()) {
        if (i > 0) this.#endLine();
        if (part !== '') this.#extend({ text: part, style });
      }
    }
    if (isPrompt) this.#markPrompt();
  }

  /**
   * What the player typed, behind the prompt if there is one. It ends the line. A game that hides what is typed ends
   * the line itself (`isMasked`), because its player's terminal does not.
   */
  typed(text: string, piece: Pick<Piece, 'typed' | 'isSecret'>, isMasked = false): TypedPlace {
    this.#endedPrompt = isMasked;
    this.#extend({ text, style: {}, ...piece });
    const line = this.#last;
    this.#endLine();
    return { line: line?.id ?? -1, piece: (line?.pieces.length ?? 0) - 1 };
  }

  /** What became of a typed line. One that is gone already is left alone. */
  settle({ line: id, piece: index }: TypedPlace, typed: TypedState): void {
    const line = this.#find(id);
    const piece = line?.pieces[index];
    if (line === undefined || piece === undefined) return;
    this.#alter({ ...line, pieces: line.pieces.with(index, { ...piece, typed }) });
  }

  /** A line of the page's own. Gives its id, to `reword` it. */
  say(kind: Exclude<LineKind, 'text'>, text: string): number {
    if (this.#isAtPrompt) this.#endPrompt();
    const { id } = this.#add({ kind, pieces: [{ text, style: {} }] });
    this.#isOpen = false;
    return id;
  }

  reword(id: number, text: string): void {
    const line = this.#find(id);
    if (line) this.#alter({ ...line, pieces: [{ text, style: {} }] });
  }

  /** From here on, until `caughtUp`, is what the player missed. Another session or connection may have written before. */
  beginMissed(): void {
    this.#reader.reset();
    this.#missed = { lines: 0 };
  }

  /** How many lines with anything on them were missed. One that has not ended does not count: it is a prompt, marked or not. */
  caughtUp(): number {
    const { lines } = this.#missed ?? { lines: 0 };
    this.#missed = undefined;
    return lines;
  }

  /** Removes everything. */
  clear(): void {
    for (const line of this.#lines.splice(0)) this.#tell({ kind: 'removed', line });
    this.#isOpen = false;
    this.#unanswered = undefined;
    this.#reader.reset();
  }

  get #last(): ScreenLine | undefined {
    return this.#lines.at(-1);
  }

  get #isAtPrompt(): boolean {
    return this.#isOpen && this.#last?.prompt === 'open';
  }

  /** At a return the last prompt comes again. Something was typed at it meanwhile, and nothing has happened since. */
  get #isAnsweredAlready(): boolean {
    const line = this.#last;
    return (
      this.#missed !== undefined && line?.prompt === 'answered' && line.pieces.at(-1)?.typed === 'waiting'
    );
  }

  /** At a return a prompt comes again also where the game has marked none: it may still be the line that is open. */
  #stands(text: string): boolean {
    const line = this.#last;
    if (this.#missed === undefined || !this.#isOpen || line?.kind !== 'text') return false;
    const pieces = [...new AnsiReader().read(text)];
    return textOf(line) === pieces.map((piece) => piece.text).join('');
  }

  #find(id: number): ScreenLine | undefined {
    return this.#lines.findLast((line) => line.id === id);
  }

  #extend(piece: Piece): void {
    const line = this.#last;
    if (!this.#isOpen || line === undefined || lengthOf(line) + piece.text.length > LONGEST_LINE) {
      this.#add({ kind: 'text', pieces: [piece] });
      return;
    }
    const answered = line.prompt && ({ prompt: 'answered' } as const);
    if (answered) this.#unanswered = undefined;
    const extended = { ...line, ...answered, pieces: [...line.pieces, piece] };
    this.#replace(extended);
    this.#tell({ kind: 'extended', line: extended, pieces: [piece] });
  }

  #endLine(): void {
    if (!this.#isOpen) this.#add({ kind: 'text', pieces: [] });
    else if (this.#missed && this.#last?.pieces.length) this.#missed.lines += 1;
    this.#isOpen = false;
  }

  #endPrompt(): void {
    this.#isOpen = false;
    this.#endedPrompt = true;
  }

  /** A prompt that stands unanswered goes when the same one is shown again: it has moved down. */
  #markPrompt(): void {
    const line = this.#last;
    if (!this.#isOpen || line === undefined) return;
    const before = this.#unanswered === undefined ? undefined : this.#find(this.#unanswered);
    if (before && before.id !== line.id && textOf(before) === textOf(line)) {
      this.#lines = this.#lines.filter(({ id }) => id !== before.id);
      this.#tell({ kind: 'removed', line: before });
    }
    this.#unanswered = line.id;
    this.#alter({ ...line, prompt: 'open' });
  }

  #add(content: Omit<ScreenLine, 'id'>): ScreenLine {
    const missed = this.#missed && content.kind === 'text' ? ({ isMissed: true } as const) : {};
    const line = { ...content, ...missed, id: this.#nextId };
    this.#nextId += 1;
    this.#lines.push(line);
    this.#isOpen = true;
    this.#tell({ kind: 'added', line });
    const oldest = this.#lines.length > MOST_LINES ? this.#lines.shift() : undefined;
    if (oldest) this.#tell({ kind: 'removed', line: oldest });
    return line;
  }

  #alter(line: ScreenLine): void {
    this.#replace(line);
    this.#tell({ kind: 'altered', line });
  }

  #replace(line: ScreenLine): void {
    const index = this.#lines.findLastIndex(({ id }) => id === line.id);
    if (index >= 0) this.#lines[index] = line;
  }

  #tell(change: ScreenChange): void {
    for (const listener of this.#listeners) listener(change);
  }
}

export function textOf({ pieces }: Pick<ScreenLine, 'pieces'>): string {
  return pieces.map(({ text }) => text).join('');
}

function lengthOf(line: ScreenLine): number {
  return line.pieces.reduce((sum, { text }) => sum + text.length, 0);
}
