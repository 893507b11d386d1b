import type { SessionRow, SessionsPage } from '../../src/operator/api.ts';
import { bytes } from '../../src/operator/quantity.ts';
import { element, make, write } from './dom.ts';
import { InspectPanel } from './inspect-panel.ts';
import type { Desk, View } from './view.ts';
import { clientWords, nameOf, since, stateWord } from './words.ts';

/** More rows than this are asked for one after the other, with the button. */
const PAGE = 100;
const LIMIT = 200;

type Sort = 'created_at' | 'account' | 'since' | 'queued' | 'backlog_bytes';

/** The table of sessions, with the panel beside it. */
export class SessionsView implements View {
  readonly #body: HTMLTableSectionElement;
  readonly #search = element('search', HTMLInputElement);
  readonly #form = element('session-search', HTMLFormElement);
  readonly #transport = element('transport', HTMLSelectElement);
  readonly #rows = new Map<string, HTMLTableRowElement>();
  readonly #panel = new InspectPanel();
  readonly #more = element('more-sessions', HTMLButtonElement);
  #desk: Desk | undefined;
  #sort: Sort = 'created_at';
  #order: 'ascending' | 'descending' = 'descending';
  #limit = PAGE;

  constructor() {
    const table = element('session-table', HTMLTableElement);
    const [body] = table.tBodies;
    if (body === undefined) throw new TypeError('the table has no body');
    this.#body = body;
    this.#form.addEventListener('submit', (event) => event.preventDefault());
    this.#form.addEventListener('input', () => this.#desk?.refresh());
    this.#more.addEventListener('click', () => {
      this.#limit = LIMIT;
      this.#desk?.refresh();
    });
    for (const sorter of table.querySelectorAll<HTMLButtonElement>('[data-sort]')) {
      sorter.addEventListener('click', () => this.#sortBy(sorter));
    }
    this.#body.addEventListener('click', ({ target }) => {
      const row = target instanceof Element ? target.closest('tr') : null;
      if (row?.dataset['session'] !== undefined) location.hash = `#/sessions/${row.dataset['session']}`;
    });
  }

  open(desk: Desk, [session]: readonly string[]): void {
    this.#desk = desk;
    this.#panel.open(session);
    for (const [id, row] of this.#rows) row.classList.toggle('chosen', id === session);
  }

  async update(desk: Desk): Promise<void> {
    const chosen = new FormData(this.#form).get('state');
    const [page] = await Promise.all([
      desk.api.get<SessionsPage>('/v1/sessions', {
        q: this.#search.value.trim(),
        state: typeof chosen === 'string' ? chosen : '',
        transport: this.#transport.value,
        sort: this.#sort,
        order: this.#order,
        limit: String(this.#limit),
      }),
      this.#panel.update(desk),
    ]);
    this.#show(page, desk.now);
  }

  #show({ sessions, matched, total, next }: SessionsPage, now: number): void {
    const shown = new Set(sessions.map(({ session }) => session));
    for (const [id, row] of this.#rows) {
      if (shown.has(id)) continue;
      row.remove();
      this.#rows.delete(id);
    }
    let before: Element | null = null;
    for (const session of sessions) {
      const row = this.#rows.get(session.session) ?? this.#newRow(session.session);
      fill(row, session, now);
      const place: Element | null =
        before === null ? this.#body.firstElementChild : before.nextElementSibling;
      if (place !== row) this.#body.insertBefore(row, place);
      before = row;
    }
    const count = matched === total ? String(total) : `${matched} of ${total}`;
    write(element('session-count', HTMLOutputElement), `${count} ${total === 1 ? 'session' : 'sessions'}`);
    const none = element('no-session', HTMLElement);
    none.hidden = sessions.length > 0;
    write(none, total === 0 ? 'Nobody is here, and nobody is away.' : 'No session fits.');
    this.#more.hidden = next === undefined || this.#limit === LIMIT;
  }

  #newRow(id: string): HTMLTableRowElement {
    const row = make(
      'tr',
      { 'data-session': id },
      make('th', { scope: 'row' }, make('a', { href: `#/sessions/${id}` })),
      make('td', { class: 'state' }, make('span', { class: 'dot' }), make('span')),
      ...['since', 'client', 'world', 'number queued', 'number'].map((name) => make('td', { class: name })),
    );
    this.#rows.set(id, row);
    row.classList.toggle('chosen', id === this.#panel.session);
    return row;
  }

  #sortBy(sorter: HTMLButtonElement): void {
    const isAgain = sorter.dataset['sort'] === this.#sort;
    const first = sorter.dataset['sort'] === 'account' || sorter.dataset['sort'] === 'since';
    // What is sorted by is one of the buttons of our own page.
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion
    this.#sort = sorter.dataset['sort'] as Sort;
    const usual = first ? 'ascending' : 'descending';
    const other = first ? 'descending' : 'ascending';
    this.#order = isAgain && this.#order === usual ? other : usual;
    for (const head of document.querySelectorAll('#session-table th[aria-sort]'))
      head.removeAttribute('aria-sort');
    // Longest first is the earliest first.
    sorter.closest('th')?.setAttribute('aria-sort', this.#order);
    this.#desk?.refresh();
  }
}

function fill(row: HTMLTableRowElement, session: SessionRow, now: number): void {
  const [name, state, time, client, world, queued, unread] = row.cells;
  row.dataset['state'] = session.state;
  row.dataset['world'] = session.world_state;
  if (name?.firstElementChild) write(name.firstElementChild, nameOf(session));
  if (state?.lastElementChild) write(state.lastElementChild, stateWord(session.state));
  if (time) write(time, since(session.since, now));
  if (client) write(client, session.client === undefined ? '—' : clientWords(session.client));
  if (world) write(world, session.world_state);
  if (queued) write(queued, session.queued === 0 ? '·' : String(session.queued));
  if (unread) write(unread, session.backlog_bytes === 0 ? '·' : bytes(session.backlog_bytes));
}
