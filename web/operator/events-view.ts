import type { EventsPage, EventView } from '../../src/operator/api.ts';
import { element, make, write } from './dom.ts';
import { eventItem } from './event-item.ts';
import type { Desk, View } from './view.ts';

const KINDS = ['opened', 'resumed', 'detached', 'refused', 'postponed', 'revoked', 'gap', 'closed', 'failed'];
const PAGE = 100;

/** The last events, newest first, with filters. */
export class EventsView implements View {
  readonly #list = element('event-list', HTMLOListElement);
  readonly #kind = element('event-kind', HTMLSelectElement);
  readonly #reason = element('event-reason', HTMLInputElement);
  readonly #session = element('event-session', HTMLInputElement);
  readonly #hold = element('hold-events', HTMLButtonElement);
  readonly #more = element('more-events', HTMLButtonElement);
  #desk: Desk | undefined;
  #older: EventView[] = [];
  #next: number | undefined;
  #isHeld = false;
  #shown = '';

  constructor() {
    this.#kind.append(...KINDS.map((kind) => make('option', { value: kind }, kind)));
    const form = element('event-filter', HTMLFormElement);
    form.addEventListener('submit', (event) => event.preventDefault());
    form.addEventListener('input', () => this.#anew());
    this.#hold.addEventListener('click', () => {
      this.#isHeld = !this.#isHeld;
      this.#hold.setAttribute('aria-pressed', String(this.#isHeld));
      this.#desk?.refresh();
    });
    this.#more.addEventListener('click', () => void this.#showOlder());
  }

  open(desk: Desk, _path: readonly string[], query: URLSearchParams): void {
    this.#desk = desk;
    const session = query.get('session');
    if (session === null || session === this.#session.value) return;
    this.#session.value = session;
    this.#anew();
  }

  async update(desk: Desk): Promise<void> {
    if (this.#isHeld && this.#shown !== '') return;
    const page = await desk.api.get<EventsPage>('/v1/events', this.#query());
    if (this.#older.length === 0) this.#next = page.next;
    const known = page.events.at(-1)?.id ?? Infinity;
    this.#show([...page.events, ...this.#older.filter(({ id }) => id < known)]);
  }

  async #showOlder(): Promise<void> {
    if (this.#desk === undefined || this.#next === undefined) return;
    const before = String(this.#next);
    const page = await this.#desk.api.get<EventsPage>('/v1/events', { ...this.#query(), before });
    this.#older.push(...page.events);
    this.#next = page.next;
    this.#desk.refresh();
  }

  #query(): Readonly<Record<string, string>> {
    return {
      kind: this.#kind.value,
      reason: this.#reason.value.trim(),
      session: this.#session.value.trim(),
      limit: String(PAGE),
    };
  }

  #anew(): void {
    this.#older = [];
    this.#next = undefined;
    this.#desk?.refresh();
  }

  #show(events: readonly EventView[]): void {
    this.#more.hidden = this.#next === undefined;
    const none = element('no-event', HTMLElement);
    none.hidden = events.length > 0;
    write(none, 'No event fits. Only the last 2000 of this process are kept.');
    const shown = JSON.stringify(events.map(({ id }) => id));
    if (shown === this.#shown) return;
    this.#shown = shown;
    this.#list.replaceChildren(...events.map((event) => eventItem(event, { withSession: true })));
  }
}
