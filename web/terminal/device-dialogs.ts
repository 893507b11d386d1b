import { element } from './element.ts';

export interface DeviceDialogsOptions {
  /** A token for another device. */
  readonly link: () => Promise<string>;
  /** Goes on with the session that this token is for. */
  readonly carryOn: (token: string) => void;
  /** Whether the player is in a game here, which `carryOn` would leave. */
  readonly isPlaying: () => boolean;
  readonly announce: (text: string) => void;
}

/** The two ends of carrying a session to another device: the code that is shown here, and the one that is entered. */
export class DeviceDialogs {
  readonly #options: DeviceDialogsOptions;
  readonly #shown = element('link-code', HTMLTextAreaElement);
  readonly #copy = element('link-copy', HTMLButtonElement);
  readonly #entered = element('code', HTMLTextAreaElement);
  readonly #warning = element('code-warning', HTMLElement);
  readonly #linkDialog = element('link-dialog', HTMLDialogElement);
  readonly #codeDialog = element('code-dialog', HTMLDialogElement);

  constructor(options: DeviceDialogsOptions) {
    this.#options = options;
    this.#copy.addEventListener('click', () => void this.#copyCode());
    // A code that is on nobody's screen cannot be read there.
    this.#linkDialog.addEventListener('close', () => {
      this.#shown.value = '';
    });
    element('code-form', HTMLFormElement).addEventListener('submit', (event) => {
      event.preventDefault();
      const token = codeIn(this.#entered.value);
      if (token === '') return;
      this.#entered.value = '';
      this.#codeDialog.close();
      options.carryOn(token);
    });
    this.#codeDialog.addEventListener('close', () => {
      this.#entered.value = '';
    });
  }

  /** Asks for a code and shows it. Each is a new one. */
  async showCode(): Promise<void> {
    this.#shown.value = 'One moment…';
    this.#copy.disabled = true;
    this.#copy.textContent = 'Copy';
    this.#linkDialog.showModal();
    try {
      this.#shown.value = await this.#options.link();
      this.#copy.disabled = false;
      this.#copy.focus();
    } catch {
      this.#shown.value = 'There is no code right now: you have to be connected, and in the game.';
    }
  }

  askForCode(): void {
    this.#warning.hidden = !this.#options.isPlaying();
    this.#codeDialog.showModal();
  }

  async #copyCode(): Promise<void> {
    try {
      await navigator.clipboard.writeText(this.#shown.value);
      this.#copy.textContent = 'Copied';
      this.#options.announce('Copied.');
    } catch {
      // Not over plain HTTP: the code is selected, and the player copies it.
      this.#shown.select();
      this.#copy.textContent = 'Selected: copy it now';
    }
  }
}

/** The code in what somebody pasted: with line ends, or the whole line for a Telnet client. */
export function codeIn(text: string): string {
  return text.replace(/^\s*reconnect\s/i, '').replace(/\s+/g, '');
}
