import type { Terminal } from './terminal.ts';
import { TokenLineGuard } from './token-line.ts';

/** What is remembered of an unfinished line, in characters. */
const PARTIAL_LIMIT = 512;

/** What the player reads: the game's text, and sentences of ours that never break a line or a prompt of it. */
export class Screen {
  readonly #terminal: Terminal;
  readonly #guard = new TokenLineGuard();
  /** The game's unfinished line, to be shown again after a sentence of ours. */
  #partial = '';
  #isPrompt = false;
  #isAtLineStart = true;

  constructor(terminal: Terminal) {
    this.#terminal = terminal;
  }

  /** Text from the game. */
  text(text: string, isPrompt = false): void {
    const shown = this.#guard.guard(text);
    const lineStart = shown.lastIndexOf('\n') + 1;
    const partial = lineStart > 0 ? shown.slice(lineStart) : this.#partial + shown;
    this.#partial = partial.slice(-PARTIAL_LIMIT);
    this.#isPrompt = isPrompt;
    this.#write(shown);
    if (isPrompt) this.#promptEnd();
  }

  /** Sentences of ours, on lines of their own; the prompt that they interrupt is shown again. */
  notice(sentences: string): void {
    const partial = this.#partial;
    if (!this.#isAtLineStart) this.#write('\n');
    this.#write(`${sentences}\n`);
    if (partial === '') return;
    this.#guard.lineStart();
    this.#write(this.#guard.guard(partial));
    if (this.#isPrompt) this.#promptEnd();
  }

  /** The player ended a line: on the player's screen the prompt is above now. */
  lineTyped(): void {
    this.#partial = '';
    this.#isAtLineStart = true;
    this.#guard.lineStart();
  }

  /** Many clients begin a line behind a marked prompt. */
  #promptEnd(): void {
    this.#terminal.promptEnd();
    this.#guard.lineStart();
  }

  #write(text: string): void {
    if (text === '') return;
    this.#isAtLineStart = text.endsWith('\n');
    this.#terminal.text(text);
  }
}
