import { CommandHistory } from './command-history.ts';
import { element } from './element.ts';

export interface CommandLineOptions {
  /** A line was entered. Says whether it may go into the history. */
  readonly onLine: (line: string) => { readonly isSecret: boolean };
  readonly onPage: (direction: -1 | 1) => void;
  readonly storage: Pick<Storage, 'getItem' | 'setItem' | 'removeItem'>;
}

const HISTORY_KEY = 'holdfast.history';
const LABELS = { shown: 'Command', hidden: 'Password' } as const;

/** The line that the player types in: with a history, and masked while the game hides what is typed. */
export class CommandLine {
  readonly #form = element('form', HTMLFormElement);
  readonly #input = element('line', HTMLInputElement);
  readonly #options: CommandLineOptions;
  #history: CommandHistory;

  constructor(options: CommandLineOptions) {
    this.#options = options;
    this.#history = new CommandHistory(readHistory(options.storage));
    this.#form.addEventListener('submit', (event) => {
      event.preventDefault();
      this.#enter();
    });
    this.#input.addEventListener('keydown', (event) => this.#key(event));
    this.#input.addEventListener('paste', (event) => this.#paste(event));
    document.addEventListener('keydown', (event) => this.#catch(event));
  }

  get isMasked(): boolean {
    return this.#input.type === 'password';
  }

  /** While masked, what is typed is not shown and not remembered. */
  mask(isMasked: boolean): void {
    if (isMasked === this.isMasked) return;
    // What was typed while it was masked never shows.
    this.#input.value = '';
    this.#input.type = isMasked ? 'password' : 'text';
    this.#form.classList.toggle('masked', isMasked);
    for (const label of this.#input.labels ?? []) {
      label.textContent = isMasked ? LABELS.hidden : LABELS.shown;
    }
    this.#input.placeholder = isMasked ? 'Not shown while you type' : '';
  }

  /** Nobody is there who could take a line. */
  disable(isDisabled: boolean): void {
    this.#input.disabled = isDisabled;
    this.#form.classList.toggle('disabled', isDisabled);
  }

  /** Not on a touch screen, where it would bring up the keyboard over the text. */
  focus(): void {
    if (!matchMedia('(pointer: coarse)').matches) this.#input.focus();
  }

  forget(): void {
    this.#history = new CommandHistory();
    this.#input.value = '';
    this.#options.storage.removeItem(HISTORY_KEY);
  }

  #enter(): void {
    const line = this.#input.value;
    this.#input.value = '';
    if (this.#options.onLine(line).isSecret) return;
    this.#history.add(line);
    writeHistory(this.#options.storage, this.#history.lines);
  }

  #key(event: KeyboardEvent): void {
    if (event.isComposing || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === 'PageUp' || event.key === 'PageDown') {
      event.preventDefault();
      return this.#options.onPage(event.key === 'PageUp' ? -1 : 1);
    }
    if (event.key === 'Escape') this.#input.value = '';
    if (this.isMasked || (event.key !== 'ArrowUp' && event.key !== 'ArrowDown')) return;
    event.preventDefault();
    const line = event.key === 'ArrowUp' ? this.#history.older(this.#input.value) : this.#history.newer();
    if (line === undefined) return;
    this.#input.value = line;
    this.#input.setSelectionRange(line.length, line.length);
  }

  /** Several lines become one, with their words apart: the browser would join them. */
  #paste(event: ClipboardEvent): void {
    const text = event.clipboardData?.getData('text/plain') ?? '';
    if (!/[\r\n]/.test(text)) return;
    event.preventDefault();
    const { selectionStart, selectionEnd } = this.#input;
    const line = text.trim().replace(/\s*[\r\n]+\s*/g, ' ');
    this.#input.setRangeText(line, selectionStart ?? 0, selectionEnd ?? 0, 'end');
  }

  /** Who reads in the log and types means the command line. */
  #catch(event: KeyboardEvent): void {
    const isText =
      event.key.length === 1 && event.key !== ' ' && !event.ctrlKey && !event.metaKey && !event.altKey;
    const { target } = event;
    if (isText && target instanceof HTMLElement && (target === document.body || target.id === 'log')) {
      this.#input.focus();
    }
  }
}

function readHistory(storage: CommandLineOptions['storage']): readonly string[] {
  try {
    const lines: unknown = JSON.parse(storage.getItem(HISTORY_KEY) ?? '[]');
    return Array.isArray(lines) ? lines.filter((line) => typeof line === 'string') : [];
  } catch {
    return [];
  }
}

function writeHistory(storage: CommandLineOptions['storage'], lines: readonly string[]): void {
  try {
    storage.setItem(HISTORY_KEY, JSON.stringify(lines));
  } catch {
    // Full, or forbidden: then it is there until the next reload.
  }
}
