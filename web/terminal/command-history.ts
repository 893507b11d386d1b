/** Older lines go. */
const LONGEST_HISTORY = 200;

/** The lines that the player typed, to be walked through; each new line is put at the end. Secrets are never given to it. */
export class CommandHistory {
  #lines: string[];
  /** Where the walk is: an index into the lines, or their number, where it has not begun. */
  #place: number;
  /** What was being typed when the walk began. */
  #draft = '';

  constructor(lines: readonly string[] = []) {
    this.#lines = lines.slice(-LONGEST_HISTORY);
    this.#place = this.#lines.length;
  }

  get lines(): readonly string[] {
    return this.#lines;
  }

  /** An empty line, and one that is as the last one, leave no trace. */
  add(line: string): void {
    if (line.trim() !== '' && line !== this.#lines.at(-1)) {
      this.#lines = [...this.#lines, line].slice(-LONGEST_HISTORY);
    }
    this.#place = this.#lines.length;
    this.#draft = '';
  }

  /** The line before, or `undefined` at the oldest. `current` is what stands in the input. */
  older(current: string): string | undefined {
    if (this.#place === this.#lines.length) this.#draft = current;
    if (this.#place === 0) return undefined;
    this.#place -= 1;
    return this.#lines[this.#place];
  }

  /** The line after, at last what was being typed; `undefined` where there is none. */
  newer(): string | undefined {
    if (this.#place === this.#lines.length) return undefined;
    this.#place += 1;
    return this.#lines[this.#place] ?? this.#draft;
  }
}
