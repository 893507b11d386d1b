import type { SessionStatus } from 'holdfast/client';
import { element } from './element.ts';
import { ACTION_LABELS, statusWords, type StatusAction } from './status-words.ts';

/** A loss that is over sooner is not worth interrupting a screen reader for, in ms. */
const WORTH_SAYING_MS = 1500;

/** The connection's state at the top of the page, with a countdown and at most one button. */
export class StatusView {
  readonly #status = element('status', HTMLElement);
  readonly #text = element('status-text', HTMLElement);
  readonly #action = element('status-action', HTMLButtonElement);
  readonly #announcer = element('announcer', HTMLElement);
  #now: SessionStatus = { kind: 'connecting' };
  #offered: StatusAction | undefined;
  #tick: ReturnType<typeof setTimeout> | undefined;
  #saying: ReturnType<typeof setTimeout> | undefined;
  #hasSaidLoss = false;

  constructor(onAction: (action: StatusAction) => void) {
    this.#action.addEventListener('click', () => this.#offered && onAction(this.#offered));
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
    this.#offered = action;
    this.#action.hidden = action === undefined;
    if (action !== undefined) this.#action.textContent = ACTION_LABELS[action];
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
