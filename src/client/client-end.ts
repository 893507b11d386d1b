import { utf8Length } from '../core/utf8-length.ts';
import type {
  ClientDescription,
  ClientFrame,
  HelloFrame,
  Limits,
  LinkFrame,
  Positioned,
  ReplayFrame,
  RefreshFrame,
  ServerFrame,
  WindowFrame,
} from '../protocol/index.ts';
import { shouldReconnect } from '../protocol/errors.ts';
import { backoffMs } from './backoff.ts';
import { Outbox, type Input, type OutboxLimits, type Settled } from './outbox.ts';

/** What outlives the connection, and the page: without it there is no way back. */
export interface Kept {
  readonly token?: string;
  /** The client has everything through `offset` of this epoch. */
  readonly epoch?: string;
  readonly offset?: number;
}

export type ClientEvent =
  /** After the end: begins again soon, with `start`. What is sent until then waits for it. */
  | { readonly kind: 'expect' }
  /** Begins, or begins again after the end; `kept` is what was found in the storage. Or: do not wait, dial now. */
  | { readonly kind: 'start'; readonly kept?: Kept | undefined }
  | { readonly kind: 'connected' }
  | { readonly kind: 'frame'; readonly frame: ServerFrame }
  | { readonly kind: 'disconnected'; readonly closeCode: number }
  | { readonly kind: 'send'; readonly id: number; readonly input: Input }
  /**
   * Said if there is a connection, and else forgotten: a later `hello` has the window's size. `replay` is the player's
   * choice after `resumed` with `ask`.
   */
  | { readonly kind: 'ask'; readonly frame: WindowFrame | RefreshFrame | LinkFrame | ReplayFrame }
  /** The player ends the session for good, now or as soon as there is a connection. */
  | { readonly kind: 'quit' }
  /** The client goes, and the session stays. */
  | { readonly kind: 'leave'; readonly reason: string }
  /** The network changed, or the page was asleep: a connection that is there has to prove itself. */
  | { readonly kind: 'wake' }
  /** The page may be frozen or gone at any moment: what is shown is acknowledged now. */
  | { readonly kind: 'rest' }
  | { readonly kind: 'deadline' };

/**
 * Performed in order, and all of them before the next event; what is to `keep` is durable before the next thing is
 * said. Only `disconnected` may come as soon as its `hang_up` is performed.
 */
export type ClientEffect =
  | { readonly kind: 'dial' }
  | { readonly kind: 'hang_up' }
  | { readonly kind: 'say'; readonly frame: ClientFrame }
  | { readonly kind: 'keep'; readonly kept: Kept }
  /** For the application, each once and in order. */
  | { readonly kind: 'show'; readonly frame: ServerFrame }
  | ({ readonly kind: 'settle' } & Settled)
  /** Nothing more happens by itself. */
  | { readonly kind: 'over'; readonly reason: string };

/** How things are between client and gateway. */
export type LinkStatus =
  | { readonly kind: 'connecting' }
  /** The session is back; what was missed is being read. */
  | { readonly kind: 'replaying' }
  | { readonly kind: 'open' }
  /** Not connected; dials at `retryAt`. `reason`: the last code or reason that the gateway gave, or `disconnected`. */
  | { readonly kind: 'waiting'; readonly retryAt: number; readonly reason: string }
  /** Until `start`. `canResume`: there is a token, and so perhaps a way back. */
  | { readonly kind: 'closed'; readonly reason: string; readonly canResume: boolean };

export interface ClientEndSettings {
  /** To begin with, once, instead of what is kept. If it is refused, the client goes on with what is kept. */
  readonly token?: string;
  /** What the client says of itself, now. */
  readonly client?: () => ClientDescription;
  /** What to do with held commands at a return. */
  readonly heldCommands: 'run' | 'skip' | 'ask';
  readonly queue?: OutboxLimits;
  /** From 0 to 1, for the backoff. */
  readonly random: () => number;
}

/** The reason where the gateway gave none. */
const NO_WORD = 'disconnected';

/** What share of a window may be without an acknowledgement: a quarter, less what fractions are rounded by. */
const ACK_SHARE = 0.24;

/** How long an acknowledgement may wait for company, in ms. */
const ACK_DELAY_MS = 200;

/** From the dialing to the gateway's answer to our hello, in ms: a network can swallow any of it without a word. */
const ANSWER_TIMEOUT_MS = 20_000;

/** How long a `pong` may take, in ms: asked after a silence, and asked of a connection that may have died in our sleep. */
const PONG_TIMEOUT_MS = 15_000;
const WAKE_TIMEOUT_MS = 5000;

/** Only a connection that held for so long counts as one, in ms: what dies at once each time is not dialed at once. */
const STEADY_MS = 10_000;

/** How late a `hello` that we did not wait for may still take the session from us, in ms. */
const GHOST_MS = 10_000;

/**
 * The client's side of one session, pure: events in, effects out. It dials, resumes, keeps its place, acknowledges,
 * and decides whether and when to come back. The connection below and the storage beside it are the driver's.
 */
export class ClientEnd {
  readonly #settings: ClientEndSettings;
  readonly #outbox: Outbox;
  #link: 'idle' | 'down' | 'dialing' | 'greeting' | 'replaying' | 'open' | 'over' = 'idle';
  #effects: ClientEffect[] = [];
  #now: number;
  #kept: Kept = {};
  /** The token of the settings, until it has opened a session or was refused. What is kept stays as it is till then. */
  #given: string | undefined;
  #limits: Limits | undefined;
  #attempts = 0;
  // What is due when; never: Infinity.
  #retryAt = Infinity;
  /** When a dialed connection is given up that the gateway has not answered on. */
  #answerBy = Infinity;
  /** From then on the connection has held. */
  #steadyAt = Infinity;
  /** The gateway's own word on when it wants us again. */
  #notBefore = 0;
  /** Whether to come back, where the gateway said so before the close. */
  #returns: boolean | undefined;
  #reason = NO_WORD;
  #isQuitting = false;
  /** Until then a takeover may be by our own earlier attempt. */
  #ghostUntil = 0;
  /** Since our hello, which has the size before. */
  #window: WindowFrame | undefined;
  /** The share of a window that is not acknowledged. */
  #unacknowledged = 0;
  #ackAt = Infinity;
  #heardAt = 0;
  /** Asked for a sign of life, which has to come by then. */
  #pongBy = Infinity;

  constructor(settings: ClientEndSettings, now: number) {
    this.#settings = settings;
    this.#given = settings.token;
    this.#outbox = new Outbox(settings.queue);
    this.#now = now;
  }

  get kept(): Kept {
    return this.#kept;
  }

  get isOpen(): boolean {
    return this.#link === 'open' || this.#link === 'replaying';
  }

  get status(): LinkStatus {
    const reason = this.#reason;
    switch (this.#link) {
      case 'down':
        return { kind: 'waiting', retryAt: this.#retryAt, reason };
      case 'over':
        return { kind: 'closed', reason, canResume: this.#kept.token !== undefined };
      case 'replaying':
      case 'open':
        return { kind: this.#link };
      default:
        return { kind: 'connecting' };
    }
  }

  /** Inputs that are not settled. */
  get outstanding(): number {
    return this.#outbox.size;
  }

  /** When to send the event `deadline`; Infinity: there is none. */
  get nextDeadline(): number {
    return Math.min(this.#retryAt, this.#answerBy, this.#ackAt, this.#pongBy, this.#pingAt);
  }

  get #shown(): Kept {
    return this.#given ? { token: this.#given } : this.#kept;
  }

  /** When to ask for a sign of life, unless that is asked for already. */
  get #pingAt(): number {
    if (!this.isOpen || !this.#limits || this.#pongBy < Infinity) return Infinity;
    return this.#heardAt + this.#limits.ping_ms;
  }

  receive(event: ClientEvent, now: number): ClientEffect[] {
    this.#now = now;
    this.#effects = [];
    if (this.#link !== 'over' || event.kind === 'start' || event.kind === 'expect') this.#handle(event);
    return this.#effects;
  }

  #handle(event: ClientEvent): void {
    switch (event.kind) {
      case 'expect':
        if (this.#link === 'over') this.#link = 'idle';
        return;
      case 'start':
        return this.#start(event.kept);
      case 'connected':
        return this.#greet();
      case 'frame':
        this.#heardAt = this.#now;
        this.#pongBy = Infinity;
        return this.#frame(event.frame);
      case 'disconnected':
        return this.#disconnected(event.closeCode);
      case 'send':
        this.#settle(this.#outbox.add(event.id, event.input));
        return this.#sendOut();
      case 'ask':
        if (event.frame.type === 'window') this.#window = event.frame;
        // Without a token there is nothing to ask for, but the window has a size.
        else if (!this.#kept.token) return;
        return this.#say(event.frame);
      case 'quit':
        return this.#quit();
      case 'leave':
        this.#do({ kind: 'hang_up' });
        return this.#over(event.reason);
      case 'wake':
        return this.#wake();
      case 'rest':
        return this.#acknowledge();
      case 'deadline':
        return this.#due();
    }
  }

  #do(effect: ClientEffect): void {
    this.#effects.push(effect);
  }

  #say(frame: ClientFrame): void {
    if (this.isOpen) this.#do({ kind: 'say', frame });
  }

  #settle(all: readonly Settled[]): void {
    for (const settled of all) this.#do({ kind: 'settle', ...settled });
  }

  #show(frame: ServerFrame): void {
    this.#do({ kind: 'show', frame });
  }

  // The connection.

  #start(kept = this.#kept): void {
    this.#kept = kept;
    if (!['idle', 'down', 'over'].includes(this.#link)) return;
    this.#link = 'down';
    if (this.#isQuitting) this.#quit();
    else this.#dial();
  }

  #dial(): void {
    this.#link = 'dialing';
    this.#retryAt = this.#steadyAt = Infinity;
    this.#answerBy = this.#now + ANSWER_TIMEOUT_MS;
    this.#returns = undefined;
    this.#reason = NO_WORD;
    this.#do({ kind: 'dial' });
  }

  #greet(): void {
    this.#link = 'greeting';
    this.#window = undefined;
    const { token, ...place } = this.#shown;
    const { client, heldCommands: commands } = this.#settings;
    const hello: HelloFrame = {
      type: 'hello',
      ...(client && { client: client() }),
      ...(token && { resume: { token, ...place, commands } }),
    };
    this.#do({ kind: 'say', frame: hello });
  }

  #disconnected(closeCode: number): void {
    // Our hello may still be on its way to the gateway.
    if (this.#link === 'greeting') this.#ghostUntil = this.#now + GHOST_MS;
    if (this.#now >= this.#steadyAt) this.#attempts = 0;
    this.#quiet();
    if (!(this.#returns ?? shouldReconnect(closeCode))) return this.#over(this.#reason);
    this.#link = 'down';
    const wait = backoffMs(this.#attempts, this.#settings.random());
    this.#attempts += 1;
    this.#retryAt = Math.max(this.#now + wait, this.#notBefore);
  }

  #over(reason: string): void {
    this.#quiet();
    this.#link = 'over';
    this.#reason = reason;
    this.#isQuitting = false;
    this.#settle(this.#outbox.giveUp());
    this.#do({ kind: 'over', reason });
  }

  /** No deadline of a connection that is gone. */
  #quiet(): void {
    this.#answerBy = this.#ackAt = this.#pongBy = this.#retryAt = Infinity;
  }

  #due(): void {
    if (this.#now >= this.#retryAt) return this.#dial();
    // Not answered in time: the connection is dead, whatever the system below believes.
    if (this.#now >= Math.min(this.#answerBy, this.#pongBy)) {
      this.#quiet();
      return this.#do({ kind: 'hang_up' });
    }
    if (this.#now >= this.#ackAt) this.#acknowledge();
    if (this.#now >= this.#pingAt) this.#ping(PONG_TIMEOUT_MS);
  }

  #ping(timeoutMs: number): void {
    this.#pongBy = Math.min(this.#pongBy, this.#now + timeoutMs);
    this.#say({ type: 'ping' });
  }

  #wake(): void {
    if (this.#link === 'down' && this.#now >= this.#notBefore) return this.#dial();
    if (this.isOpen) return this.#ping(WAKE_TIMEOUT_MS);
    if (this.#answerBy < Infinity) this.#answerBy = Math.min(this.#answerBy, this.#now + WAKE_TIMEOUT_MS);
  }

  #quit(): void {
    this.#isQuitting = true;
    if (this.isOpen) return this.#say({ type: 'quit' });
    // What is kept is not known before `start`.
    if (this.#link === 'idle') return;
    // There is nothing to end.
    if (!this.#shown.token) {
      this.#do({ kind: 'hang_up' });
      this.#become({});
      return this.#over('quit');
    }
    if (this.#link === 'down') this.#dial();
  }

  // What the gateway says.

  #frame(frame: ServerFrame): void {
    switch (frame.type) {
      case 'welcome':
        this.#opened('open', frame.limits);
        this.#keep(placeAt(0, frame.epoch));
        this.#settle(this.#outbox.begin());
        this.#show(frame);
        return this.#catchUp();
      case 'resumed':
        return this.#resumed(frame);
      case 'caught_up':
        this.#link = 'open';
        this.#settle(this.#outbox.recovered());
        return this.#show(frame);
      case 'accepted':
        return this.#settle(this.#outbox.accepted(frame.seq));
      case 'token':
        return this.#token(frame);
      case 'error':
        this.#returns = frame.retry === 'fresh' ? this.#refused() : frame.retry !== 'never';
        this.#reason = frame.code;
        this.#notBefore = this.#now + (frame.retry_after_ms ?? 0);
        this.#show(frame);
        // The close that follows says no more.
        return this.#do({ kind: 'hang_up' });
      case 'bye':
        return this.#bye(frame);
      case 'gap':
        // Fates are not evicted with the text; what is gone otherwise may have had some.
        if (frame.reason !== 'bound' && frame.reason !== 'oversize') this.#outbox.uncertain();
        return this.#took(frame, frame.to ?? frame.from);
      case 'dropped':
        this.#outbox.dropped(frame.seq, frame.through ?? frame.seq, frame.reason);
        return this.#took(frame, frame.offset);
      case 'output':
      case 'echo':
      case 'gmcp':
        return this.#took(frame, frame.offset);
      case 'state':
        return this.#show(frame);
      default:
    }
  }

  /** There is no way back with the token that was shown; perhaps there is with the one that is kept. */
  #refused(): boolean {
    if (!this.#given) this.#become({});
    this.#given = undefined;
    return this.#kept.token !== undefined;
  }

  #bye(frame: Extract<ServerFrame, { type: 'bye' }>): void {
    const { reason, resume, token } = frame;
    const isGhost = reason === 'taken_over' && this.#now < this.#ghostUntil;
    if (isGhost) this.#ghostUntil = 0;
    this.#returns = resume || isGhost;
    this.#reason = reason;
    // Of another session: the position in this one means nothing there.
    if (token?.value) this.#become({ token: token.value });
    // Another client has the session; the token stays good, for when the player asks.
    if (!resume && reason !== 'taken_over') this.#become({});
    this.#show(frame);
  }

  #opened(link: 'open' | 'replaying', limits: Limits): void {
    this.#link = link;
    this.#answerBy = Infinity;
    this.#limits = limits;
    this.#given = undefined;
    this.#steadyAt = this.#now + STEADY_MS;
    this.#unacknowledged = 0;
  }

  #resumed(frame: Extract<ServerFrame, { type: 'resumed' }>): void {
    this.#opened('replaying', frame.limits);
    const { epoch, output, token, accepted, own } = frame;
    // Kept before it is confirmed: a reply that is lost from here on is harmless.
    this.#keep({ token: token.value, ...placeAt(output.from - 1, epoch) });
    this.#say({ type: 'stored', id: token.id });
    this.#outbox.resume(accepted, own);
    this.#show(frame);
    this.#catchUp();
  }

  /** What was meant to be said while there was no connection. */
  #catchUp(): void {
    if (this.#window) this.#say(this.#window);
    this.#sendOut();
    if (this.#isQuitting) this.#say({ type: 'quit' });
  }

  #token(frame: Extract<ServerFrame, { type: 'token' }>): void {
    const { id, value, link } = frame;
    if (link) return this.#show(frame);
    if (!value) return;
    this.#keep({ token: value });
    this.#say({ type: 'stored', id });
  }

  /** An entry of the output: shown once, kept, and acknowledged when it is worth it. */
  #took(frame: ServerFrame & Pick<Positioned, 'epoch'>, offset?: number): void {
    this.#show(frame);
    // The last value of a state package, which has no place.
    if (offset === undefined) return;
    this.#keep(placeAt(offset, frame.epoch));
    const { window_bytes: bytes = 1, window_entries: entries = 1 } = this.#limits ?? {};
    // More bytes than the gateway counts: the frame with all that is around the text.
    this.#unacknowledged += Math.max(utf8Length(JSON.stringify(frame)) / bytes, 1 / entries);
    if (this.#unacknowledged > ACK_SHARE) this.#acknowledge();
    else this.#ackAt = Math.min(this.#ackAt, this.#now + ACK_DELAY_MS);
  }

  #acknowledge(): void {
    this.#ackAt = Infinity;
    if (this.#unacknowledged > 0) this.#say({ type: 'ack', offset: this.#kept.offset ?? 0 });
    this.#unacknowledged = 0;
  }

  #sendOut(): void {
    if (!this.isOpen || !this.#limits) return;
    this.#settle(this.#outbox.refuse(this.#limits));
    for (const frame of this.#outbox.next()) this.#say(frame);
  }

  // What is kept.

  #keep(changes: Kept): void {
    this.#become({ ...this.#kept, ...changes });
  }

  #become(kept: Kept): void {
    this.#kept = kept;
    this.#do({ kind: 'keep', kept });
  }
}

function placeAt(offset: number, epoch: string | undefined): Kept {
  return epoch === undefined ? { offset } : { epoch, offset };
}
