import type { DeviceView, EventsPage, SessionDetail } from '../../src/operator/api.ts';
import { bytes, duration } from '../../src/operator/quantity.ts';
import { Refusal } from './api.ts';
import { confirmed } from './confirm-dialog.ts';
import { button, element, facts, make, write } from './dom.ts';
import { eventItem } from './event-item.ts';
import type { Desk } from './view.ts';
import { nameOf, since, stateWord, transportWord } from './words.ts';

const EVENTS = '8';

/** One session, looked into, with what can be done to it. */
export class InspectPanel {
  readonly #panel = element('inspect', HTMLElement);
  #session: string | undefined;
  #gone: string | undefined;
  #isNew = false;
  #facts: HTMLElement = make('div');
  #devices: HTMLElement = make('div');
  #events: HTMLElement = make('ol', { class: 'events' });
  #heading = make('h3');
  #state = make('p', { class: 'state' }, make('span', { class: 'dot' }), make('span'));
  #disconnect: HTMLButtonElement | undefined;
  #shownDevices = '';

  get session(): string | undefined {
    return this.#session;
  }

  open(session: string | undefined): void {
    if (session === this.#session) return;
    this.#session = session;
    this.#isNew = true;
    this.#panel.hidden = session === undefined;
    document.body.classList.toggle('inspecting', session !== undefined);
    if (session !== undefined) write(this.#heading, '…');
  }

  async update(desk: Desk): Promise<void> {
    const id = this.#session;
    if (id === undefined) return;
    if (this.#gone === id) return;
    // First: of one that is over there is nothing else to ask.
    const { events } = await desk.api.get<EventsPage>('/v1/events', { session: id, limit: EVENTS });
    const detail = events[0]?.kind === 'closed' ? undefined : await detailOf(desk, id);
    if (id !== this.#session) return;
    if (detail === undefined) this.#showGone(id);
    else this.#show(desk, detail, events);
  }

  #show(desk: Desk, detail: SessionDetail, events: EventsPage['events']): void {
    if (this.#isNew) this.#build(desk, detail);
    write(this.#heading, nameOf(detail));
    this.#state.dataset['state'] = detail.state;
    const word = `${stateWord(detail.state)} for ${since(detail.since, desk.now)}`;
    const left =
      detail.ends_at === undefined ? '' : `, ends in ${duration(Date.parse(detail.ends_at) - desk.now)}`;
    if (this.#state.lastElementChild) write(this.#state.lastElementChild, word + left);
    if (this.#disconnect) this.#disconnect.disabled = detail.state === 'disconnected';
    this.#facts.replaceChildren(factsOf(detail, desk.now));
    this.#showDevices(desk, detail);
    this.#events.replaceChildren(...events.map((event) => eventItem(event, { withSession: false })));
  }

  /** Devices change seldom; their buttons stay as they are meanwhile, so that one can be pressed. */
  #showDevices(desk: Desk, detail: SessionDetail): void {
    const described = JSON.stringify(detail.devices);
    for (const used of this.#devices.querySelectorAll<HTMLElement>('[data-used]')) {
      write(used, `used ${since(used.dataset['used'] ?? '', desk.now)} ago`);
    }
    if (described === this.#shownDevices) return;
    this.#shownDevices = described;
    const items = detail.devices.map((device) => this.#device(desk, detail, device));
    this.#devices.replaceChildren(
      items.length === 0
        ? make('p', { class: 'help' }, 'No tokens yet.')
        : make('ul', { class: 'devices' }, ...items),
    );
  }

  #device(desk: Desk, detail: SessionDetail, device: DeviceView): HTMLElement {
    const state = device.revoked ?? (device.current ? 'current' : 'good');
    const revoke = button('Revoke', 'small', () => {
      void this.#ask(desk, {
        title: `Revoke the token ${device.token}?`,
        text: `The device that has it cannot bring ${nameOf(detail)} back any more${device.current && detail.state === 'playing' ? ', and is disconnected' : ''}.`,
        yes: 'Revoke token',
        path: `/v1/sessions/${detail.session}/devices/${device.device}/revoke`,
        done: 'The token was revoked.',
      });
    });
    return make(
      'li',
      { class: device.revoked === undefined ? '' : 'revoked' },
      make(
        'div',
        {},
        make('code', {}, device.token),
        make('span', { class: 'help' }, `no. ${device.generation}, ${state}, `),
        make(
          'span',
          { class: 'help', 'data-used': device.used_at },
          `used ${since(device.used_at, desk.now)} ago`,
        ),
      ),
      device.revoked === undefined && revoke,
    );
  }

  #build(desk: Desk, detail: SessionDetail): void {
    this.#isNew = false;
    this.#shownDevices = '';
    const name = nameOf(detail);
    const path = `/v1/sessions/${detail.session}`;
    this.#disconnect = button('Disconnect', '', () => {
      void this.#ask(desk, {
        title: `Disconnect ${name}?`,
        text: 'The connection ends. The session and its tokens stay; the client comes back by itself.',
        yes: 'Disconnect',
        path: `${path}/disconnect`,
        done: `${name} was disconnected.`,
      });
    });
    const revoke = button('Revoke tokens', 'danger', () => {
      void this.#ask(desk, {
        title: `Revoke all tokens of ${name}?`,
        text: 'All devices of this session are disconnected, and none can bring it back. The way in is the game’s login.',
        yes: 'Revoke tokens',
        path: `${path}/revoke`,
        done: `The tokens of ${name} were revoked.`,
      });
    });
    const close = button('Close session', 'danger', () => {
      void this.#ask(desk, {
        title: `Close the session of ${name}?`,
        text: 'It ends for good: its player is disconnected, and what was unread is gone.',
        yes: 'Close session',
        path: `${path}/close`,
        done: `The session of ${name} was closed.`,
      });
    });
    this.#panel.replaceChildren(
      make('div', { class: 'panel-head' }, this.#heading, closeLink()),
      make('p', { class: 'id' }, make('code', {}, detail.session)),
      this.#state,
      make('div', { class: 'actions' }, this.#disconnect, revoke, close),
      this.#facts,
      make('h4', {}, 'Devices'),
      this.#devices,
      make('h4', {}, 'Recent events'),
      this.#events,
    );
    this.#panel.focus({ preventScroll: true });
  }

  #showGone(id: string): void {
    this.#gone = id;
    this.#isNew = true;
    write(this.#heading, 'This session is over');
    const link = make('a', { href: `#/events?session=${id}` }, 'What happened in it');
    this.#panel.replaceChildren(
      make('div', { class: 'panel-head' }, this.#heading, closeLink()),
      make('p', {}, link),
    );
  }

  async #ask(
    desk: Desk,
    act: { title: string; text: string; yes: string; path: string; done: string },
  ): Promise<void> {
    if (await confirmed(act)) desk.act(() => desk.api.post(act.path), act.done);
  }
}

/** `undefined` where the session is over. */
async function detailOf(desk: Desk, id: string): Promise<SessionDetail | undefined> {
  try {
    return await desk.api.get<SessionDetail>(`/v1/sessions/${encodeURIComponent(id)}`);
  } catch (error) {
    if (error instanceof Refusal && error.status === 404) return undefined;
    throw error;
  }
}

function closeLink(): HTMLElement {
  return make('a', { href: '#/sessions', class: 'close', 'aria-label': 'Close the panel' }, '✕');
}

function factsOf(detail: SessionDetail, now: number): HTMLElement {
  const { client, commands, output } = detail;
  return facts([
    ['Client', client && transportWord(client.transport)],
    ['Address', client?.address],
    [
      'Program',
      client?.name === undefined ? undefined : [client.name, client.version ?? ''].join(' ').trim(),
    ],
    ['Terminal', client?.terminal],
    ['Size', client?.columns === undefined ? undefined : `${client.columns} × ${client.rows ?? '?'}`],
    ['Connected', detail.connected_at === undefined ? undefined : `${since(detail.connected_at, now)} ago`],
    ['World', `${detail.world}, ${detail.world_state}`],
    [
      'Commands',
      `${detail.queued} waiting${commands.held > 0 ? `, ${commands.held} held` : ''}, ${commands.taken} done`,
    ],
    ['Unread', `${detail.backlog_entries} entries, ${bytes(detail.backlog_bytes)}`],
    ['Output', `${output.end} entries, read to ${output.acknowledged}`],
    ['Dropped', output.evicted > output.acknowledged && `through ${output.evicted}`],
    ['Attachments', String(detail.attachments)],
    ['Began', `${since(detail.created_at, now)} ago`],
    ['Kept for', duration(detail.resume_window_ms)],
  ]);
}
