import { connect, SessionError, type Session, type SessionEvents, type SessionStatus } from 'holdfast/client';
import type { CommandLine } from './command-line.ts';
import type { HeldPanel } from './held-panel.ts';
import type { Plug } from './plug.ts';
import type { Screen, TypedPlace } from './screen.ts';
import type { StatusAction } from './status-words.ts';
import type { StatusView } from './status-view.ts';
import type { VitalsView } from './vitals-view.ts';
import { awayText, droppedText, gapText } from './wording.ts';

/** Who was away for less has not lost the thread: what was held runs, and nothing is said where nothing was missed. */
const SHORT_AWAY_MS = 5000;
/** Of so many commands the words are known, to say which one was dropped. */
const REMEMBERED_COMMANDS = 200;
/** Lines that have a password in them, also where the game does not hide what is typed. */
const PRIVATE_LINE = /^(\s*(?:connect|create|@password)\s+)\S.*$/i;
const DOTS = '••••••';

export interface PlayOptions {
  readonly url: URL;
  readonly screen: Screen;
  readonly status: StatusView;
  readonly vitals: VitalsView;
  readonly held: HeldPanel;
  readonly plug: Plug;
  /** Writes down what is on the screen. */
  readonly save: () => void;
  readonly onPlace: (name: string) => void;
  readonly usesScreenReader: () => boolean;
  readonly size: () => { readonly columns: number; readonly rows: number };
}

/** One player at this page: what the session tells becomes what is seen, and what is typed goes to the session. */
export class Play {
  readonly #options: PlayOptions;
  readonly #line: CommandLine;
  #session: Session;
  #state: SessionEvents['state'] = { state: 'connecting', world: 'login' };
  /** The head of what was missed, reworded when all of it is there. */
  #away: number | undefined;
  #commands = new Map<number, string>();
  /** The remark about the last ones that were dropped: more of them go into the same. */
  #lastDropped: { note: number; reason: string; from: number; through: number } | undefined;
  #wantsToPlayHere = false;

  constructor(line: CommandLine, options: PlayOptions) {
    this.#line = line;
    this.#options = options;
    this.#session = this.#begin();
  }

  get isPlaying(): boolean {
    return this.#state.state === 'playing' && this.#session.status.kind !== 'closed';
  }

  /** A line was typed. What may be a password is not shown, and what is typed before the game is not remembered. */
  enter(text: string): { readonly isSecret: boolean } {
    const { screen, save } = this.#options;
    const isMasked = this.#line.isMasked;
    const isOpenly =
      this.#state.state === 'playing' && this.#state.world === 'up' && !PRIVATE_LINE.test(text);
    const isSecret = isMasked || !isOpenly;
    const piece = { typed: 'waiting', ...(isSecret ? { isSecret } : {}) } as const;
    const shown = isMasked ? DOTS : text.replace(PRIVATE_LINE, `$1${DOTS}`);
    const place = screen.typed(shown, piece, isMasked);
    save();
    void this.#send(text, place, isSecret);
    return { isSecret };
  }

  act(action: StatusAction): void {
    if (action === 'play_here') this.#wantsToPlayHere = true;
    if (this.#session.status.kind === 'blocked') this.#session.takeOver();
    else this.#session.retry();
    this.#line.focus();
  }

  link(): Promise<string> {
    return this.#session.link();
  }

  /** Leaves what is played here, and goes on with the session of this token. */
  async carryOn(token: string): Promise<void> {
    await this.#session.close();
    this.#forget();
    this.#session = this.#begin(token);
  }

  /** Comes back at once, as what the page is now. */
  async greetAnew(): Promise<void> {
    await this.#session.close();
    this.#session = this.#begin();
  }

  /** Ends the session for good, and forgets what was shown. */
  async quit(): Promise<void> {
    const quitting = this.#session.quit();
    this.#forget();
    if (this.#session.status.kind !== 'open') {
      this.#options.screen.say('note', 'You are logged out as soon as there is a connection again.');
    }
    await quitting;
    // What the game said last, too.
    this.#forget();
  }

  resize(): void {
    const { columns, rows } = this.#options.size();
    this.#session.resize(columns, rows);
  }

  #begin(token?: string): Session {
    const { url, usesScreenReader, size, plug } = this.#options;
    const session = connect(url, {
      client: { name: 'holdfast terminal', version: '1', ...size(), screen_reader: usesScreenReader() },
      heldCommands: 'ask',
      WebSocket: plug.WebSocket,
      ...(token === undefined ? {} : { token }),
    });
    const { screen, vitals } = this.#options;
    session.on('status', (status) => this.#status(status));
    session.on('state', (state) => {
      this.#state = state;
    });
    session.on('welcome', () => this.#welcome());
    session.on('replay', (back) => this.#replay(back));
    session.on('resumed', (back) => this.#resumed(back));
    session.on('output', ({ text, prompt }) => screen.write(text, prompt));
    session.on('echo', ({ on }) => this.#line.mask(!on));
    session.on('gmcp', ({ package: name, data }) => {
      if (/^char\.vitals$/i.test(name)) vitals.show(data);
      if (/^room\.info$/i.test(name)) this.#place(data);
    });
    session.on('gap', ({ reason, bytes }) => screen.say('gap', gapText(reason, bytes)));
    session.on('dropped', ({ seq, through, reason }) => this.#dropped(seq, through, reason));
    session.on('problem', ({ code }) => {
      if (token !== undefined && code === 'token_refused')
        screen.say('note', 'That code is not valid, or not any more.');
    });
    return session;
  }

  #status(status: SessionStatus): void {
    const { status: view, held, screen } = this.#options;
    view.show(status);
    this.#line.disable(status.kind === 'blocked' || status.kind === 'closed');
    if (status.kind !== 'open' && status.kind !== 'replaying') held.close();
    if (status.kind === 'open') this.#line.focus();
    if (!this.#wantsToPlayHere) return;
    if (status.kind === 'blocked') this.#session.takeOver();
    if (status.kind === 'open') {
      this.#wantsToPlayHere = false;
      screen.say('note', 'You play here now. What happened elsewhere meanwhile is shown there.');
    }
  }

  #welcome(): void {
    const { screen, vitals } = this.#options;
    if (screen.lines.length > 0) screen.say('note', 'A new session begins.');
    this.#commands.clear();
    vitals.clear();
  }

  #replay({ awayMs, held, missed }: SessionEvents['replay']): void {
    const { screen, held: panel } = this.#options;
    if (missed > 0 || awayMs >= SHORT_AWAY_MS) this.#away = screen.say('away', awayText(awayMs));
    screen.beginMissed();
    for (const { seq, text } of held) if (text !== undefined) this.#remember(seq, text);
    if (held.length === 0) return;
    if (awayMs >= SHORT_AWAY_MS) panel.ask(held);
    else this.#session.choose('all');
  }

  #resumed({ awayMs }: SessionEvents['resumed']): void {
    const { screen, save } = this.#options;
    const lines = screen.caughtUp();
    if (this.#away !== undefined) screen.reword(this.#away, awayText(awayMs, lines));
    this.#away = undefined;
    save();
  }

  choose(run: 'all' | 'none' | readonly number[]): void {
    this.#session.choose(run);
    this.#line.focus();
  }

  async #send(text: string, place: TypedPlace, isSecret: boolean): Promise<void> {
    const { screen, save } = this.#options;
    try {
      const { seq } = await this.#session.send(text);
      screen.settle(place, 'sent');
      if (!isSecret) this.#remember(seq, text);
    } catch (error) {
      screen.settle(place, 'lost');
      if (!(error instanceof SessionError)) throw error;
      const words = SEND_FAILED[error.code];
      if (words !== undefined) screen.say('note', words);
    }
    save();
  }

  #remember(seq: number, text: string): void {
    this.#commands.set(seq, text);
    const [oldest] = this.#commands.keys();
    if (this.#commands.size > REMEMBERED_COMMANDS && oldest !== undefined) this.#commands.delete(oldest);
  }

  #dropped(seq: number, through: number, reason: SessionEvents['dropped']['reason']): void {
    const { screen, held } = this.#options;
    held.remove(seq, through);
    const before = this.#lastDropped;
    const goesOn =
      before?.reason === reason && before.note === screen.lines.at(-1)?.id && before.through === seq - 1;
    const from = goesOn ? before.from : seq;
    const count = through - from + 1;
    const words = Array.from({ length: Math.min(count, 4) }, (_, i) => this.#commands.get(from + i));
    const text = droppedText(
      reason,
      count,
      words.filter((word) => word !== undefined),
    );
    if (goesOn) screen.reword(before.note, text);
    const note = goesOn ? before.note : screen.say('note', text);
    this.#lastDropped = { note, reason, from, through };
  }

  #place(data: unknown): void {
    if (typeof data !== 'object' || data === null || !('name' in data)) return;
    if (typeof data.name === 'string') this.#options.onPlace(data.name);
  }

  #forget(): void {
    const { screen, vitals, held, onPlace, save } = this.#options;
    screen.clear();
    save();
    vitals.clear();
    held.close();
    onPlace('');
    this.#line.forget();
    this.#line.mask(false);
    this.#commands.clear();
  }
}

/** What became of a command that no `dropped` tells of. */
const SEND_FAILED: Partial<Record<string, string>> = {
  unknown: 'It is not known whether your last command was carried out.',
  lost: 'Your last command did not arrive.',
  queue_full: 'Your command was not taken: too many are waiting for the connection.',
  invalid: 'Your command was not taken: it is too long, or has characters that a line cannot have.',
};
