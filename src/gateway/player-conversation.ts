import {
  added,
  newSession,
  NONE,
  randomSessionId,
  type Append,
  type ClientInfo,
  type Missing,
  type NewCommand,
  type Operation,
  type OutcomeOf,
  type PackageState,
  type Session,
} from '../core/index.ts';
import {
  ERRORS,
  PlayerEnd,
  type ClientFrame,
  type Conversation,
  type ErrorCode,
  type FailureDetail,
  type GapFrame,
  type HelloFrame,
  type Link,
  type PlayerEffect,
  type PlayerEvent,
  type ReadRequest,
  type TokenGrant,
  type ByeReason,
} from '../protocol/index.ts';
import type { Due } from './batch.ts';
import type { GatewayEvent } from './event.ts';
import type { GatewayCore } from './gateway-core.ts';
import { textOf, type Input } from './private-input.ts';
import type { ConnectionInfo, Registered } from './registry.ts';
import type { WorldEnd } from './world-end.ts';

/** Drives one `PlayerEnd`: performs its effects on the store, the world and the link, and brings it their answers. */
export class PlayerConversation implements Conversation, Registered, Due {
  readonly #core: GatewayCore;
  readonly #link: Link;
  readonly #player: PlayerEnd;
  readonly #id: number;
  readonly #since: number;
  /** Not handled yet, in order, but for those that are being handled; and how many are not. */
  #events: PlayerEvent[] = NONE;
  #pending = 0;
  /** `due`: its turn in the batch comes. */
  #phase: 'idle' | 'due' | 'acting' = 'idle';
  #gone = false;
  #sessionId: string | undefined;
  /** The session's number of us, from the moment on in which it is ours. */
  #attachment: number | undefined;
  /** What the client said of itself. */
  #told: Partial<ClientInfo> = {};
  /** What the session has of it. */
  #described: ClientInfo | undefined;
  /** Evicted bytes that gaps stood for so far. */
  #toldEvicted = 0;
  #unwatch: (() => void) | undefined;
  #cancelDeadline: (() => void) | undefined;
  #deadline: number | undefined;
  #done: () => void = () => undefined;
  readonly done: Promise<void> = new Promise((resolve) => {
    this.#done = resolve;
  });

  constructor(core: GatewayCore, link: Link, id: number) {
    this.#core = core;
    this.#link = link;
    this.#id = id;
    this.#since = core.clock.now();
    this.#player = new PlayerEnd(core.playerSettings, link.traits, this.#since);
    this.#armDeadline();
  }

  get info(): ConnectionInfo {
    const base = { id: this.#id, client: this.#client, since: this.#since };
    return this.#sessionId === undefined ? base : { ...base, sessionId: this.#sessionId };
  }

  get account(): string | undefined {
    return this.#player.attachment?.session.account;
  }

  get states(): readonly PackageState[] {
    return Object.values(this.#player.attachment?.session.states ?? {});
  }

  get #client(): ClientInfo {
    return { ...this.#link.client, ...this.#told };
  }

  receive(frame: ClientFrame): void {
    this.#dispatch({ kind: 'frame', frame });
  }

  flushed(offset: number): void {
    if (!this.#player.makesRoom(offset)) this.#dispatch({ kind: 'flushed', offset });
  }

  fail(code: ErrorCode, why?: FailureDetail): void {
    if (!this.#gone && ERRORS[code].retry === 'later') {
      const { transport } = this.#link.client;
      this.#core.onEvent({ kind: 'postponed', reason: code, transport, ...this.#sessionField() });
    }
    this.#dispatch(why === undefined ? { kind: 'failed', code } : { kind: 'failed', code, why });
  }

  /** The player's account has another session, which this client is sent to. */
  welcome(token: TokenGrant): void {
    this.#dispatch({ kind: 'welcomed', token });
  }

  dismiss(reason: ByeReason): void {
    this.#dispatch({ kind: 'dismissed', reason });
  }

  described(): void {
    const attachment = this.#attachment;
    const client = this.#client;
    if (this.#gone || attachment === undefined || isSameClient(client, this.#described)) return;
    this.#described = client;
    this.#try('describe', this.#apply({ kind: 'describe', attachment, client }));
  }

  /** What came before still counts. */
  gone(): void {
    if (this.#phase !== 'acting') this.act();
    this.#release('gone');
  }

  /** Events are handled in order, those of many conversations one behind the other. */
  #dispatch(event: PlayerEvent): void {
    this.#events = added(this.#events, event);
    this.#pending += 1;
    if (this.#phase !== 'idle') return;
    this.#phase = 'due';
    this.#core.batch.add(this);
  }

  /** Handles all that there is to handle, also what comes of it at once. */
  act(): void {
    this.#phase = 'acting';
    for (let events = this.#events; events.length > 0; events = this.#events) {
      this.#events = NONE;
      for (const event of events) {
        this.#pending -= 1;
        this.#handle(event);
      }
    }
    this.#phase = 'idle';
    this.#armDeadline();
  }

  #handle(event: PlayerEvent): void {
    if (this.#gone) return;
    for (const effect of this.#player.receive(event, this.#core.clock.now())) this.#perform(effect);
  }

  #perform(effect: PlayerEffect): void {
    switch (effect.kind) {
      case 'send':
        if (effect.frame.type === 'gap') this.#tellGap(effect.frame);
        return this.#link.send(effect.frame);
      case 'open':
        return this.#try('open', this.#open(effect.hello));
      case 'append':
        return this.#append(effect.seq, effect.command);
      case 'apply':
        return this.#try(effect.operation.kind, this.#apply(effect.operation));
      case 'read':
        return this.#read(effect.request);
      case 'grant':
        return this.#try('grant', this.#grant(effect.link));
      case 'passing':
        return this.#worldEnd?.passing(effect.package, effect.data);
      case 'resized':
        this.#told = { ...this.#told, columns: effect.columns, rows: effect.rows };
        return this.described();
      case 'end':
        // A link that ends may say at once that it is gone, which is not the reason.
        this.#release(effect.reason);
        return this.#link.end(effect.closeCode, effect.reason);
    }
  }

  /** Says how much is gone, as far as that is known; what an earlier gap stood for is not counted again. */
  #tellGap({ reason, from, to, bytes }: GapFrame): void {
    const evicted = this.#player.attachment?.session.output.evictedBytes ?? 0;
    const told = Math.min(this.#toldEvicted, evicted);
    if (reason === 'bound') this.#toldEvicted = evicted;
    const lost = reason === 'bound' ? evicted - told : bytes;
    this.#core.onEvent({
      kind: 'gap',
      sessionId: this.#sessionId ?? '',
      reason,
      ...(to === undefined ? {} : { entries: to - from + 1 }),
      ...(lost === undefined ? {} : { bytes: lost }),
    });
  }

  get #worldEnd(): WorldEnd | undefined {
    return this.#sessionId === undefined ? undefined : this.#core.host.find(this.#sessionId);
  }

  /** What fails for a passing reason sends the client away to come again; a bug ends this conversation only. */
  #try(where: string, work: Promise<unknown>): void {
    work.catch((error: unknown) => this.#failed(where, error));
  }

  #failed(where: string, error: unknown): void {
    const passing = this.#core.isPassing(error);
    if (!passing) this.#core.onEvent({ kind: 'failed', where, error, ...this.#sessionField() });
    this.fail(passing ? 'store_unavailable' : 'internal');
  }

  /** At once where the page is in memory: what is shown live waits for nothing. */
  #read({ after, limit }: ReadRequest): void {
    try {
      const page = this.#core.store.readOutput(this.#sessionId ?? '', after, limit);
      if (!(page instanceof Promise)) return this.#dispatch({ kind: 'page', page });
      this.#try(
        'read',
        page.then((read) => this.#dispatch({ kind: 'page', page: read })),
      );
    } catch (error) {
      this.#failed('read', error);
    }
  }

  #sessionField(): { sessionId?: string } {
    return this.#sessionId === undefined ? {} : { sessionId: this.#sessionId };
  }

  async #open(hello: HelloFrame): Promise<void> {
    this.#told = toldBy(hello);
    if (hello.resume === undefined) await this.#openNew();
    else await this.#resume(hello.resume.token, hello.resume.commands ?? 'run');
  }

  async #openNew(): Promise<void> {
    const { store, crypto, host, resumeWindowMs } = this.#core;
    const id = randomSessionId(crypto);
    this.#described = this.#client;
    const session = newSession(id, host.world.name, resumeWindowMs, store.now(), true, this.#described);
    await store.create(session);
    this.#begin(session);
    if (this.#gone) return this.#leave();
    this.#core.onEvent({ kind: 'opened', sessionId: id, transport: this.#link.client.transport });
    // Before the client hears of it: what it says at once may be for the world.
    host.open(session, false);
    this.#dispatch({ kind: 'opened', session });
    this.#follow(session);
  }

  async #resume(text: string, wish: 'run' | 'skip' | 'ask'): Promise<void> {
    const { desk, playerSettings, host, clock } = this.#core;
    const askedAt = clock.now();
    const { traits } = this.#link;
    const client = this.#client;
    this.#described = client;
    if (!playerSettings.enableReconnection) return this.fail('resume_disabled');
    const attach = { wish, confirms: traits.confirms, connected: true, client };
    const shown = await desk.redeem(text, attach, (session) => this.#deny(session, client));
    const transport = client.transport;
    switch (shown.kind) {
      case 'refused':
        this.#refused({ ...shown, transport });
        return this.fail('token_refused');
      case 'denied':
        if (shown.code === 'world_unavailable') return this.fail(shown.code, { retryAfterMs: 10_000 });
        this.#refused({ kind: 'refused', reason: shown.code, sessionId: shown.sessionId, transport });
        return this.fail(shown.code);
      case 'later':
        return this.fail('too_soon', { retryAfterMs: shown.retryAfterMs });
      case 'good': {
        const { attached } = shown;
        const { session, takeover, awayMs, held } = attached;
        this.#begin(session);
        if (this.#gone) return this.#leave();
        this.#core.onEvent({
          kind: 'resumed',
          sessionId: session.id,
          transport,
          takeover,
          awayMs,
          held: held.length,
          tookMs: clock.now() - askedAt,
        });
        host.open(session, true);
        this.#dispatch({ kind: 'resumed', attached, token: desk.grant(shown.token) });
        this.#follow(session);
      }
    }
  }

  #refused(event: Extract<GatewayEvent, { kind: 'refused' }>): void {
    const { reason, sessionId } = event;
    this.#core.onEvent(event);
    if (reason === 'reused' && sessionId !== undefined)
      this.#core.onEvent({ kind: 'revoked', sessionId, reason });
  }

  /** Asked before the token is spent. */
  async #deny(session: Session, client: ClientInfo): Promise<ErrorCode | undefined> {
    // Kept from a time when this gateway stood before another game.
    if (session.world !== this.#core.host.world.name) return 'world_unavailable';
    return (await this.#core.authorize(session, client)) ? undefined : 'not_authorized';
  }

  #begin(session: Session): void {
    this.#sessionId = session.id;
    this.#attachment = session.presence.attachment;
    // One that is gone already was taken out of the registry, and nothing would do it again.
    if (!this.#gone) this.#core.registry.attach(session.id, this);
  }

  #follow({ id }: Session): void {
    if (this.#gone) return;
    this.described();
    this.#unwatch = this.#core.store.watch(id, (session, visibleEnd) => {
      // One of two changes of a line: it was accepted, and taken.
      if (this.#pending === 0 && this.#player.overlooks(session, visibleEnd)) return;
      this.#dispatch({ kind: 'changed', session, visibleEnd });
    });
    this.#try('follow', this.#endIfMissing(id));
  }

  /** A session that ended before it was watched tells nobody. */
  async #endIfMissing(id: string): Promise<void> {
    if ((await this.#core.store.read(id)) === undefined) this.dismiss('closed');
  }

  readonly #appended = (outcome: OutcomeOf<Append> | Missing): void => {
    if (outcome.kind !== 'missing') this.#dispatch({ kind: 'appended', outcome });
  };

  readonly #appendFailed = (error: unknown): void => this.#failed('append', error);

  #append(from: number, command: NewCommand): void {
    const { attachment } = this.#player;
    if (attachment === undefined) return;
    const { session, number } = attachment;
    const worldEnd = this.#worldEnd;
    const commands = [this.#sealed(session, command, worldEnd)];
    const append: Append = { kind: 'append', attachment: number, from, commands, lease: undefined };
    const appending = worldEnd?.append(append) ?? this.#core.store.apply(session.id, append);
    if (appending instanceof Promise) appending.then(this.#appended, this.#appendFailed);
    else this.#appended(appending);
  }

  #sealed(session: Session, command: NewCommand, worldEnd: WorldEnd | undefined): NewCommand {
    if (command.kind !== 'text' && command.kind !== 'gmcp') return command;
    if (!this.#isPrivate(session, command, worldEnd)) return command;
    return { kind: 'private', sealed: this.#core.privateInput.seal(session.id, command) };
  }

  #isPrivate(session: Session, input: Input, worldEnd: WorldEnd | undefined): boolean {
    if (session.stage !== 'playing' || session.worldState === 'login' || !session.echo) return true;
    const text = textOf(input);
    return this.#core.isPrivateLine(text) || (worldEnd?.isPrivate(text) ?? false);
  }

  async #apply(operation: Operation): Promise<void> {
    if (this.#sessionId !== undefined) await this.#core.store.apply(this.#sessionId, operation);
  }

  async #grant(link: boolean): Promise<void> {
    const { attachment } = this.#player;
    if (attachment === undefined) return;
    const { session, number } = attachment;
    const token = await this.#core.desk.issue(session, { attachment: number, link });
    if (token) this.#dispatch({ kind: 'granted', token: this.#core.desk.grant(token), link });
  }

  #armDeadline(): void {
    const next = this.#gone ? undefined : this.#player.nextDeadline;
    if (next === this.#deadline) return;
    this.#cancelDeadline?.();
    this.#deadline = next;
    this.#cancelDeadline = undefined;
    if (next === undefined) return;
    this.#cancelDeadline = this.#core.clock.after(next - this.#core.clock.now(), () => {
      this.#deadline = undefined;
      this.#dispatch({ kind: 'deadline' });
    });
  }

  /** The link is gone, or about to be: the session is left, once. */
  #release(reason: string): void {
    if (this.#gone) return;
    this.#gone = true;
    this.#unwatch?.();
    this.#armDeadline();
    this.#core.registry.remove(this);
    if (this.#attachment === undefined) return this.#done();
    this.#leave()
      .then(() => this.#core.onEvent({ kind: 'detached', reason, sessionId: this.#sessionId ?? '' }))
      .catch((error: unknown) => {
        this.#core.onEvent({ kind: 'failed', where: 'detach', error, ...this.#sessionField() });
      })
      .finally(() => this.#done());
  }

  async #leave(): Promise<void> {
    const attachment = this.#attachment;
    if (attachment === undefined) return;
    const { enableReconnection } = this.#core.playerSettings;
    const operation: Operation = enableReconnection
      ? { kind: 'detach', attachment }
      : { kind: 'close', attachment, reason: 'disconnected' };
    await this.#apply(operation);
  }
}

function isSameClient(one: ClientInfo, other: ClientInfo | undefined): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}

/** The client's own words, in the core's names. */
function toldBy({ client }: HelloFrame): Partial<ClientInfo> {
  if (client === undefined) return {};
  const { screen_reader: screenReader, ...told } = client;
  return screenReader === undefined ? told : { ...told, screenReader };
}
