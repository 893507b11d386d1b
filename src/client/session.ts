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
  readonly #storage: TokenStorage;
  readonly #end: ClientEnd;
  readonly #listeners = new Set<readonly [keyof SessionEvents, Listener<never>]>();
  readonly #sent = new Map<number, Pending<Receipt>>();
  #links: Pending<string>[] = [];
  #quits: (() => void)[] = [];
  /** From another device: what it replaced is not worth anything any more, once it was shown. */
  #token: string | undefined;
  #client: ClientDescription;
  #keeps: Keeping;
  #status: SessionStatus = { kind: 'connecting' };
  #socket: WebSocketLike | undefined;
  /** What is saved and what is said, in order. */
  #inOrder: Promise<void> = Promise.resolve();
  #unsaved: Kept | undefined;
  /** Whether the storage is open for us, or is being opened. */
  #holds = false;
  #isBlocked = false;
  #return: (Omit<Return, 'gap'> & { gap: Gap | undefined }) | undefined;
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
    this.#token = options.token;
    this.#end = new ClientEnd(
      { heldCommands, random: Math.random, client: () => this.#client, ...(queue && { outbox: queue }) },
      this.#now,
    );
    signal?.addEventListener('abort', () => void this.close());
    if (signal?.aborted) void this.close();
    else this.#start();
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
    return new Promise((resolve) => {
      if (this.#status.kind === 'closed') return resolve();
      this.#quits.push(resolve);
      this.#receive({ kind: 'quit' });
    });
  }

  /** Leaves: the session is kept, and can be come back to. Resolves when what is kept is saved. */
  async close(): Promise<void> {
    this.#isBlocked = false;
    this.#receive({ kind: 'leave', reason: 'left' });
    await this.#inOrder;
    this.#ears.abort();
    if (this.#holds) this.#storage.close?.();
    this.#holds = false;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  // Beginning and ending.

  #start(): void {
    if (this.#holds) return;
    this.#holds = true;
    this.#end.expect();
    const begin = (text?: string | null): void => {
      // Left before it was there.
      if (!this.#holds) return;
      const token = this.#token;
      this.#token = undefined;
      this.#isBlocked = false;
      this.#hear();
      // What nobody keeps, the end itself still has.
      const kept = token ? { token } : this.#keeps === 'memory' ? undefined : keptIn(text);
      this.#receive({ kind: 'start', kept });
    };
    const failed = (): void => {
      this.#keepsNothing();
      begin();
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
    void Promise.resolve()
      .then(() => this.#storage.open(events))
      .then(begin, failed);
    this.#tell();
  }

  /** What the page goes through, which the socket does not tell. */
  #hear(): void {
    const { document } = platform;
    this.#ears = new platform.AbortController();
    const options = { signal: this.#ears.signal };
    const look = ({ type }: { readonly type: string }): void => {
      const isRest = type === 'pagehide' || type === 'freeze' || document?.hidden;
      this.#receive({ kind: isRest ? 'rest' : 'wake' });
    };
    for (const name of ['online', 'offline', 'pagehide']) {
      platform.addEventListener?.(name, look, options);
    }
    for (const name of ['resume', 'freeze', 'visibilitychange']) {
      document?.addEventListener(name, look, options);
    }
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
        for (const { reject } of this.#links.splice(0)) reject(new SessionError('closed'));
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
    if (frame) this.#receive({ kind: 'frame', frame });
  }

  /** Whatever the socket still says is not heard. */
  #gone(closeCode: number): void {
    const socket = this.#socket;
    this.#socket = undefined;
    if (socket) {
      socket.onopen = socket.onmessage = socket.onclose = null;
      socket.close();
    }
    this.#receive({ kind: 'disconnected', closeCode });
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
    let status: SessionStatus = this.#isBlocked ? { kind: 'blocked' } : this.#end.status;
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

function keptIn(text?: string | null): Kept {
  try {
    const kept: Kept | null = JSON.parse(text ?? '{}');
    return kept ?? {};
  } catch {
    return {};
  }
}
