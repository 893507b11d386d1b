import type { Json } from '../core/index.ts';
import type {
  ClientDescription,
  ClientFrame,
  GapFrame,
  ResumedFrame,
  ServerFrame,
  WelcomeFrame,
} from '../protocol/index.ts';
import { ClientEnd, type ClientEffect, type ClientEvent, type Kept } from './client-end.ts';
import type { Fate, Input, OutboxLimits } from './outbox.ts';
import { platform, type Signal, type WebSocketConstructor, type WebSocketLike } from './platform.ts';
import { readFrame } from './read-frame.ts';
import { SessionError } from './session-error.ts';
import type { Gap, Return, SessionEvents, SessionStatus } from './session-events.ts';
import { memoryStorage } from './storage/memory-storage.ts';
import { readJson } from './storage/read-json.ts';
import type { Keeping, TokenStorage } from './storage/token-storage.ts';

/** A timer cannot wait for longer, in ms. */
const LONGEST_TIMER_MS = 2_000_000_000;

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
  #storage: TokenStorage;
  readonly #end: ClientEnd;
  readonly #listeners = new Set<readonly [keyof SessionEvents, Listener<never>]>();
  readonly #sent = new Map<number, Pending<Receipt>>();
  #links: Pending<string>[] = [];
  #quits: (() => void)[] = [];
  #client: ClientDescription;
  #keeps: Keeping;
  #status: SessionStatus = { kind: 'connecting' };
  #socket: WebSocketLike | undefined;
  /** What is saved and what is said, in order. */
  #inOrder: Promise<void> = Promise.resolve();
  #unsaved: Kept | undefined;
  /** What we have of the storage. `blocked`: it is being opened, but somebody else has it. */
  #hold: 'opening' | 'blocked' | 'ours' | undefined;
  /** What is done, and what has to wait until it is. */
  readonly #turns: (() => void)[] = [];
  #return: (Omit<Return, 'gap'> & { gap: Gap | undefined }) | undefined;
  #timer: unknown;
  /** Aborted, nothing of the page is heard any more, and nothing of a storage that is still being opened. */
  #ears: { abort(): void } | undefined;
  #nextId = 0;
  #now = 0;
  #wallClock = Date.now();

  /** Use `connect`. */
  constructor(options: SessionOptions) {
    const { client, signal, storage } = options;
    this.#options = options;
    this.#storage = storage;
    this.#keeps = storage.keeps;
    this.#client = { name: 'holdfast', version: '1', ...client };
    this.#end = new ClientEnd(
      { heldCommands: 'run', ...options, random: Math.random, client: () => this.#client },
      this.#now,
    );
    signal?.addEventListener('abort', () => void this.close());
    if (signal?.aborted) void this.close();
    else this.retry();
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
    const entry = [name, listener] as const;
    this.#listeners.add(entry);
    return () => void this.#listeners.delete(entry);
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
    return this.#submit({ type: 'gmcp', package: packageName, ...(data !== undefined && { data }) });
  }

  /** With `heldCommands: 'ask'`, after `replay`: which of the held commands run. The others are dropped. */
  choose(run: 'all' | 'none' | readonly number[]): void {
    this.#receive({ kind: 'ask', frame: { type: 'replay', run } });
  }

  /** The player's screen has this size now, in characters. */
  resize(columns: number, rows: number): void {
    this.#client = { ...this.#client, columns, rows };
    this.#receive({ kind: 'ask', frame: { type: 'window', columns, rows } });
  }

  /** A token for another device. Rejects as `closed` while there is no connection, or no token yet. */
  link(): Promise<string> {
    return this.#call((pending) => {
      if (!this.#end.isOpen || !this.#end.kept.token) return pending.reject(new SessionError('closed'));
      this.#links.push(pending);
      this.#handle({ kind: 'ask', frame: { type: 'link' } });
    });
  }

  /** Does not wait any longer, or begins again after the status `closed`. */
  retry(): void {
    this.#turn(() => {
      // While the storage is being opened it is not known what to come back to.
      if (this.#hold === 'ours') this.#handle({ kind: 'start' });
      else if (!this.#hold) this.#start();
    });
  }

  /** In the status `blocked`: asks the other tab to let go. It is told, and its session closes as `another_tab`. */
  takeOver(): void {
    this.#storage.takeOver?.();
  }

  /** Ends the session for good; its tokens are worth nothing any more. Resolves when it is over. */
  quit(): Promise<void> {
    return this.#call(({ resolve }) => {
      if (this.#status.kind === 'closed') return resolve();
      this.#quits.push(resolve);
      this.#handle({ kind: 'quit' });
    });
  }

  /** Leaves: the session is kept, and can be come back to. Resolves when what is kept is saved. */
  close(): Promise<void> {
    return this.#call(({ resolve }) => {
      const hold = this.#hold;
      this.#leave('left');
      this.#then(() => {
        resolve();
        if (hold) this.#storage.close?.();
      });
    });
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  // Beginning and ending.

  #start(): void {
    this.#hold = 'opening';
    const ears = new platform.AbortController();
    const { signal } = ears;
    this.#ears = ears;
    /** Unless we left meanwhile. */
    const turn = (act: () => void): void => this.#turn(() => signal.aborted || act());
    void this.#inOrder
      .then(() =>
        this.#storage.open({
          blocked: () =>
            turn(() => {
              this.#hold = 'blocked';
              this.#tell();
            }),
          lost: () => turn(() => this.#leave('another_tab')),
        }),
      )
      .catch(() =>
        turn(() => {
          // What it keeps may be good, and is read another time: it is not ours to replace or remove.
          this.#storage = memoryStorage();
          this.#keepsNothing();
        }),
      )
      .then((text) =>
        turn(() => {
          this.#hold = 'ours';
          this.#hear(signal);
          // What nobody keeps, the end itself still has.
          const kept = this.#keeps === 'memory' ? undefined : (readJson<Kept>(text) ?? {});
          this.#handle({ kind: 'start', kept });
        }),
      );
    this.#handle({ kind: 'expect' });
  }

  #leave(reason: string): void {
    this.#hold = undefined;
    this.#ears?.abort();
    this.#handle({ kind: 'leave', reason });
  }

  /** What the page goes through, which the socket does not tell. */
  #hear(signal: Signal): void {
    const look = ({ type }: { readonly type: string }): void => {
      const isRest = type === 'pagehide' || type === 'freeze' || platform.document?.hidden;
      this.#receive({ kind: isRest ? 'rest' : 'wake' });
    };
    // Some are the document's: on their way down to it they pass the window.
    for (const name of ['online', 'offline', 'pagehide', 'resume', 'freeze', 'visibilitychange']) {
      platform.addEventListener?.(name, look, { capture: true, signal });
    }
  }

  // Driving the client's end.

  #submit(input: Input): Promise<Receipt> {
    return this.#call((pending) => {
      if (this.#status.kind === 'closed') return pending.reject(new SessionError('closed'));
      const id = this.#nextId++;
      this.#sent.set(id, pending);
      this.#handle({ kind: 'send', id, input });
    });
  }

  #call<T>(act: (pending: Pending<T>) => void): Promise<T> {
    return new Promise((resolve, reject) => {
      this.#turn(() => act({ resolve, reject }));
    });
  }

  /**
   * One after the other: what a listener calls for comes after all that is decided, which the listener is told of in
   * the midst of it.
   */
  #turn(act: () => void): void {
    if (this.#turns.push(act) > 1) return;
    try {
      // Also those that come meanwhile.
      for (const turn of this.#turns) turn();
    } finally {
      this.#turns.length = 0;
      this.#arm();
    }
  }

  #receive(event: ClientEvent): void {
    this.#turn(() => this.#handle(event));
  }

  /** Within a turn. */
  #handle(event: ClientEvent): void {
    const effects = this.#end.receive(event, this.#time());
    // The status is that of the end already.
    this.#tell();
    for (const effect of effects) this.#perform(effect);
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
    const ms = Math.min(due - this.#now, LONGEST_TIMER_MS);
    if (due < Infinity) this.#timer = platform.setTimeout(() => this.#receive({ kind: 'deadline' }), ms);
  }

  #perform(effect: ClientEffect): void {
    switch (effect.kind) {
      case 'dial':
        return this.#dial();
      case 'hang_up':
        if (this.#socket) this.#gone(1006);
        return;
      case 'say':
        return this.#say(effect.frame);
      case 'keep':
        return this.#save(effect.kept);
      case 'show':
        return this.#show(effect.frame);
      case 'settle':
        return this.#settle(effect.id, effect.fate);
      case 'over':
        for (const done of this.#quits.splice(0)) this.#then(done);
    }
  }

  #settle(id: number, fate: Fate): void {
    const pending = this.#sent.get(id);
    this.#sent.delete(id);
    if (fate.kind === 'accepted') return pending?.resolve(fate);
    const code = 'reason' in fate ? fate.reason : fate.kind;
    if (code === 'queue_full') this.#emit('overflow', { waiting: this.#end.outstanding });
    pending?.reject(new SessionError(code));
  }

  // The socket. (The types of its handlers' properties are the same everywhere; those of `addEventListener` are not.)
  // oxlint-disable unicorn/prefer-add-event-listener

  #dial(): void {
    try {
      const socket = new this.#options.WebSocket(this.#options.url, 'holdfast.v1');
      this.#socket = socket;
      socket.onopen = () => this.#receive({ kind: 'connected' });
      socket.onmessage = ({ data }: { readonly data: unknown }) => {
        const frame = readFrame(data);
        if (frame) this.#receive({ kind: 'frame', frame });
      };
      socket.onclose = ({ code }: { readonly code: number }) => this.#turn(() => this.#gone(code));
      // The close that follows says all; but `ws` throws what nobody listens to.
      socket.onerror = () => undefined;
    } catch {
      // The page may not: a policy, or the address.
      this.#gone(1008);
    }
  }

  /** Within a turn. Whatever the socket still says is not heard. */
  #gone(closeCode: number): void {
    const socket = this.#socket;
    this.#socket = undefined;
    if (socket) {
      socket.onopen = socket.onmessage = socket.onclose = null;
      socket.close();
    }
    for (const { reject } of this.#links.splice(0)) reject(new SessionError('closed'));
    this.#handle({ kind: 'disconnected', closeCode });
  }

  // oxlint-enable unicorn/prefer-add-event-listener

  #say(frame: ClientFrame): void {
    const socket = this.#socket;
    this.#then(() => {
      if (socket?.readyState === OPEN) socket.send(JSON.stringify(frame));
    });
  }

  // What is kept.

  /** After all that was to be done before, which a storage may take its time for. */
  #then(act: () => void | Promise<void>): void {
    this.#inOrder = this.#inOrder.then(act).catch(() => this.#keepsNothing());
  }

  /** Only the newest is saved: a storage that is slower than the game is not behind it. A place is nothing alone. */
  #save(kept: Kept): void {
    this.#unsaved = kept;
    this.#then(() => {
      const newest = this.#unsaved;
      this.#unsaved = undefined;
      if (newest) return newest.token ? this.#storage.save(JSON.stringify(newest)) : this.#storage.remove();
    });
  }

  #keepsNothing(): void {
    if (this.#keeps === 'memory') return;
    this.#keeps = 'memory';
    this.#emit('storage', { keeps: 'memory' });
  }

  // Telling the application.

  #emit<Name extends keyof SessionEvents>(name: Name, event: SessionEvents[Name]): void {
    for (const [wanted, listener] of this.#listeners) {
      if (wanted !== name) continue;
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
    let status: SessionStatus = this.#hold === 'blocked' ? { kind: 'blocked' } : this.#end.status;
    if (status.kind === 'waiting') {
      status = { ...status, retryAt: status.retryAt - this.#now + this.#wallClock };
    }
    if (JSON.stringify(status) === JSON.stringify(this.#status)) return;
    this.#status = status;
    this.#emit('status', status);
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
        return this.#output(frame.text, frame.prompt);
      case 'gap':
        return this.#gap(frame);
      case 'dropped':
        return this.#emit('dropped', { ...frame, through: frame.through ?? frame.seq });
      case 'gmcp':
      case 'echo':
      case 'state':
        return this.#emit(frame.type, frame);
      case 'error':
        return this.#emit('problem', frame);
      case 'token':
        return this.#links.shift()?.resolve(frame.value ?? '');
      default:
    }
  }

  #opened(frame: WelcomeFrame | ResumedFrame): void {
    this.#emit('state', frame);
    this.#emit('echo', { on: frame.echo });
  }

  #returned(frame: ResumedFrame): void {
    const { session, away_ms: awayMs, held, output } = frame;
    // The replay before may have been cut short, after a gap.
    this.#return = { session, awayMs, held, missed: output.to - output.from + 1, gap: this.#return?.gap };
    this.#emit('replay', this.#return);
    this.#opened(frame);
  }

  /** With neither it stands for a message that was for a moment which is over. */
  #output(text: string, prompt = false): void {
    if (text || prompt) this.#emit('output', { text, prompt, isReplay: this.#return !== undefined });
  }

  #gap(frame: GapFrame): void {
    const gap: Gap = { ...frame, to: frame.to ?? frame.from };
    if (this.#return && gap.reason !== 'delivered') this.#return.gap ??= gap;
    this.#emit('gap', gap);
  }
}
