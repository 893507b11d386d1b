import { styleAfter, styleSequence } from '../../core/index.ts';
import type { Terminal } from './terminal.ts';
import { TokenLineGuard } from './token-line.ts';

/** What is remembered of an unfinished line, in characters. */
const PARTIAL_LIMIT = 512;

const PLAIN = '\u001b[0m';

/** What the player reads: the game's text, and sentences of ours that never break a line or a prompt of it. */
export class Screen {
  readonly #terminal: Terminal;
  readonly #guard = new TokenLineGuard();
  /** The game's unfinished line, to be shown again after a sentence of ours. */
  #partial = '';
  #isPrompt = false;
  #isAtLineStart = true;
  /** How the game's text looks here. */
  #style = '';

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
    this.#style = styleAfter(this.#style, shown);
    this.#write(shown);
    if (isPrompt) this.#promptEnd();
  }

  /** Sentences of ours, plain, on lines of their own; the prompt that they interrupt is shown again. */
  notice(sentences: string): void {
    const partial = this.#partial;
    const colours = styleSequence(this.#style);
    if (!this.#isAtLineStart) this.#write('\n');
    if (colours !== '') this.#terminal.text(PLAIN);
    this.#write(`${sentences}\n`);
    if (colours !== '') this.#terminal.text(colours);
    // One who has the screen read aloud has just heard it.
    if (partial === '' || this.#terminal.facts.screenReader) return;
    this.#guard.lineStart();
    this.#write(this.#guard.guard(partial));
    if (this.#isPrompt) this.#promptEnd();
  }

  /** Text is plain from here on, in whatever colours a connection before this one was cut off. */
  reset(): void {
    this.#style = '';
    this.#terminal.text(PLAIN);
  }

  /** The game's text looks like this from here on. */
  restyle(style: string): void {
    if (style === this.#style) return;
    this.reset();
    this.#style = style;
    this.#terminal.text(styleSequence(style));
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
