import { element } from './element.ts';

const THEME_KEY = 'holdfast.theme';
const READER_KEY = 'holdfast.screen_reader';

/** What the player likes, kept on this device: light or dark, and whether the game should spare a screen reader. */
export class Preferences {
  readonly #reader = element('screen-reader', HTMLInputElement);

  /** `onScreenReader`: the player has said that there is one, or none. */
  constructor(onScreenReader: () => void) {
    const kept = read(THEME_KEY) ?? 'auto';
    document.documentElement.dataset['theme'] = kept;
    for (const choice of document.querySelectorAll<HTMLInputElement>('input[name=theme]')) {
      choice.checked = choice.value === kept;
      choice.addEventListener('change', () => {
        document.documentElement.dataset['theme'] = choice.value;
        write(THEME_KEY, choice.value);
      });
    }
    this.#reader.checked = read(READER_KEY) === 'yes';
    this.#reader.addEventListener('change', () => {
      write(READER_KEY, this.#reader.checked ? 'yes' : 'no');
      onScreenReader();
    });
  }

  get screenReader(): boolean {
    return this.#reader.checked;
  }
}

function read(key: string): string | null {
  try {
    return localStorage.getItem(key);
  } catch {
    return null;
  }
}

function write(key: string, value: string): void {
  try {
    localStorage.setItem(key, value);
  } catch {
    // Forbidden: then it holds until the next reload.
  }
}
