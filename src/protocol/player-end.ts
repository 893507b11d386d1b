import {
  added,
  currentEpoch,
  epochOf,
  locate,
  NONE,
  stateOf,
  type Attached,
  type Json,
  type NewCommand,
  type Operation,
  type OutcomeOf,
  type Append,
  type OutputPage,
  type Position,
  type Session,
} from '../core/index.ts';
import { CommandIntake } from './command-intake.ts';
import { BYES, createError, ERRORS, isByeReason, type ByeReason, type ErrorCode } from './errors.ts';
import type { ClientFrame, Limits, ServerFrame } from './frames/index.ts';
import { OutputFlow, throughOf, type OutputFlowStart } from './output-flow.ts';
import type { FailureDetail, PlayerEffect, PlayerEvent } from './player-event.ts';
import {
  attachedChain,
  byeOf,
  caughtUpOf,
  extendedTokenOf,
  linkTokenOf,
  newTokenOf,
  replayedWith,
  resumedOf,
  welcomeOf,
  type Replayed,
  type TokenGrant,
} from './session-frames.ts';

/** How the other side of this conversation behaves. */
export interface PlayerTraits {
  /** It says `stored` after `resumed`; until then nothing is carried out. */
  readonly confirms: boolean;
}

export interface PlayerEndSettings {
  readonly limits: Limits;
  /** Whether there are tokens at all. */
  readonly enableReconnection: boolean;
  /** From the connection to its `hello`, in ms. */
  readonly helloTimeoutMs: number;
  /** From `resumed` to its `stored`, in ms. */
  readonly storedTimeoutMs: number;
  /** From the opening of a session to its being `playing`, in ms. */
  readonly loginTimeoutMs: number;
  /** A reader that makes no progress for so long with a full window is detached, in ms. */
  readonly stallTimeoutMs: number;
}

/**
 * Messages of these packages belong to the connection, not to the session; passwords may be in the second's, also in the
 * message `Char.Login` itself. `MSDP.` is what a client says by MSDP: which variables it wants to be told. `MSDP` alone is
 * a game's own.
 */
const CONNECTION_PACKAGE = /^(?:(?:core|char\.login)(?:\.|$)|msdp\.)/i;

/**
 * The gateway's side of one `holdfast.v1` conversation, pure: events in, effects out. It is made for one
 * attachment; once that is not the session's any more it says so, ends, and ignores whatever comes later.
 */
export class PlayerEnd {
  readonly #settings: PlayerEndSettings;
  readonly #traits: PlayerTraits;
  #stage: 'greeting' | 'opening' | 'open' | 'ended' = 'greeting';
  #effects: PlayerEffect[] = NONE;
  #now: number;
  #deadline: number | undefined;
  /** When the player of a new session must be in the game. */
  #loginDeadline: number | undefined;

  #session: Session | undefined;
  #attachment = 0;
  #ready = false;
  #position: Position = {};
  #tokenId: string | undefined;
  #granting = false;
  #flow: OutputFlow | undefined;
  #intake = new CommandIntake(0);
  /** Until the end of the replay was reached: the session as this client found it, which ends there. */
  #found: Session | undefined;
  /** Whether the replay has shown any text, and whether a prompt was the last of it. */
  #replayed: Replayed = 'nothing';
  /** When the client last took something while its window was full. */
  #progressAt = 0;

  constructor(settings: PlayerEndSettings, traits: PlayerTraits, now: number) {
    this.#settings = settings;
    this.#traits = traits;
    this.#now = now;
    this.#deadline = now + settings.helloTimeoutMs;
  }

  /** When to send the event `deadline`, in ms since 1970. */
  get nextDeadline(): number | undefined {
    if (this.#stage === 'ended') return undefined;
    if (this.#deadline !== undefined) return this.#deadline;
    const stalled = this.#stallDeadline;
    const login = this.#loginDeadline;
    return stalled === undefined || login === undefined ? (stalled ?? login) : Math.min(stalled, login);
  }

  get #stallDeadline(): number | undefined {
    return this.#flow?.isFull ? this.#progressAt + this.#settings.stallTimeoutMs : undefined;
  }

  /** The session that this conversation is attached to, and by which attachment. */
  get attachment(): { readonly session: Session; readonly number: number } | undefined {
    return this.#session && { session: this.#session, number: this.#attachment };
  }

  receive(event: PlayerEvent, now: number): PlayerEffect[] {
    if (this.#stage === 'ended') return [];
    this.#now = now;
    this.#effects = NONE;
    this.#handle(event);
    return this.#effects;
  }

  /** True where `changed` would do nothing: only the commands changed, perhaps. The session is known as it is now, then. */
  overlooks(session: Session, visibleEnd: number): boolean {
    const known = this.#session;
    const isSame =
      this.#stage === 'open' &&
      known !== undefined &&
      this.#flow?.visibleEnd === visibleEnd &&
      session.output === known.output &&
      session.stage === known.stage &&
      session.worldState === known.worldState &&
      session.ending === known.ending &&
      session.presence === known.presence &&
      session.chains === known.chains;
    if (isSame) this.#session = session;
    return isSame;
  }

  /** True where `flushed` would do nothing but make room, for which nothing waits. There is room, then. */
  makesRoom(offset: number): boolean {
    const flow = this.#flow;
    if (this.#stage !== 'open' || flow === undefined || flow.isFull || !flow.isCaughtUp) return false;
    // One that ends may be over once this was read.
    if (this.#session?.ending !== undefined) return false;
    flow.acknowledge(offset);
    return true;
  }

  #handle(event: PlayerEvent): void {
    switch (event.kind) {
      case 'frame':
        this.#frame(event.frame);
        break;
      case 'opened':
        this.#opened(event.session);
        break;
      case 'resumed':
        this.#resumed(event.attached, event.token);
        break;
      case 'appended':
        this.#appended(event.outcome);
        break;
      case 'changed':
        this.#changed(event.session, event.visibleEnd);
        break;
      case 'page':
        this.#page(event.page);
        break;
      case 'granted':
        this.#granted(event.token, event.link);
        break;
      case 'flushed':
        if (this.#flow?.acknowledge(event.offset) === 'new') this.#progressed();
        break;
      case 'failed':
        this.#fail(event.code, event.why);
        break;
      case 'welcomed':
        this.#welcomed(event.token);
        break;
      case 'dismissed':
        this.#bye(event.reason);
        break;
      case 'deadline':
        this.#passed();
        break;
    }
  }

  #effect(effect: PlayerEffect): void {
    this.#effects = added(this.#effects, effect);
  }

  #send(frame: ServerFrame): void {
    this.#effect({ kind: 'send', frame });
  }

  #apply(operation: Operation): void {
    this.#effect({ kind: 'apply', operation });
  }

  // Before the session: one `hello`, and its answer.

  #frame(frame: ClientFrame): void {
    if (frame.type === 'ping') {
      this.#send(frame.id === undefined ? { type: 'pong' } : { type: 'pong', id: frame.id });
    } else if (this.#stage === 'open') {
      this.#sessionFrame(frame);
    } else if (this.#stage === 'greeting' && frame.type === 'hello') {
      this.#stage = 'opening';
      this.#deadline = undefined;
      this.#position = frame.resume ?? {};
      this.#effect({ kind: 'open', hello: frame });
    } else {
      this.#fail('unexpected_frame');
    }
  }

  #opened(session: Session): void {
    this.#begin(session, session.presence.attachment, {
      after: 0,
      lost: false,
      epoch: currentEpoch(session.output),
      missed: 0,
    });
    this.#send(welcomeOf(session, this.#settings.limits));
    this.#ready = true;
    this.#loginDeadline = this.#now + this.#settings.loginTimeoutMs;
  }

  #resumed(attached: Attached, token: TokenGrant): void {
    const { session } = attached;
    const { after, lost } = locate(this.#position, session.output);
    // A position is of the epoch in which its offset was written.
    const epoch = epochOf(Math.max(after, 1), session.output) ?? session.output.epochs[0]?.epoch;
    this.#begin(session, session.presence.attachment, { after, lost, epoch, missed: session.output.end });
    this.#send(resumedOf(attached, token, { after, epoch }, this.#settings.limits));
    this.#tokenId = token.id;
    this.#found = session;
    this.#ready = !this.#traits.confirms;
    if (!this.#ready) this.#deadline = this.#now + this.#settings.storedTimeoutMs;
    this.#sayCaughtUp(after);
  }

  #begin(
    session: Session,
    attachment: number,
    start: Pick<OutputFlowStart, 'after' | 'lost' | 'epoch' | 'missed'>,
  ): void {
    const { window_bytes: bytes, window_entries: entries } = this.#settings.limits;
    this.#stage = 'open';
    this.#session = session;
    this.#attachment = attachment;
    this.#intake = new CommandIntake(session.commands.accepted);
    const { acked: delivered } = session.output;
    this.#flow = new OutputFlow({ ...start, delivered, window: { bytes, entries } });
  }

  // In a session: what the client says.

  #sessionFrame(frame: Exclude<ClientFrame, { type: 'ping' }>): void {
    if (frame.type === 'stored') return this.#stored(frame.id);
    if (frame.type === 'ack') return this.#ack(frame.offset);
    if (!this.#ready) return this.#fail('unexpected_frame');
    switch (frame.type) {
      case 'hello':
        return this.#fail('unexpected_frame');
      case 'command':
        return this.#command(frame.seq, { kind: 'text', text: frame.text });
      case 'gmcp':
        return this.#gmcp(frame.seq, frame.package, frame.data);
      case 'replay': {
        const choice = typeof frame.run === 'string' ? frame.run : { seqs: frame.run };
        return this.#apply({ kind: 'decide', attachment: this.#attachment, choice });
      }
      case 'window':
        this.#effect({ kind: 'resized', columns: frame.columns, rows: frame.rows });
        return;
      case 'refresh':
        return this.#refresh();
      case 'link':
        return this.#link();
      case 'quit':
        return this.#apply({ kind: 'close', attachment: this.#attachment, reason: 'quit' });
    }
  }

  #stored(id: string): void {
    if (!this.#ready && id === this.#tokenId) {
      this.#ready = true;
      this.#deadline = undefined;
    }
    this.#apply({ kind: 'confirm', attachment: this.#attachment, tokenId: id });
  }

  #ack(offset: number): void {
    if (!this.#ready) return;
    const acknowledgement = this.#flow?.acknowledge(offset);
    if (acknowledgement === 'unsent') return this.#fail('bad_ack');
    this.#apply({ kind: 'acknowledge', attachment: this.#attachment, offset });
    if (acknowledgement === 'new') this.#progressed();
  }

  #command(seq: number, command: NewCommand): void {
    switch (this.#intake.receive(seq)) {
      case 'jump':
        return this.#fail('bad_seq');
      case 'known':
        return this.#sayAccepted();
      case 'new':
        this.#effect({ kind: 'append', seq, command });
    }
  }

  #gmcp(seq: number, name: string, data: Json | undefined): void {
    const isNew = seq === this.#intake.expected;
    if (!CONNECTION_PACKAGE.test(name)) {
      const body = data === undefined ? { package: name } : { package: name, data };
      return this.#command(seq, { kind: 'gmcp', ...body });
    }
    this.#command(seq, { kind: 'passing' });
    if (isNew) this.#effect({ kind: 'passing', package: name, data });
  }

  #refresh(): void {
    const token = this.#session && extendedTokenOf(this.#session, this.#now);
    if (token === undefined) return this.#fail('unexpected_frame');
    this.#apply({ kind: 'refresh' });
    this.#send(token);
  }

  #link(): void {
    const playing = this.#session?.stage === 'playing';
    if (!playing || !this.#settings.enableReconnection) return this.#fail('unexpected_frame');
    this.#effect({ kind: 'grant', link: true });
  }

  // In a session: what the store says.

  #appended(outcome: OutcomeOf<Append>): void {
    // A stale attachment hears of its end by the change that made it stale.
    if (outcome.kind === 'stale') return;
    if (outcome.kind === 'jump') return this.#fail('internal');
    this.#intake.durable(outcome.accepted, outcome.refused);
    this.#sayAccepted();
  }

  #sayAccepted(): void {
    const seq = this.#intake.nextAccepted();
    if (seq !== undefined) this.#send({ type: 'accepted', seq });
  }

  #changed(session: Session, visibleEnd: number): void {
    const before = this.#session;
    if (this.#stage !== 'open' || before === undefined) return;
    const { presence } = session;
    if (presence.attachment !== this.#attachment) return this.#bye('taken_over');
    if (session.stage === 'closed') return this.#bye(byeReason(session.ending));
    if (!presence.attached) return this.#bye('detached');
    this.#session = session;

    const revoked = session.chains === before.chains ? undefined : attachedChain(session)?.revoked;
    if (revoked === 'reused') return this.#fail('token_reused');
    if (revoked !== undefined) return this.#bye('revoked');

    if (stateOf(session) !== stateOf(before) || session.worldState !== before.worldState) {
      this.#send({ type: 'state', state: stateOf(session), world: session.worldState });
    }
    this.#timeLogin(session);
    this.#grantFirst(session);
    this.#flow?.reveal(visibleEnd);
    this.#pump();
  }

  /** Nobody can log in to a game that is down. */
  #timeLogin({ stage, worldState }: Session): void {
    if (stage === 'playing' || worldState === 'down') this.#loginDeadline = undefined;
    else this.#loginDeadline ??= this.#now + this.#settings.loginTimeoutMs;
  }

  /** A session has tokens from the moment on that it is playing. */
  #grantFirst(session: Session): void {
    const { enableReconnection } = this.#settings;
    if (!enableReconnection || this.#granting || session.stage !== 'playing') return;
    if (session.presence.chain !== undefined) return;
    this.#granting = true;
    this.#effect({ kind: 'grant', link: false });
  }

  #granted(token: TokenGrant, link: boolean): void {
    if (!link) this.#tokenId = token.id;
    if (link) this.#send({ type: 'token', ...linkTokenOf(token), link });
    else this.#send({ type: 'token', ...newTokenOf(token) });
  }

  #page(page: OutputPage): void {
    if (this.#flow === undefined || this.#session === undefined) return;
    const wasFull = this.#flow.isFull;
    for (const frame of this.#flow.page(page, this.#session.output)) {
      this.#send(frame);
      if (this.#found && frame.type === 'output') this.#replayed = replayedWith(this.#replayed, frame);
      if (frame.type === 'dropped') this.#intake.dropped(frame.through ?? frame.seq);
      this.#sayCaughtUp(throughOf(frame));
    }
    // Where a log full of fates lost even those, a gap stood for them.
    if (this.#flow.cursor >= this.#session.output.end) this.#intake.dropped(this.#session.commands.told);
    if (!wasFull) this.#progressAt = this.#now;
    this.#sayAccepted();
    this.#pump();
  }

  #progressed(): void {
    this.#progressAt = this.#now;
    this.#pump();
  }

  /** Reads on while there is something to read and room to send it. */
  #pump(): void {
    const request = this.#flow?.nextRead();
    if (request) this.#effect({ kind: 'read', request });
    this.#endIfRead();
  }

  /** After the replay: the latest values of what is state, then the mark that all is live from here on. */
  #sayCaughtUp(through: number): void {
    const found = this.#found;
    if (found === undefined || through < found.output.end || this.#session === undefined) return;
    this.#found = undefined;
    for (const state of Object.values(this.#session.states)) this.#send({ type: 'gmcp', ...state });
    this.#send(caughtUpOf(found, this.#replayed));
  }

  /** A session that its world ended is over once the player has read all. */
  #endIfRead(): void {
    const session = this.#session;
    if (session?.ending === undefined || this.#stage !== 'open' || !this.#flow) return;
    const unread = this.#flow.cursor < session.output.end || this.#flow.isOutstanding;
    if (unread || this.#found !== undefined) return;
    this.#apply({ kind: 'close', attachment: this.#attachment, reason: session.ending });
    this.#bye(byeReason(session.ending));
  }

  // The end of the conversation.

  #passed(): void {
    const due = this.nextDeadline;
    if (due === undefined || this.#now < due) return;
    if (this.#stage === 'greeting') this.#fail('hello_timeout');
    else if (!this.#ready) this.#fail('stored_timeout');
    else this.#fail(due === this.#stallDeadline ? 'slow_reader' : 'login_timeout');
  }

  #fail(code: ErrorCode, why: FailureDetail = {}): void {
    this.#send(createError(code, why));
    this.#end(ERRORS[code].closeCode, code);
  }

  #welcomed(token: TokenGrant): void {
    this.#sayAccepted();
    this.#send({ ...byeOf('welcome_back', undefined, this.#now), token: newTokenOf(token) });
    this.#end(BYES.welcome_back.closeCode, 'welcome_back');
  }

  #bye(reason: ByeReason): void {
    this.#send(byeOf(reason, this.#session, this.#now));
    this.#end(BYES[reason].closeCode, reason);
  }

  #end(closeCode: number, reason: string): void {
    this.#stage = 'ended';
    this.#effect({ kind: 'end', closeCode, reason });
  }
}

function byeReason(ending: string | undefined): ByeReason {
  return ending !== undefined && isByeReason(ending) ? ending : 'closed';
}
