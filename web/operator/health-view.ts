import type { Status } from '../../src/operator/api.ts';
import { bytes, duration } from '../../src/operator/quantity.ts';
import { confirmed } from './confirm-dialog.ts';
import { button, element, facts, make, write } from './dom.ts';
import type { Desk, View } from './view.ts';
import { since } from './words.ts';

/** How the gateway, its store and its worlds are; what was counted since the start; drain. */
export class HealthView implements View {
  readonly #cards = element('cards', HTMLElement);
  readonly #drain = button('Drain…', 'danger', () => void this.#askDrain());
  readonly #accept = button('Take players in again', 'primary', () => {
    this.#desk?.act(async () => this.#desk?.api.post('/v1/accept'), 'Players are taken in again.');
  });
  readonly #drainText = make('p');
  readonly #gateway = make('div', { class: 'card' });
  readonly #store = make('div', { class: 'card' });
  readonly #recovery = make('div', { class: 'card' });
  readonly #worlds = make('div', { class: 'cards-inner' });
  readonly #totals = make('div', { class: 'card wide' });
  #desk: Desk | undefined;

  constructor() {
    const drain = make(
      'div',
      { class: 'card wide' },
      make('h3', {}, 'Drain'),
      this.#drainText,
      make('div', { class: 'actions' }, this.#drain, this.#accept),
    );
    this.#cards.append(this.#gateway, this.#store, this.#worlds, this.#recovery, this.#totals, drain);
  }

  open(desk: Desk): void {
    this.#desk = desk;
  }

  update(desk: Desk): Promise<void> {
    const { status } = desk;
    if (status !== undefined) this.#show(status, desk.now);
    return Promise.resolve();
  }

  #show(status: Status, now: number): void {
    const { store, sessions, backlog_bytes: backlog, resume_ms: resumes, process } = status;
    this.#gateway.replaceChildren(
      heading('Gateway', status.phase === 'listening' ? 'good' : 'warn', status.phase),
      facts([
        ['Version', status.version],
        ['Up for', since(status.started_at, now)],
        ['Connections', String(status.connections)],
        ['Sessions', `${sessions.playing} playing, ${sessions.disconnected} away`],
        ['Coming in', String(sessions.connecting + sessions.authenticating)],
        ['Memory', bytes(process.memory_bytes)],
        ['Busy', `${Math.round(process.busy * 100)} %`],
      ]),
    );
    const tone = store.status === 'ok' ? 'good' : store.status === 'slow' ? 'warn' : 'bad';
    this.#store.replaceChildren(
      heading('Store', tone, store.status),
      facts([
        ['Look-up', store.read_ms === undefined ? undefined : `${store.read_ms} ms`],
        ['Asked', store.checked_at === undefined ? undefined : `${since(store.checked_at, now)} ago`],
        ['Problem', store.error],
      ]),
    );
    this.#recovery.replaceChildren(
      make('h3', {}, 'Recovery'),
      facts([
        ['Resumes, last hour', String(resumes.count)],
        ['Median', resumes.p50 === undefined ? '–' : duration(resumes.p50)],
        ['99 %', resumes.p99 === undefined ? '–' : duration(resumes.p99)],
        ['Unread output', `${status.backlog_entries} entries`],
        ['Largest of a session', bytes(backlog.largest)],
        ['Commands waiting', String(status.queued)],
      ]),
    );
    this.#worlds.replaceChildren(...status.worlds.map(worldCard));
    this.#totals.replaceChildren(make('h3', {}, 'Since the start'), totalsOf(status));
    const isDraining = status.phase === 'draining';
    this.#drain.hidden = isDraining;
    this.#accept.hidden = !isDraining;
    write(
      this.#drainText,
      isDraining
        ? 'Nobody is taken in. Sessions and game go on, and no token is spent. The gateway can be stopped.'
        : 'Sends all players away, to come back later or on another node, and takes nobody in. Every session is kept.',
    );
  }

  async #askDrain(): Promise<void> {
    const count = this.#desk?.status?.connections ?? 0;
    const isSure = await confirmed({
      title: 'Drain this gateway?',
      text: `${count} connections end now, and nobody is taken in until you say so. Every session is kept.`,
      yes: 'Drain',
    });
    if (isSure) this.#desk?.act(async () => this.#desk?.api.post('/v1/drain'), 'The gateway drains.');
  }
}

function worldCard({
  world,
  delivery,
  lease,
  running,
  up,
  login,
  down,
}: Status['worlds'][number]): HTMLElement {
  const isDown = down > 0 && up + login === 0;
  const [tone, word] = isDown
    ? (['bad', 'down'] as const)
    : down > 0
      ? (['warn', 'partly down'] as const)
      : (['good', 'up'] as const);
  return make(
    'div',
    { class: 'card' },
    heading(`World ${world}`, tone, word),
    facts([
      ['Up', String(up)],
      ['At login', String(login)],
      ['Down', String(down)],
      ['Open here', String(running)],
      ['Commands', delivery === 'commit' ? 'once, in the commit' : 'marked, then sent'],
      ['Lease', String(lease)],
    ]),
  );
}

function heading(text: string, tone: string, word: string): HTMLElement {
  return make(
    'h3',
    { 'data-tone': tone },
    text,
    make('span', { class: 'badge' }, make('span', { class: 'dot' }), word),
  );
}

function totalsOf({ totals }: Status): HTMLElement {
  const lists: readonly (readonly [string, Readonly<Record<string, number>>])[] = [
    ['Refused', totals.refused],
    ['Postponed', totals.postponed],
    ['Revoked', totals.revoked],
    ['Detached', totals.detached],
    ['Closed', totals.closed],
  ];
  const gaps = Object.entries(totals.gaps).map(([reason, { count, entries, bytes: gone }]) => {
    return `${reason} ${count} (${entries} entries, ${bytes(gone)})`;
  });
  return facts([
    ['Opened', String(totals.opened)],
    ['Resumed', String(totals.resumed)],
    ['Taken over', String(totals.takeover)],
    ...lists.map(([name, counts]) => [name, listOf(counts)] as const),
    ['Gaps', gaps.length === 0 ? '0' : gaps.join(', ')],
    ['Bugs', String(totals.failed)],
  ]);
}

function listOf(counts: Readonly<Record<string, number>>): string {
  const parts = Object.entries(counts).toSorted(([, a], [, b]) => b - a);
  return parts.length === 0 ? '0' : parts.map(([reason, count]) => `${reason} ${count}`).join(', ');
}
