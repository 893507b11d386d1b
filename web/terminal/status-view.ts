import type { SessionStatus } from 'holdfast/client';
import { element } from './element.ts';
import { ACTIONS, statusWords, type StatusAction } from './status-words.ts';

/** A loss that is over sooner is not worth interrupting a screen reader for, in ms. */
const WORTH_SAYING_MS = 1500;

/** The connection's state at the top of the page, with a countdown and at most one button. */
export class StatusView {
  readonly #status = element('status', HTMLElement);
  readonly #text = element('status-text', HTMLElement);
  /** One for each action. With other words on one button, a hand a moment behind would do what it did not mean to. */
  readonly #buttons: readonly (readonly [StatusAction, HTMLButtonElement])[];
  readonly #announcer = element('announcer', HTMLElement);
  #now: SessionStatus = { kind: 'connecting' };
  #tick: ReturnType<typeof setTimeout> | undefined;
  #saying: ReturnType<typeof setTimeout> | undefined;
  #hasSaidLoss = false;

  constructor(onAction: (action: StatusAction) => void) {
    const place = element('status-actions', HTMLElement);
    this.#buttons = ACTIONS.map(({ action, label }) => {
      const button = document.createElement('button');
      button.type = 'button';
      button.hidden = true;
      button.textContent = label;
      button.addEventListener('click', () => onAction(action));
      place.append(button);
      return [action, button];
    });
    for (const change of ['online', 'offline']) addEventListener(change, () => this.#draw());
  }

  show(status: SessionStatus): void {
    this.#now = status;
    this.#draw();
    this.#say(status);
  }

  /** For a screen reader; the eye finds it elsewhere. */
  announce(text: string): void {
    this.#announcer.textContent = text;
  }

  #draw(): void {
    clearTimeout(this.#tick);
    const { tone, text, action } = statusWords(this.#now, Date.now(), navigator.onLine);
    this.#status.dataset['tone'] = tone;
    this.#text.textContent = text;
    for (const [does, button] of this.#buttons) button.hidden = does !== action;
    if (this.#now.kind === 'waiting') this.#tick = setTimeout(() => this.#draw(), 250);
  }

  /** The countdown is not read out; that the connection is lost, and is back, is. */
  #say(status: SessionStatus): void {
    if (status.kind === 'open' || status.kind === 'replaying') {
      clearTimeout(this.#saying);
      this.#saying = undefined;
      if (this.#hasSaidLoss) this.announce('Connected again.');
      this.#hasSaidLoss = false;
    } else if (status.kind === 'closed' || status.kind === 'blocked') {
      clearTimeout(this.#saying);
      this.announce(`${statusWords(status, Date.now(), true).text}.`);
    } else if (status.kind === 'waiting' && !this.#hasSaidLoss) {
      this.#saying ??= setTimeout(() => {
        this.#hasSaidLoss = true;
        this.announce('Connection lost. Trying to come back. You can go on typing.');
      }, WORTH_SAYING_MS);
    }
  }
}
