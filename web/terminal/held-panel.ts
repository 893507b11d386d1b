import { element } from './element.ts';
import { counted, shortDuration } from './wording.ts';

/** A command that waits, as the gateway tells it. */
export interface Held {
  readonly seq: number;
  readonly text?: string;
  readonly package?: string;
  readonly queued_at: string;
}

/** What was waiting when the player went, to be run, skipped, or chosen from. It stands above the command line. */
export class HeldPanel {
  readonly #section = element('held', HTMLElement);
  readonly #title = element('held-title', HTMLElement);
  readonly #list = element('held-list', HTMLUListElement);
  readonly #run = element('held-run', HTMLButtonElement);
  readonly #skip = element('held-skip', HTMLButtonElement);
  readonly #boxes = new Map<number, HTMLInputElement>();
  readonly #onChoice: (run: 'all' | 'none' | readonly number[]) => void;

  constructor(onChoice: (run: 'all' | 'none' | readonly number[]) => void) {
    this.#onChoice = onChoice;
    this.#run.addEventListener('click', () => {
      const chosen = [...this.#boxes].filter(([, box]) => box.checked).map(([seq]) => seq);
      this.#choose(chosen.length === this.#boxes.size ? 'all' : chosen);
    });
    this.#skip.addEventListener('click', () => this.#choose('none'));
    this.#list.addEventListener('change', () => this.#count());
  }

  get isOpen(): boolean {
    return !this.#section.hidden;
  }

  ask(held: readonly Held[]): void {
    this.close();
    for (const command of held) this.#add(command);
    this.#title.textContent =
      held.length === 1
        ? 'One command was waiting when you left'
        : `${held.length} commands were waiting when you left`;
    this.#count();
    this.#section.hidden = false;
  }

  /** These will not run any more: they have waited too long, or the game has no use for them. */
  remove(from: number, through: number): void {
    for (const [seq, box] of this.#boxes) {
      if (seq < from || seq > through) continue;
      box.closest('li')?.remove();
      this.#boxes.delete(seq);
    }
    if (this.#boxes.size === 0) this.close();
    else this.#count();
  }

  close(): void {
    this.#section.hidden = true;
    this.#list.replaceChildren();
    this.#boxes.clear();
  }

  #add({ seq, text, package: message, queued_at: queuedAt }: Held): void {
    const box = document.createElement('input');
    box.type = 'checkbox';
    box.checked = true;
    const words = document.createElement('span');
    words.className = 'words';
    words.textContent = text ?? `message ${message ?? ''}`;
    const age = document.createElement('span');
    age.className = 'age';
    age.textContent = `${shortDuration(Date.now() - Date.parse(queuedAt))} ago`;
    const label = document.createElement('label');
    label.append(box, words, age);
    const item = document.createElement('li');
    item.append(label);
    this.#list.append(item);
    this.#boxes.set(seq, box);
  }

  #count(): void {
    const all = this.#boxes.size;
    const chosen = [...this.#boxes.values()].filter((box) => box.checked).length;
    this.#run.textContent =
      chosen === all ? (all === 1 ? 'Run it' : `Run all ${all}`) : `Run ${counted(chosen, 'command')}`;
    this.#run.disabled = chosen === 0;
    this.#skip.textContent = all === 1 ? 'Skip it' : 'Skip all';
  }

  #choose(run: 'all' | 'none' | readonly number[]): void {
    this.close();
    this.#onChoice(run);
  }
}
