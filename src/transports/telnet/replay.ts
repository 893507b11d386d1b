import type { DroppedFrame, GapFrame, OutputFrame } from '../../protocol/index.ts';
import type { Screen } from './screen.ts';

/** Of a replay so much is counted before it is shown, in characters and in frames; of a longer one the rest afterwards. */
export interface ReplayLimits {
  readonly characters: number;
  readonly frames: number;
}

export interface ReplayOptions {
  readonly screen: Screen;
  readonly limits: ReplayLimits;
  /** The sentences before it: `lines` follow, or more than were counted. */
  readonly opening: (lines: number | undefined) => string;
  /** The sentence behind it; with the number of lines where the opening had none. */
  readonly closing: (lines: number | undefined) => string;
  readonly notice: (frame: DroppedFrame | GapFrame) => string;
}

// The Mud Sound Protocol: a sound that comes late is worse than none.
const SOUND = /^!!(?:SOUND|MUSIC)\([^)\n]*\)[ \t]*\n|!!(?:SOUND|MUSIC)\([^)\n]*\)/gm;
// oxlint-disable-next-line no-control-regex
const SEQUENCES = /\u001b\[[\d;:]*m/g;

/**
 * What a player missed, between a line before and a line behind it. Prompts in it are left out, but for the last one, and so
 * are sounds. An unfinished line is shown when its end has come, or behind all.
 */
export class Replay {
  readonly #options: ReplayOptions;
  /** Whole lines, each piece with what is shown as a sentence of ours. */
  #waiting: { readonly kind: 'lines' | 'notice'; readonly text: string }[] = [];
  #characters = 0;
  #frames = 0;
  #lines = 0;
  #unfinished = '';
  #isPrompt = false;
  #isOpen = false;

  constructor(options: ReplayOptions) {
    this.#options = options;
  }

  /** Takes a frame. True where all that was taken is shown now. */
  take(frame: OutputFrame | DroppedFrame | GapFrame | undefined): boolean {
    if (frame?.type === 'output') this.#text(frame.text, frame.prompt === true);
    else if (frame !== undefined) this.#waiting.push({ kind: 'notice', text: this.#options.notice(frame) });
    this.#frames += 1;
    const { limits } = this.#options;
    const isFull = this.#characters >= limits.characters || this.#frames >= limits.frames;
    if (isFull || this.#isOpen) this.#show(undefined);
    return this.#isOpen;
  }

  /** Shows what was taken, uncounted: more may follow. */
  show(): void {
    this.#show(undefined);
  }

  /** All was taken. What is left is the line that the game has not finished, and whether it is a prompt. */
  end(): { readonly text: string; readonly isPrompt: boolean } {
    const wasOpen = this.#isOpen;
    const hasContent = wasOpen || this.#waiting.length > 0;
    this.#show(this.#lines);
    if (hasContent) this.#options.screen.notice(this.#options.closing(wasOpen ? this.#lines : undefined));
    return { text: this.#unfinished, isPrompt: this.#isPrompt };
  }

  #text(text: string, isPrompt: boolean): void {
    const whole = this.#isPrompt ? this.#withoutPrompt(text) : this.#unfinished + text;
    const end = whole.lastIndexOf('\n') + 1;
    const lines = whole.slice(0, end).replace(SOUND, '');
    this.#unfinished = whole.slice(end);
    this.#isPrompt = isPrompt;
    if (lines === '') return;
    this.#waiting.push({ kind: 'lines', text: lines });
    this.#characters += lines.length;
    this.#lines += lines.split('\n').length - 1;
  }

  /** The prompt goes, with the line end behind it; its colours stay. */
  #withoutPrompt(text: string): string {
    const colours = (this.#unfinished.match(SEQUENCES) ?? []).join('');
    return colours + (text.startsWith('\n') ? text.slice(1) : text);
  }

  #show(lines: number | undefined): void {
    const { screen, opening } = this.#options;
    if (!this.#isOpen) {
      screen.notice(opening(lines));
      screen.reset();
    }
    this.#isOpen = true;
    for (const { kind, text } of this.#waiting.splice(0)) {
      if (kind === 'lines') screen.text(text);
      else screen.notice(text);
    }
  }
}
