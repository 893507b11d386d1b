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
  /** Begins, or begins again after the end; `kept` is what was found in the storage. Or: do not wait, dial now. */
  | { readonly kind: 'start'; readonly kept?: Kept | undefined }
  | { readonly kind: 'connected' }
  | { readonly kind: 'frame'; readonly frame: ServerFrame }
  | { readonly kind: 'disconnected'; readonly closeCode: number }
  | { readonly kind: 'send'; readonly id: number; readonly input: Input }
  /** Said if there is a connection, and else forgotten. `replay` is the player's choice after `resumed` with `ask`. */
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

/** Performed in order; what is to `keep` is durable before the next thing is said. */
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
  /** What the client says of itself, now. */
  readonly client?: () => ClientDescription;
  /** What to do with held commands at a return. */
  readonly heldCommands: 'run' | 'skip' | 'ask';
  readonly outbox?: OutboxLimits;
  /** From 0 to 1, for the backoff. */
  readonly random: () => number;
}

/** How long an acknowledgement may wait for company, in ms. */
const ACK_DELAY_MS = 200;

/** From the dialing to the gateway's answer to our hello, in ms: a network can swallow any of it without a word. */
const ANSWER_TIMEOUT_MS = 20_000;

/** How long a `pong` may take, in ms: asked after a silence, and asked of a connection that may have died in our sleep. */
const PONG_TIMEOUT_MS = 15_000;
const WAKE_TIMEOUT_MS = 5000;

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
  #limits: Limits | undefined;
  #attempts = 0;
  // What is due when; never: Infinity.
  #retryAt = Infinity;
  /** When a dialed connection is given up that the gateway has not answered on. */
  #answerBy = Infinity;
  /** The gateway's own word on when it wants us again. */
  #notBefore = 0;
  /** What the gateway said about coming back, until the close that follows. */
  #verdict: 'resume' | 'fresh' | 'never' | undefined;
  #reason: string | undefined;
  #isQuitting = false;
  /** Until then a takeover may be by our own earlier attempt. */
  #ghostUntil = 0;
  #acknowledged = 0;
  #unacknowledgedBytes = 0;
  #unacknowledgedEntries = 0;
  #ackAt = Infinity;
  #heardAt = 0;
  /** Asked for a sign of life, which has to come by then. */
  #pongBy = Infinity;

  constructor(settings: ClientEndSettings, now: number) {
    this.#settings = settings;
    this.#outbox = new Outbox(settings.outbox);
    this.#now = now;
  }

  get kept(): Kept {
    return this.#kept;
  }

  get isOpen(): boolean {
    return this.#link === 'open' || this.#link === 'replaying';
  }

  get status(): LinkStatus {
    const reason = this.#reason ?? 'disconnected';
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

  /** When to ask for a sign of life, unless that is asked for already. */
  get #pingAt(): number {
    if (!this.isOpen || !this.#limits || this.#pongBy < Infinity) return Infinity;
    return this.#heardAt + this.#limits.ping_ms;
  }

  /** Begins again soon, when the driver knows what is kept: what is sent until then waits for it. */
  expect(): void {
    if (this.#link === 'over') this.#link = 'idle';
  }

  receive(event: ClientEvent, now: number): ClientEffect[] {
    this.#now = now;
    this.#effects = [];
    if (this.#link !== 'over' || event.kind === 'start') this.#handle(event);
    return this.#effects;
  }

  #handle(event: ClientEvent): void {
    switch (event.kind) {
      case 'start':
        this.#kept = event.kept ?? this.#kept;
        if (this.#link === 'idle' || this.#link === 'down' || this.#link === 'over') this.#dial();
        return;
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
        // Without a token there is nothing to ask for, but the window has a size.
        if (event.frame.type === 'window' || this.#kept.token !== undefined) this.#say(event.frame);
        return;
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

  #do(...effects: readonly ClientEffect[]): void {
    this.#effects.push(...effects);
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

  #dial(): void {
    this.#link = 'dialing';
    this.#retryAt = Infinity;
    this.#answerBy = this.#now + ANSWER_TIMEOUT_MS;
    this.#verdict = undefined;
    this.#reason = undefined;
    this.#do({ kind: 'dial' });
  }

  #greet(): void {
    this.#link = 'greeting';
    const { token, epoch, offset } = this.#kept;
    const { client, heldCommands: commands } = this.#settings;
    const place = offset === undefined ? {} : placeAt(offset, epoch);
    const hello: HelloFrame = {
      type: 'hello',
      ...(client && { client: client() }),
      ...(token !== undefined && { resume: { token, ...place, commands } }),
    };
    this.#do({ kind: 'say', frame: hello });
  }

  #disconnected(closeCode: number): void {
    // Our hello may still be on its way to the gateway.
    if (this.#link === 'greeting') this.#ghostUntil = this.#now + GHOST_MS;
    this.#quiet();
    const verdict = this.#verdict ?? (shouldReconnect(closeCode) ? 'resume' : 'never');
    if (verdict !== 'resume') return this.#over(this.#reason ?? 'disconnected');
    this.#link = 'down';
    const wait = backoffMs(this.#attempts, this.#settings.random());
    this.#attempts += 1;
    this.#retryAt = Math.max(this.#now + wait, this.#notBefore);
  }

  #over(reason: string): void {
    this.#quiet();
    this.#link = 'over';
    this.#reason = reason;
    this.#attempts = 0;
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
    // There is nothing to end.
    if (this.#kept.token === undefined) {
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
        this.#verdict = frame.retry === 'later' ? 'resume' : frame.retry;
        this.#reason = frame.code;
        this.#notBefore = this.#now + (frame.retry_after_ms ?? 0);
        if (frame.retry === 'fresh') this.#become({});
        this.#show(frame);
        // The close that follows says no more.
        return this.#do({ kind: 'hang_up' });
      case 'bye':
        return this.#bye(frame);
      case 'pong':
        return;
      case 'gap':
        // Fates are not evicted with the text; what is gone otherwise may have had some.
        if (frame.reason !== 'bound' && frame.reason !== 'oversize') this.#outbox.uncertain();
        return this.#took(frame, frame.to ?? frame.from);
      case 'dropped':
        this.#outbox.dropped(frame.seq, frame.through ?? frame.seq, frame.reason);
        return this.#took(frame, frame.offset);
      case 'output':
        return this.#took(frame, frame.offset, utf8Length(frame.text));
      case 'echo':
        return this.#took(frame, frame.offset);
      case 'gmcp':
        if (frame.offset === undefined) return this.#show(frame);
        return this.#took(frame, frame.offset, utf8Length(JSON.stringify(frame.data ?? '')));
      case 'state':
        return this.#show(frame);
    }
  }

  #bye(frame: Extract<ServerFrame, { type: 'bye' }>): void {
    const { reason, resume, token } = frame;
    const isGhost = reason === 'taken_over' && this.#now < this.#ghostUntil;
    if (isGhost) this.#ghostUntil = 0;
    this.#verdict = resume || isGhost ? 'resume' : 'never';
    this.#reason = reason;
    // Of another session: the position in this one means nothing there.
    if (token?.value !== undefined) this.#become({ token: token.value });
    // Another client has the session; the token stays good, for when the player asks.
    if (!resume && reason !== 'taken_over') this.#become({});
    this.#show(frame);
  }

  #opened(link: 'open' | 'replaying', limits: Limits): void {
    this.#link = link;
    this.#reason = undefined;
    this.#answerBy = Infinity;
    this.#limits = limits;
    this.#attempts = this.#acknowledged = this.#unacknowledgedBytes = this.#unacknowledgedEntries = 0;
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
    this.#sendOut();
    if (this.#isQuitting) this.#say({ type: 'quit' });
  }

  #token(frame: Extract<ServerFrame, { type: 'token' }>): void {
    const { id, value, link } = frame;
    if (link) return this.#show(frame);
    if (value === undefined) return;
    this.#keep({ token: value });
    this.#say({ type: 'stored', id });
  }

  /** An entry of the output: shown once, kept, and acknowledged when it is worth it. */
  #took(frame: ServerFrame & Pick<Positioned, 'epoch'>, offset: number, bytes = 0): void {
    this.#show(frame);
    this.#keep(placeAt(offset, frame.epoch));
    this.#unacknowledgedBytes += bytes;
    this.#unacknowledgedEntries += 1;
    const { window_bytes: windowBytes = 0, window_entries: windowEntries = 0 } = this.#limits ?? {};
    const isHalf =
      this.#unacknowledgedBytes >= windowBytes / 4 || this.#unacknowledgedEntries >= windowEntries / 4;
    if (isHalf) this.#acknowledge();
    else this.#ackAt = Math.min(this.#ackAt, this.#now + ACK_DELAY_MS);
  }

  #acknowledge(): void {
    if (!this.isOpen) return;
    this.#ackAt = Infinity;
    const { offset = 0 } = this.#kept;
    if (offset === this.#acknowledged) return;
    this.#acknowledged = offset;
    this.#unacknowledgedBytes = this.#unacknowledgedEntries = 0;
    this.#say({ type: 'ack', offset });
  }

  #sendOut(): void {
    if (!this.isOpen || this.#limits === undefined) return;
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
