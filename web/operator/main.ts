import type { Status } from '../../src/operator/api.ts';
import { Api, Refusal } from './api.ts';
import { element, write } from './dom.ts';
import { EventsView } from './events-view.ts';
import { HealthView } from './health-view.ts';
import { ReconnectionsView } from './reconnections-view.ts';
import { SessionsView } from './sessions-view.ts';
import { startTheme } from './theme.ts';
import type { Desk, View } from './view.ts';

/** How often the page looks, in ms; where a look takes long, it looks less often. */
const LOOK_MS = 2000;
const SHARE = 0.1;

/** For how long a notice is shown, in ms. */
const NOTICE_MS = 6000;

/** The tab's own: it goes with the tab, and no other site can read it. */
const CREDENTIAL_KEY = 'holdfast-operator-credential';

const views: Readonly<Record<string, View>> = {
  sessions: new SessionsView(),
  reconnections: new ReconnectionsView(),
  events: new EventsView(),
  health: new HealthView(),
};

/** What is looked at with one credential, until its operator signs out. */
class OperatorDesk implements Desk {
  readonly api: Api;
  status: Status | undefined;
  #clockOffset = 0;
  #view: View | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #isLooking = false;
  #isStale = false;
  #isOver = false;

  constructor(credential: string) {
    this.api = new Api(credential);
  }

  get now(): number {
    return Date.now() + this.#clockOffset;
  }

  /** Rejects where the credential is wrong, or nobody answers. */
  async start(): Promise<void> {
    await this.#lookAtStatus();
    this.route();
  }

  stop(): void {
    this.#isOver = true;
    clearTimeout(this.#timer);
  }

  refresh(): void {
    this.#isStale = true;
    void this.#look();
  }

  act(work: () => Promise<unknown>, done: string): void {
    work()
      .then(
        () => notice(done),
        (error: unknown) => notice(error instanceof Refusal ? error.message : 'The gateway does not answer.'),
      )
      .finally(() => this.refresh());
  }

  /** Shows what the address says. */
  route(): void {
    const [path = '', query = ''] = location.hash.replace(/^#\/?/, '').split('?');
    const [name = '', ...rest] = path.split('/');
    const chosen = Object.hasOwn(views, name) ? name : 'sessions';
    for (const id of Object.keys(views)) element(id, HTMLElement).hidden = id !== chosen;
    for (const link of document.querySelectorAll<HTMLElement>('[data-view]')) {
      if (link.dataset['view'] === chosen) link.setAttribute('aria-current', 'page');
      else link.removeAttribute('aria-current');
    }
    this.#view = views[chosen];
    this.#view?.open(this, chosen === name ? rest.map(decodeURIComponent) : [], new URLSearchParams(query));
    this.refresh();
  }

  /** One look at a time; what was asked for meanwhile is looked at right after. */
  async #look(): Promise<void> {
    if (this.#isLooking || this.#isOver) return;
    this.#isLooking = true;
    clearTimeout(this.#timer);
    const startedAt = performance.now();
    try {
      do {
        this.#isStale = false;
        await this.#lookAtStatus();
        await this.#view?.update(this);
      } while (this.#isStale);
      trouble('');
    } catch (error) {
      if (error instanceof Refusal && error.status === 401) return signOut('The credential was changed.');
      trouble(error instanceof Refusal ? error.message : 'The gateway does not answer. Trying again…');
    } finally {
      this.#isLooking = false;
      if (!this.#isOver && !document.hidden) {
        clearTimeout(this.#timer);
        const tookMs = performance.now() - startedAt;
        this.#timer = setTimeout(() => void this.#look(), Math.max(LOOK_MS, tookMs / SHARE));
      }
    }
  }

  async #lookAtStatus(): Promise<void> {
    const status = await this.api.get<Status>('/v1/status');
    this.status = status;
    this.#clockOffset = Date.parse(status.now) - Date.now();
    showPulse(status);
  }
}

let desk: OperatorDesk | undefined;

function showPulse({ phase, healthy, sessions, connections }: Status): void {
  const pulse = element('pulse', HTMLElement);
  pulse.dataset['tone'] = healthy ? (phase === 'listening' ? 'good' : 'warn') : 'bad';
  write(element('pulse-phase', HTMLElement), `${healthy ? phase : 'not healthy'} · `);
  write(element('pulse-text', HTMLElement), `${sessions.playing} playing, ${sessions.disconnected} away`);
  pulse.title = `${connections} connections`;
}

function notice(text: string): void {
  const place = element('notice', HTMLElement);
  place.textContent = text;
  place.classList.add('shown');
  setTimeout(() => place.classList.remove('shown'), NOTICE_MS);
}

function trouble(text: string): void {
  const place = element('trouble', HTMLElement);
  place.hidden = text === '';
  write(place, text);
}

async function signIn(credential: string): Promise<void> {
  const problem = element('sign-in-problem', HTMLElement);
  const opened = new OperatorDesk(credential);
  try {
    await opened.start();
  } catch (error) {
    opened.stop();
    const isWrong = error instanceof Refusal && error.status === 401;
    if (isWrong) sessionStorage.removeItem(CREDENTIAL_KEY);
    showSignIn();
    problem.textContent = isWrong ? 'That is not the credential.' : problemOf(error);
    return;
  }
  sessionStorage.setItem(CREDENTIAL_KEY, credential);
  desk = opened;
  problem.textContent = '';
  element('sign-in', HTMLElement).hidden = true;
  element('desk', HTMLElement).hidden = false;
}

function problemOf(error: unknown): string {
  return error instanceof Refusal ? error.message : 'The gateway does not answer.';
}

function showSignIn(): void {
  element('desk', HTMLElement).hidden = true;
  element('sign-in', HTMLElement).hidden = false;
  element('credential', HTMLInputElement).focus();
}

function signOut(why: string): void {
  desk?.stop();
  desk = undefined;
  sessionStorage.removeItem(CREDENTIAL_KEY);
  showSignIn();
  element('sign-in-problem', HTMLElement).textContent = why;
}

element('sign-in-form', HTMLFormElement).addEventListener('submit', (event) => {
  event.preventDefault();
  const field = element('credential', HTMLInputElement);
  const credential = field.value.trim();
  field.value = '';
  void signIn(credential);
});
element('sign-out', HTMLButtonElement).addEventListener('click', () => signOut(''));
addEventListener('hashchange', () => desk?.route());
addEventListener('keydown', (event) => {
  const isTyping = event.target instanceof HTMLInputElement || event.target instanceof HTMLSelectElement;
  if (event.key === '/' && !isTyping && desk) {
    event.preventDefault();
    if (!location.hash.startsWith('#/sessions')) location.hash = '#/sessions';
    element('search', HTMLInputElement).focus();
  }
  const isInspecting = document.body.classList.contains('inspecting');
  if (event.key === 'Escape' && isInspecting && !document.querySelector('dialog[open]'))
    location.hash = '#/sessions';
});
// A tab that nobody sees asks nothing.
document.addEventListener('visibilitychange', () => {
  if (!document.hidden) desk?.refresh();
});
startTheme(element('theme', HTMLButtonElement));

const kept = sessionStorage.getItem(CREDENTIAL_KEY);
if (kept === null) showSignIn();
else void signIn(kept);
