import { platform, type Browser, type Channel, type Locks } from '../platform.ts';
import { readJson } from './read-json.ts';
import type { StorageEvents, TokenStorage } from './token-storage.ts';

/** How long to wait for a lock before we say that somebody has it: a reload overlaps with the page before it, in ms. */
const BLOCKED_AFTER_MS = 300;

/** How long the holder of a token may take to let go when it is asked, in ms. A frozen tab never does. */
const LET_GO_MS = 2000;

/** What a tab that never came back has left behind goes after this time, in ms. */
const FORGOTTEN_AFTER_MS = 7 * 24 * 3_600_000;

/** Who wrote it, when, and what. */
type Entry = readonly [holder: string, at: number, text: string];

/**
 * One tab's token. The tab's own storage has only a random key; the token lies in the browser's under that key, and is
 * read and written under a Web Lock of that name.
 *
 * A copied tab has the same key, so it finds the newest token and not the one at the time of the copy; and it waits for
 * the lock, so it never shows one that the first tab is using. What a tab writes that lost the lock while it was
 * frozen is not written: each entry names its holder.
 */
export class LockedStorage implements TokenStorage {
  readonly keeps = 'locked';
  readonly #name: string;
  readonly #browser: Browser;
  #holder = '';
  #key = '';
  #events: StorageEvents | undefined;
  #stopWaiting: (() => void) | undefined;
  #granted: (() => void) | undefined;
  #release: (() => void) | undefined;

  constructor(name: string, browser: Browser) {
    this.#name = name;
    this.#browser = browser;
  }

  async open(events: StorageEvents): Promise<string | undefined> {
    this.#events = events;
    this.#sweep();
    const { sessionStorage: tab } = this.#browser;
    this.#key = tab.getItem(this.#name) ?? `${this.#name} ${this.#browser.crypto.randomUUID()}`;
    tab.setItem(this.#name, this.#key);
    const timer = platform.setTimeout(() => events.blocked(), BLOCKED_AFTER_MS);
    await new Promise<void>((resolve) => {
      const waiting = new platform.AbortController();
      this.#granted = resolve;
      this.#stopWaiting = () => {
        platform.clearTimeout(timer);
        waiting.abort();
      };
      this.#request({ signal: waiting.signal });
    });
    const text = this.#read(this.#key)?.[2];
    this.#holder = this.#browser.crypto.randomUUID();
    if (text) this.#write(text);
    return text;
  }

  save(text: string): void {
    const holder = this.#read(this.#key)?.[0];
    if (!holder || holder === this.#holder) this.#write(text);
    else this.#lost();
  }

  remove(): void {
    if (this.#read(this.#key)?.[0] === this.#holder) this.#browser.localStorage.removeItem(this.#key);
  }

  close(): void {
    this.#stopWaiting?.();
    this.#release?.();
  }

  takeOver(): void {
    const channel = this.#channel();
    // Not a window's: there is no origin to name.
    // oxlint-disable-next-line unicorn/require-post-message-target-origin
    channel.postMessage('let go');
    const stopWaiting = this.#stopWaiting;
    platform.setTimeout(() => {
      channel.close();
      if (!stopWaiting || this.#stopWaiting !== stopWaiting) return;
      stopWaiting();
      this.#request({ steal: true });
    }, LET_GO_MS);
  }

  #request(options: Parameters<Locks['request']>[1]): void {
    let isOurs = false;
    const hold = (): Promise<void> =>
      new Promise((release) => {
        const channel = this.#channel();
        channel.addEventListener('message', () => this.#lost());
        this.#release = () => {
          channel.close();
          release();
        };
        isOurs = true;
        this.#stopWaiting?.();
        this.#stopWaiting = undefined;
        this.#granted?.();
      });
    // Rejected: it was stolen from us, or we have stopped waiting for it.
    this.#browser.navigator.locks.request(this.#key, options, hold).catch(() => isOurs && this.#lost());
  }

  #channel(): Channel {
    return new this.#browser.BroadcastChannel(this.#key);
  }

  #lost(): void {
    this.close();
    this.#events?.lost();
  }

  #read(key: string): Entry | undefined {
    return readJson(this.#browser.localStorage.getItem(key));
  }

  #write(text: string): void {
    const entry: Entry = [this.#holder, Date.now(), text];
    this.#browser.localStorage.setItem(this.#key, JSON.stringify(entry));
  }

  #sweep(): void {
    for (const key of Object.keys(this.#browser.localStorage)) {
      const age = key.startsWith(`${this.#name} `) ? Date.now() - (this.#read(key)?.[1] ?? 0) : 0;
      if (age > FORGOTTEN_AFTER_MS) this.#browser.localStorage.removeItem(key);
    }
  }
}
