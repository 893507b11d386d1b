import type { Json } from '../core/index.ts';
import type { ClientDescription, ResumedFrame, ServerFrame } from '../protocol/index.ts';
import { ClientEnd, type ClientEffect, type ClientEvent, type Kept } from './client-end.ts';
import type { Fate, Input, OutboxLimits } from './outbox.ts';
import { platform, type Signal, type WebSocketConstructor, type WebSocketLike } from './platform.ts';
import { readFrame } from './read-frame.ts';
import { SessionError } from './session-error.ts';
import type { Gap, Return, SessionEvents, SessionStatus } from './session-events.ts';
import type { Keeping, TokenStorage } from './storage/token-storage.ts';

/** A timer cannot wait for longer, in ms. */
const LONGEST_TIMER_MS = 2_147_483_647;

/** `WebSocket.OPEN`. */
const OPEN = 1;

export interface SessionOptions {
  readonly url: string;
  readonly storage: TokenStorage;
  readonly WebSocket: WebSocketConstructor;
  readonly token?: string;
  readonly client?: ClientDescription;
  readonly heldCommands?: 'run' | 'skip' | 'ask';
  readonly queue?: OutboxLimits;
  readonly signal?: Signal;
}

type Listener<T> = (event: T) => void;

/** The gateway has the command for good: it runs once, or event `dropped` says why it does not. */
export interface Receipt {
  readonly seq: number;
}

interface Pending<T> {
  readonly resolve: (value: T) => void;
  readonly reject: (error: Error) => void;
}

/**
 * One player's session, over as many connections as it takes. All its decisions are `ClientEnd`'s; this brings it the
 * socket, the storage, the time and what the page goes through, and does what it says.
 */
export class Session {
  readonly #options: SessionOptions;
  readonly #storage: TokenStorage;
  readonly #end: ClientEnd;
  readonly #listeners = new Map<keyof SessionEvents, Set<Listener<never>>>();
  readonly #sent = new Map<number, Pending<Receipt>>();
  #links: Pending<string>[] = [];
  #quits: Pending<void>[] = [];
  #client: ClientDescription;
  #keeps: Keeping;
  #status: SessionStatus = { kind: 'connecting' };
  #socket: WebSocketLike | undefined;
  /** What is saved and said, in order, while a storage takes its time. */
  #inOrder: Promise<void> | undefined;
  /** Whether the storage is open for us, or is being opened. */
  #holds = false;
  #isBlocked = false;
  #return: (Return & { gap: Gap | undefined }) | undefined;
  #timer: unknown;
  #ears = new platform.AbortController();
  #nextId = 0;
  #now = 0;
  #wallClock = Date.now();

  /** Use `connect`. */
  constructor(options: SessionOptions) {
    const { client, signal, heldCommands = 'run', queue } = options;
    this.#options = options;
    this.#storage = options.storage;
    this.#keeps = options.storage.keeps;
    this.#client = { name: 'holdfast', version: '1', ...client };
    const said = (): ClientDescription => this.#client;
    this.#end = new ClientEnd(
      {
        heldCommands,
        random: Math.random,
        ...(queue === undefined ? {} : { outbox: queue }),
        get client() {
          return said();
        },
      },
      this.#now,
    );
    signal?.addEventListener('abort', () => void this.close());
    // What `on` is told comes later than this.
    void Promise.resolve().then(() => (signal?.aborted ? this.close() : this.#start()));
  }

  get status(): SessionStatus {
    return this.#status;
  }

  /** Where the token lies. */
  get storage(): Keeping {
    return this.#keeps;
  }

  /** Calls the listener at each such event, until the function that it returns is called. */
  on<Name extends keyof SessionEvents>(name: Name, listener: Listener<SessionEvents[Name]>): () => void {
    const listeners = this.#listeners.get(name) ?? new Set();
    this.#listeners.set(name, listeners.add(listener));
    return () => void listeners.delete(listener);
  }

  /**
   * Sends a command, now or as soon as there is a connection, and in order. Resolves when the gateway has it for good;
   * where the session was resumed in between, after `resumed`. Rejects with a `SessionError`.
   */
  send(text: string): Promise<Receipt> {
    return this.#submit({ type: 'command', text });
  }

  /** Sends a message out of band; as `send`. */
  gmcp(packageName: string, data?: Json): Promise<Receipt> {
    return this.#submit({ type: 'gmcp', package: packageName, ...(data === undefined ? {} : { data }) });
  }

  /** With `heldCommands: 'ask'`, after `replay`: which of the held commands run. The others are dropped. */
  choose(run: 'all' | 'none' | readonly number[]): void {
    this.#receive({ kind: 'choose', run });
  }

  /** The player's screen has this size now, in characters. */
  resize(columns: number, rows: number): void {
    this.#client = { ...this.#client, columns, rows };
    this.#receive({ kind: 'ask', frame: { type: 'window', columns, rows } });
  }

  /** A token for another device. Rejects as `closed` while there is no connection, or no token yet. */
  link(): Promise<string> {
    return new Promise((resolve, reject) => {
      if (!this.#end.isOpen || this.#end.kept.token === undefined) return reject(new SessionError('closed'));
      this.#links.push({ resolve, reject });
      this.#receive({ kind: 'ask', frame: { type: 'link' } });
    });
  }

  /** Does not wait any longer, or begins again after the status `closed`. */
  retry(): void {
    if (this.#holds) this.#receive({ kind: 'start' });
    else this.#start();
  }

  /** In the status `blocked`: asks the other tab to let go. It is told, and its session closes as `another_tab`. */
  takeOver(): void {
    this.#storage.takeOver?.();
  }

  /** Ends the session for good; its tokens are worth nothing any more. Resolves when it is over. */
  quit(): Promise<void> {
    return new Promise((resolve, reject) => {
      if (this.#status.kind === 'closed') return resolve();
      this.#quits.push({ resolve, reject });
      this.#receive({ kind: 'quit' });
    });
  }

  /** Leaves: the session is kept, and can be come back to. Resolves when what is kept is saved. */
  async close(): Promise<void> {
    this.#receive({ kind: 'leave', reason: 'left' });
    await this.#inOrder;
    this.#release();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  // Beginning and ending.

  #start(): void {
    if (this.#holds) return;
    this.#holds = true;
    const begin = (text: string | undefined): void => {
      const { token } = this.#options;
      this.#isBlocked = false;
      this.#hear();
      this.#receive({ kind: 'start', kept: token === undefined ? keptIn(text) : { token } });
    };
    const failed = (): void => {
      this.#keepsNothing();
      begin(undefined);
    };
    const events = {
      blocked: () => {
        this.#isBlocked = true;
        this.#tell();
      },
      lost: () => {
        this.#holds = false;
        this.#receive({ kind: 'leave', reason: 'another_tab' });
      },
    };
    try {
      const opened = this.#storage.open(events);
      if (opened instanceof Promise) opened.then(begin, failed);
      else begin(opened);
    } catch {
      failed();
    }
    this.#tell();
  }

  #release(): void {
    this.#ears.abort();
    if (this.#holds) this.#storage.close?.();
    this.#holds = false;
  }

  /** What the page goes through, which the socket does not tell. */
  #hear(): void {
    const { document } = platform;
    this.#ears = new platform.AbortController();
    const options = { signal: this.#ears.signal };
    const wake = (): void => this.#receive({ kind: 'wake' });
    const rest = (): void => this.#receive({ kind: 'rest' });
    for (const name of ['online', 'offline', 'pageshow']) platform.addEventListener?.(name, wake, options);
    platform.addEventListener?.('pagehide', rest, options);
    document?.addEventListener('resume', wake, options);
    document?.addEventListener('freeze', rest, options);
    document?.addEventListener('visibilitychange', () => (document.hidden ? rest() : wake()), options);
  }

  // Driving the client's end.

  #submit(input: Input): Promise<Receipt> {
    return new Promise((resolve, reject) => {
      if (this.#status.kind === 'closed') return reject(new SessionError('closed'));
      const id = this.#nextId;
      this.#nextId += 1;
      this.#sent.set(id, { resolve, reject });
      try {
        this.#receive({ kind: 'send', id, input });
      } catch {
        // What is no JSON, though it has the type of it.
        this.#sent.delete(id);
        reject(new SessionError('invalid'));
      }
    });
  }

  #receive(event: ClientEvent): void {
    const effects = this.#end.receive(event, this.#time());
    // The status is that of the end already.
    this.#tell();
    for (const effect of effects) this.#perform(effect);
    this.#arm();
  }

  /** It goes on while the computer sleeps, and stands still while the clock is set back. */
  #time(): number {
    const wallClock = Date.now();
    this.#now += Math.max(0, wallClock - this.#wallClock);
    this.#wallClock = wallClock;
    return this.#now;
  }

  #arm(): void {
    platform.clearTimeout(this.#timer);
    const due = this.#end.nextDeadline;
    if (due === undefined) return;
    const ms = Math.min(due - this.#now, LONGEST_TIMER_MS);
    this.#timer = platform.setTimeout(() => this.#receive({ kind: 'deadline' }), ms);
  }

  #perform(effect: ClientEffect): void {
    switch (effect.kind) {
      case 'dial':
        return this.#dial();
      case 'hang_up':
        return this.#hangUp();
      case 'say':
        return this.#say(JSON.stringify(effect.frame));
      case 'keep':
        return this.#save(() => this.#storage.save(JSON.stringify(effect.kept)));
      case 'forget':
        return this.#save(() => this.#storage.remove());
      case 'show':
        return this.#show(effect.frame);
      case 'settle':
        return this.#settle(effect.id, effect.fate);
      case 'over':
        for (const { reject } of this.#links.splice(0)) reject(new SessionError('closed'));
        for (const { resolve } of this.#quits.splice(0)) resolve();
    }
  }

  #settle(id: number, fate: Fate): void {
    const pending = this.#sent.get(id);
    this.#sent.delete(id);
    if (fate.kind === 'accepted') return pending?.resolve({ seq: fate.seq });
    const code = 'reason' in fate ? fate.reason : fate.kind;
    if (code === 'queue_full') this.#emit('overflow', { waiting: this.#end.outstanding });
    pending?.reject(new SessionError(code));
  }

  // The socket. (The types of its handlers' properties are the same everywhere; those of `addEventListener` are not.)
  // oxlint-disable unicorn/prefer-add-event-listener

  #dial(): void {
    this.#drop();
    try {
      const socket = new this.#options.WebSocket(this.#options.url, 'holdfast.v1');
      this.#socket = socket;
      socket.onopen = () => this.#receive({ kind: 'connected' });
      socket.onmessage = ({ data }: { readonly data: unknown }) => this.#heard(data);
      socket.onclose = ({ code }: { readonly code: number }) => this.#gone(code);
      // The close that follows says all; but `ws` throws what nobody listens to.
      socket.onerror = () => undefined;
    } catch {
      // The page may not: a policy, or the address.
      this.#gone(1008);
    }
  }

  #heard(data: unknown): void {
    const frame = readFrame(data);
    if (frame === 'garbled') this.#receive({ kind: 'garbled' });
    else if (frame !== 'ignored') this.#receive({ kind: 'frame', frame });
  }

  #hangUp(): void {
    if (this.#drop()) this.#gone(1006);
  }

  #gone(closeCode: number): void {
    this.#drop();
    this.#receive({ kind: 'disconnected', closeCode });
  }

  /** Whatever the socket still says is not heard. */
  #drop(): boolean {
    const socket = this.#socket;
    if (socket === undefined) return false;
    this.#socket = undefined;
    socket.onopen = socket.onmessage = socket.onclose = null;
    socket.close();
    return true;
  }

  // oxlint-enable unicorn/prefer-add-event-listener

  #say(text: string): void {
    const socket = this.#socket;
    this.#then(() => {
      if (socket?.readyState === OPEN) socket.send(text);
    });
  }

  // What is kept.

  #save(save: () => void | Promise<void>): void {
    this.#then(() => {
      try {
        return save()?.catch(() => this.#keepsNothing());
      } catch {
        return this.#keepsNothing();
      }
    });
  }

  /** Now, or after what is still under way. */
  #then(act: () => void | Promise<void>): void {
    const acting = this.#inOrder ? this.#inOrder.then(act) : act();
    if (!acting) return;
    this.#inOrder = acting;
    void acting.then(() => {
      if (this.#inOrder === acting) this.#inOrder = undefined;
    });
  }

  #keepsNothing(): void {
    if (this.#keeps === 'memory') return;
    this.#keeps = 'memory';
    this.#emit('storage', { keeps: 'memory' });
  }

  // Telling the application.

  #emit<Name extends keyof SessionEvents>(name: Name, event: SessionEvents[Name]): void {
    for (const listener of this.#listeners.get(name) ?? []) {
      try {
        // Under this name `on` put only listeners to such events.
        // oxlint-disable-next-line typescript/no-unsafe-type-assertion
        listener(event as never);
      } catch (error) {
        // The application's mistake is told to it, and is not ours to fail of.
        void Promise.reject(error);
      }
    }
  }

  #tell(): void {
    const status = this.#isBlocked ? ({ kind: 'blocked' } as const) : this.#linkStatus();
    if (JSON.stringify(status) === JSON.stringify(this.#status)) return;
    this.#status = status;
    this.#emit('status', status);
  }

  #linkStatus(): SessionStatus {
    const { status } = this.#end;
    switch (status.kind) {
      case 'idle':
        return { kind: 'connecting' };
      case 'waiting':
        return { ...status, retryAt: Math.round(status.retryAt - this.#now + this.#wallClock) };
      case 'over':
        return { ...status, kind: 'closed' };
      default:
        return status;
    }
  }

  #show(frame: ServerFrame): void {
    switch (frame.type) {
      case 'welcome':
        this.#return = undefined;
        this.#emit('welcome', { session: frame.session });
        return this.#opened(frame);
      case 'resumed':
        return this.#returned(frame);
      case 'caught_up':
        if (frame.prompt !== undefined) this.#output(frame.prompt, true);
        if (this.#return) this.#emit('resumed', this.#return);
        this.#return = undefined;
        return;
      case 'output':
        return this.#output(frame.text, frame.prompt ?? false);
      case 'gap':
        return this.#gap(frame);
      case 'dropped': {
        const { seq, through = seq, reason } = frame;
        return this.#emit('dropped', { seq, through, reason });
      }
      case 'gmcp': {
        const { package: name, data } = frame;
        return this.#emit('gmcp', { package: name, ...(data === undefined ? {} : { data }) });
      }
      case 'echo':
        return this.#emit('echo', { on: frame.on });
      case 'state':
        return this.#emit('state', { state: frame.state, world: frame.world });
      case 'error':
        return this.#emit('problem', { code: frame.code, message: frame.message });
      case 'token':
        return this.#links.shift()?.resolve(frame.value ?? '');
      default:
    }
  }

  #opened({ echo, state, world }: Pick<ResumedFrame, 'echo' | 'state' | 'world'>): void {
    this.#emit('state', { state, world });
    this.#emit('echo', { on: echo });
  }

  #returned(frame: ResumedFrame): void {
    const { session, away_ms: awayMs, held, output } = frame;
    const back = { awayMs, held, missed: output.to - output.from + 1 };
    // The replay before may have been cut short, after a gap.
    this.#return = { ...back, gap: this.#return?.gap };
    this.#emit('replay', { ...back, session });
    this.#opened(frame);
  }

  #output(text: string, prompt: boolean): void {
    this.#emit('output', { text, prompt, isReplay: this.#return !== undefined });
  }

  #gap({ reason, from, to = from, bytes }: Extract<ServerFrame, { type: 'gap' }>): void {
    const gap: Gap = { reason, from, to, ...(bytes === undefined ? {} : { bytes }) };
    if (this.#return && reason !== 'delivered') this.#return.gap ??= gap;
    this.#emit('gap', gap);
  }
}

function keptIn(text: string | undefined): Kept {
  try {
    const kept: unknown = JSON.parse(text ?? '');
    return typeof kept === 'object' && kept !== null ? kept : {};
  } catch {
    return {};
  }
}
