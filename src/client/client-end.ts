import {
  shouldReconnect,
  type ClientFrame,
  type HelloFrame,
  type Limits,
  type NewToken,
  type ServerFrame,
} from '../protocol/index.ts';
import { utf8Length } from '../core/index.ts';
import { backoffMs } from './backoff.ts';
import { Outbox, type Input, type Settled } from './outbox.ts';

/** What outlives the connection, and the page: without it there is no way back. */
export interface Kept {
  readonly token?: string;
  /** The client has everything through `offset` of this epoch. */
  readonly epoch?: string;
  readonly offset?: number;
}

export type ClientEvent =
  | { readonly kind: 'start' }
  | { readonly kind: 'connected' }
  | { readonly kind: 'frame'; readonly frame: ServerFrame }
  | { readonly kind: 'disconnected'; readonly closeCode: number }
  | { readonly kind: 'send'; readonly id: number; readonly input: Input }
  /** The player's choice after `resumed` with `ask`. */
  | { readonly kind: 'choose'; readonly run: 'all' | 'none' | readonly number[] }
  | { readonly kind: 'quit' }
  /** The network came back, the page is visible again, the player pressed "try now". */
  | { readonly kind: 'wake' }
  | { readonly kind: 'deadline' };

/** Performed in order; `keep` and `forget` are durable before the next one is performed. */
export type ClientEffect =
  | { readonly kind: 'dial' }
  | { readonly kind: 'hang_up' }
  | { readonly kind: 'say'; readonly frame: ClientFrame }
  | { readonly kind: 'keep'; readonly kept: Kept }
  | { readonly kind: 'forget' }
  /** For the application, each once and in order. */
  | { readonly kind: 'show'; readonly frame: ServerFrame }
  | ({ readonly kind: 'settle' } & Settled)
  /** Nothing more happens by itself. */
  | { readonly kind: 'over'; readonly closeCode: number };

export interface ClientEndSettings {
  readonly client?: HelloFrame['client'];
  /** What to do with held commands at a return. */
  readonly heldCommands: 'run' | 'skip' | 'ask';
  /** From 0 to 1, for the backoff. */
  readonly random: () => number;
}

/** How long an acknowledgement may wait for company, in ms. */
const ACK_DELAY_MS = 200;

/** From the dialing to the gateway's answer to our hello, in ms: a network can swallow any of it without a word. */
const ANSWER_TIMEOUT_MS = 20_000;

/**
 * The client's side of one session, pure: events in, effects out. It dials, resumes, keeps its place, acknowledges,
 * and decides whether and when to come back. The connection below and the storage beside it are the driver's.
 */
export class ClientEnd {
  readonly #settings: ClientEndSettings;
  readonly #outbox = new Outbox();
  #link: 'down' | 'dialing' | 'greeting' | 'open' | 'over' = 'down';
  #effects: ClientEffect[] = [];
  #now: number;
  #kept: Kept;
  #limits: Limits | undefined;
  #attempts = 0;
  #retryAt: number | undefined;
  /** When a dialed connection is given up that the gateway has not answered on. */
  #answerBy: number | undefined;
  #retryAfterMs: number | undefined;
  /** What the gateway said about coming back, until the close that follows. */
  #verdict: 'resume' | 'fresh' | 'never' | undefined;
  #acknowledged = 0;
  #unacknowledgedBytes = 0;
  #unacknowledgedEntries = 0;
  #ackAt: number | undefined;
  #heardAt = 0;
  #isPinging = false;

  constructor(settings: ClientEndSettings, kept: Kept, now: number) {
    this.#settings = settings;
    this.#kept = kept;
    this.#now = now;
  }

  get kept(): Kept {
    return this.#kept;
  }

  get isOpen(): boolean {
    return this.#link === 'open';
  }

  /** Inputs that are not settled. */
  get outstanding(): number {
    return this.#outbox.size;
  }

  /** When to send the event `deadline`. */
  get nextDeadline(): number | undefined {
    const pingAt = this.#link === 'open' && this.#limits ? this.#heardAt + this.#limits.ping_ms : undefined;
    const times = [this.#retryAt, this.#answerBy, this.#ackAt, pingAt].filter((time) => time !== undefined);
    return times.length === 0 ? undefined : Math.min(...times);
  }

  receive(event: ClientEvent, now: number): ClientEffect[] {
    this.#now = now;
    this.#effects = [];
    if (this.#link !== 'over') this.#handle(event);
    return this.#effects;
  }

  #handle(event: ClientEvent): void {
    switch (event.kind) {
      case 'start':
      case 'wake':
        if (this.#link === 'down') this.#dial();
        return;
      case 'connected':
        return this.#greet();
      case 'frame':
        this.#heardAt = this.#now;
        this.#isPinging = false;
        return this.#frame(event.frame);
      case 'disconnected':
        return this.#disconnected(event.closeCode);
      case 'send':
        this.#outbox.add(event.id, event.input);
        return this.#sendOut();
      case 'choose':
        return this.#say({ type: 'replay', run: event.run });
      case 'quit':
        return this.#say({ type: 'quit' });
      case 'deadline':
        return this.#due();
    }
  }

  #do(...effects: readonly ClientEffect[]): void {
    this.#effects.push(...effects);
  }

  #say(frame: ClientFrame): void {
    if (this.#link === 'open') this.#do({ kind: 'say', frame });
  }

  // The connection.

  #dial(): void {
    this.#link = 'dialing';
    this.#retryAt = undefined;
    this.#answerBy = this.#now + ANSWER_TIMEOUT_MS;
    this.#verdict = undefined;
    this.#do({ kind: 'dial' });
  }

  #greet(): void {
    this.#link = 'greeting';
    const { token, epoch, offset } = this.#kept;
    const { client, heldCommands: commands } = this.#settings;
    const position = offset === undefined ? {} : epoch === undefined ? { offset } : { epoch, offset };
    const hello: HelloFrame = {
      type: 'hello',
      ...(client === undefined ? {} : { client }),
      ...(token === undefined ? {} : { resume: { token, ...position, commands } }),
    };
    this.#do({ kind: 'say', frame: hello });
  }

  #disconnected(closeCode: number): void {
    this.#answerBy = undefined;
    this.#ackAt = undefined;
    const verdict = this.#verdict ?? (shouldReconnect(closeCode) ? 'resume' : 'never');
    if (verdict !== 'resume') {
      this.#link = 'over';
      this.#retryAt = undefined;
      for (const settled of this.#outbox.giveUp()) this.#do({ kind: 'settle', ...settled });
      return this.#do({ kind: 'over', closeCode });
    }
    this.#link = 'down';
    const wait = Math.max(backoffMs(this.#attempts, this.#settings.random()), this.#retryAfterMs ?? 0);
    this.#retryAfterMs = undefined;
    this.#attempts += 1;
    this.#retryAt = this.#now + wait;
  }

  #due(): void {
    if (this.#retryAt !== undefined && this.#now >= this.#retryAt) return this.#dial();
    if (this.#answerBy !== undefined && this.#now >= this.#answerBy) {
      this.#answerBy = undefined;
      return this.#do({ kind: 'hang_up' });
    }
    if (this.#ackAt !== undefined && this.#now >= this.#ackAt) this.#acknowledge();
    if (this.#link !== 'open' || !this.#limits) return;
    if (this.#now < this.#heardAt + this.#limits.ping_ms) return;
    // Asked before and not answered: the connection is dead, whatever the system below believes.
    if (this.#isPinging) return this.#do({ kind: 'hang_up' });
    this.#isPinging = true;
    this.#heardAt = this.#now;
    this.#say({ type: 'ping' });
  }

  // What the gateway says.

  #frame(frame: ServerFrame): void {
    switch (frame.type) {
      case 'welcome':
        this.#opened(frame.limits);
        this.#keep({ ...(frame.epoch === undefined ? {} : { epoch: frame.epoch }), offset: 0 });
        for (const settled of this.#outbox.begin()) this.#do({ kind: 'settle', ...settled });
        this.#do({ kind: 'show', frame });
        return this.#sendOut();
      case 'resumed':
        return this.#resumed(frame);
      case 'caught_up':
        for (const settled of this.#outbox.recovered()) this.#do({ kind: 'settle', ...settled });
        return this.#do({ kind: 'show', frame });
      case 'accepted':
        for (const settled of this.#outbox.accepted(frame.seq)) this.#do({ kind: 'settle', ...settled });
        return;
      case 'token':
        return this.#token(frame);
      case 'error':
        this.#verdict = frame.retry === 'later' ? 'resume' : frame.retry;
        this.#retryAfterMs = frame.retry_after_ms;
        if (frame.retry === 'fresh') this.#forget();
        return this.#do({ kind: 'show', frame });
      case 'bye':
        this.#verdict = frame.resume ? 'resume' : 'never';
        // Of another session: the position in this one means nothing there.
        if (frame.token?.value !== undefined) this.#become({ token: frame.token.value });
        // Another client has the session; the token stays good, for when the player asks.
        if (!frame.resume && frame.reason !== 'taken_over') this.#forget();
        return this.#do({ kind: 'show', frame });
      case 'pong':
        return;
      case 'state':
        return this.#do({ kind: 'show', frame });
      case 'gap':
        if (frame.reason === 'delivered' || frame.reason === 'epoch' || frame.reason === 'crash') {
          this.#outbox.uncertain();
        }
        return this.#took(frame, frame.to ?? frame.from, frame.epoch, 0);
      case 'dropped':
        this.#outbox.dropped(frame.seq, frame.through ?? frame.seq, frame.reason);
        return this.#took(frame, frame.offset, frame.epoch, 0);
      case 'gmcp':
        if (frame.offset === undefined) return this.#do({ kind: 'show', frame });
        return this.#took(frame, frame.offset, frame.epoch, utf8Length(JSON.stringify(frame.data ?? '')));
      case 'output':
        return this.#took(frame, frame.offset, frame.epoch, utf8Length(frame.text));
      case 'echo':
        return this.#took(frame, frame.offset, frame.epoch, 0);
    }
  }

  #opened(limits: Limits): void {
    this.#link = 'open';
    this.#answerBy = undefined;
    this.#limits = limits;
    this.#attempts = 0;
    this.#acknowledged = 0;
    this.#unacknowledgedBytes = 0;
    this.#unacknowledgedEntries = 0;
  }

  #resumed(frame: Extract<ServerFrame, { type: 'resumed' }>): void {
    this.#opened(frame.limits);
    const { epoch, output, token, accepted, own } = frame;
    // Kept before it is confirmed: a reply that is lost from here on is harmless.
    this.#keep({ token: token.value, offset: output.from - 1, ...(epoch === undefined ? {} : { epoch }) });
    this.#say({ type: 'stored', id: token.id });
    this.#outbox.resume(accepted, own);
    this.#do({ kind: 'show', frame });
    this.#sendOut();
  }

  #token({ id, value, link }: { id: string; value?: string; link?: true } & Partial<NewToken>): void {
    if (value === undefined || link) return;
    this.#keepToken(value);
    this.#say({ type: 'stored', id });
  }

  /** An entry of the output: shown once, kept, and acknowledged when it is worth it. */
  #took(frame: ServerFrame, offset: number, epoch: string | undefined, bytes: number): void {
    this.#do({ kind: 'show', frame });
    this.#keep({ offset, ...(epoch === undefined ? {} : { epoch }) });
    this.#unacknowledgedBytes += bytes;
    this.#unacknowledgedEntries += 1;
    const { window_bytes: windowBytes = 0, window_entries: windowEntries = 0 } = this.#limits ?? {};
    const isHalf =
      this.#unacknowledgedBytes >= windowBytes / 4 || this.#unacknowledgedEntries >= windowEntries / 4;
    if (isHalf) this.#acknowledge();
    else this.#ackAt ??= this.#now + ACK_DELAY_MS;
  }

  #acknowledge(): void {
    this.#ackAt = undefined;
    const { offset = 0 } = this.#kept;
    if (offset === this.#acknowledged) return;
    this.#acknowledged = offset;
    this.#unacknowledgedBytes = 0;
    this.#unacknowledgedEntries = 0;
    this.#say({ type: 'ack', offset });
  }

  #sendOut(): void {
    if (this.#link !== 'open') return;
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

  #keepToken(token: string): void {
    this.#keep({ token });
  }

  #forget(): void {
    this.#kept = {};
    this.#do({ kind: 'forget' });
  }
}
