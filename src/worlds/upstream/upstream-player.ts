import type {
  ClientInfo,
  Json,
  Listing,
  Overflow,
  Phrasebook,
  WorldCommand,
  WorldPlayer,
  WorldSession,
} from '../../core/index.ts';
import { isSamePackage } from '../../telnet/index.ts';
import type { AbsencePolicy } from './absence-policy.ts';
import { Absence } from './absence.ts';
import { backoffMs } from './backoff.ts';
import { ClientIntroduction, type OutOfBand } from './client-introduction.ts';
import { GameConnection } from './game-connection.ts';
import { GameOutput } from './game-output.ts';
import type { GameRoute } from './game-stream.ts';
import type { GameEncoding } from './game-text.ts';
import type { GmcpKind } from './gmcp-policy.ts';
import { LoginLines, type LineDigest } from './login-lines.ts';
import { LoginWatch, type UpSign } from './login-watch.ts';
import type { UpstreamPhrase } from './phrases.ts';
import type { PortProbe } from './port-probe.ts';
import type { ReportLimit } from './report-limit.ts';
import type { GameEvent } from './telnet-client.ts';

/** How long the player may be away, from the game: `{"seconds": 30}`. It goes no further. */
const WINDOW_PACKAGE = 'Session.Window';
const WINDOW_LIMIT_SECONDS = 31_536_000;

/** A client that came back has introduced itself by then, or never will, in ms. */
const INTRODUCTION_MS = 3000;

/** What all players of one upstream world share. */
export interface UpstreamPlayerSettings {
  readonly route: GameRoute;
  readonly probe: PortProbe;
  readonly upSign: UpSign;
  readonly encoding: GameEncoding;
  readonly gmcpKindOf: (packageName: string) => GmcpKind;
  readonly reconnect: boolean;
  readonly absence: AbsencePolicy;
  readonly phrases: Phrasebook<UpstreamPhrase>;
  readonly overflow: Overflow;
  readonly lineDigest: LineDigest;
  readonly reportLimit: ReportLimit;
  /** The game said what those are told who list games. */
  readonly listed: (listing: Listing) => void;
  readonly random: () => number;
  readonly closed: (player: UpstreamPlayer) => void;
}

/** Where the connection to the game stands. */
type Link =
  /** Nobody is there to connect for. */
  | { readonly kind: 'idle' }
  | { readonly kind: 'opening'; readonly connection: GameConnection }
  | { readonly kind: 'open'; readonly connection: GameConnection; readonly login: LoginWatch }
  /** The game closed it: did the player leave, or did the game go down? */
  | { readonly kind: 'asking' }
  /** The game cannot be reached: the next try comes by itself. */
  | { readonly kind: 'waiting'; readonly cancel: () => void }
  | { readonly kind: 'over' };

type Open = Extract<Link, { kind: 'open' }>;

const UNKNOWN: ClientInfo = { transport: 'unknown' };

/** One session's place in the game. */
export class UpstreamPlayer implements WorldPlayer {
  readonly #session: WorldSession;
  readonly #settings: UpstreamPlayerSettings;
  readonly #output: GameOutput;
  readonly #introduction = new ClientIntroduction();
  readonly #loginLines: LoginLines;
  readonly #absence: Absence;
  #link: Link = { kind: 'idle' };
  #client: ClientInfo;
  /** The one before, as which a client that came back is introduced while it has not said who it is. */
  #before: ClientInfo | undefined;
  /** The game had this player, and has no more: at the next connection it begins anew. */
  #isForgotten = false;
  /** What it compressed could not be read: it is not asked for it again. */
  #mayCompress = true;
  #cancelLeftovers: (() => void) | undefined;
  /** In a row, since the player was told. */
  #failures = 0;
  /** The command in hand waits for the link that is being opened, or asked about. */
  #release: ((link: Open | undefined) => void) | undefined;

  constructor(session: WorldSession, settings: UpstreamPlayerSettings) {
    this.#session = session;
    this.#settings = settings;
    this.#client = session.client ?? UNKNOWN;
    // A terminal that comes back shows its last prompt.
    this.#output = new GameOutput(settings.gmcpKindOf, !session.restored);
    this.#loginLines = new LoginLines((text) => settings.lineDigest(`${session.id} ${text}`));
    this.#absence = new Absence(settings.absence, settings.route.clock, {
      say: (line) => this.#say(line),
      close: () => this.#leave(),
    });
    session.setOverflow(settings.overflow);
    if (session.restored) {
      this.#forget();
      this.#begin();
    }
  }

  // What the gateway calls.

  command(command: WorldCommand): void | Promise<void> {
    if (this.#link.kind === 'open') return this.#send(this.#link, command);
    return this.#whenOpen().then((link) => (link ? this.#send(link, command) : this.#drop(command.seq)));
  }

  #send(
    { connection, login }: Open,
    { seq, at, held, text, package: name, data }: WorldCommand,
  ): void | Promise<void> {
    if (name !== undefined) return connection.message(outOfBand(name, data));
    if (text === undefined) return;
    if (!held && login.isUp && this.#loginLines.take(text, at)) {
      return this.#session.send({ kind: 'dropped', seq, reason: 'vetoed' });
    }
    if (login.isLogin) this.#loginLines.sent(text, login.isHidden);
    const leaving = connection.line(text);
    if (leaving) return leaving.then(() => this.#lineSent(login));
    this.#lineSent(login);
  }

  #lineSent(login: LoginWatch): void {
    this.#output.lineTyped();
    login.lineSent();
  }

  /** It has certainly not reached the game. */
  #drop(seq: number): void {
    const reason = this.#link.kind === 'over' ? 'failed' : 'world_lost';
    this.#session.send({ kind: 'dropped', seq, reason });
  }

  /** Without a connection the next line may be one for a login; and a login's lines stay secret when they come again. */
  isPrivate(text: string): boolean {
    if (this.#link.kind !== 'open' || this.#link.login.isPrivate) return true;
    return this.#loginLines.matches(text, this.#now);
  }

  passing(packageName: string, data: Json | undefined): void {
    const message = outOfBand(packageName, data);
    this.#introduction.note(message);
    if (this.#link.kind === 'open') this.#link.connection.passing(message);
  }

  attached(client: ClientInfo): void {
    this.#before = this.#link.kind === 'open' ? this.#known : undefined;
    this.#client = client;
    this.#absence.came();
    if (this.#link.kind === 'open') return this.#returned(this.#link);
    if (this.#link.kind === 'waiting') this.#link.cancel();
    else if (this.#link.kind !== 'idle') return;
    this.#failures = 0;
    this.#open();
  }

  described(client: ClientInfo): void {
    this.#client = client;
    if (this.#link.kind === 'open') this.#link.connection.update();
  }

  /** An open connection stays; none is opened. */
  detached(): void {
    this.#absence.went();
    this.#introduction.left();
    this.#cancelLeftovers?.();
    if (this.#link.kind === 'opening') this.#link.connection.close();
    else if (this.#link.kind === 'waiting') this.#link.cancel();
    else return;
    this.#become({ kind: 'idle' });
  }

  closed(reason?: string): void {
    const link = this.#link;
    this.#absence.ended(reason);
    this.#become({ kind: 'over' });
    this.#cancelLeftovers?.();
    if (link.kind === 'opening' || link.kind === 'open') link.connection.close();
    if (link.kind === 'waiting') link.cancel();
    this.#settings.closed(this);
  }

  // The connection to the game.

  #become(link: Link): void {
    if (this.#link.kind === 'open') this.#link.login.stop();
    this.#link = link;
    if (link.kind === 'opening' || link.kind === 'asking') return;
    this.#release?.(link.kind === 'open' ? link : undefined);
    this.#release = undefined;
  }

  /** `undefined` where there is nothing to wait for: a command for a game that is down is not sent to its next login. */
  #whenOpen(): Promise<Open | undefined> {
    const link = this.#link;
    if (link.kind !== 'asking' && (link.kind !== 'opening' || this.#isForgotten)) {
      return Promise.resolve(undefined);
    }
    return new Promise((resolve) => {
      this.#release = resolve;
    });
  }

  /** With its connection the game lost what it knew of the player. */
  #forget(): void {
    this.#isForgotten = true;
    this.#session.send({ kind: 'echo', on: true });
  }

  /** The player is at the game's login; what was meant for a game that knew them is not for it. */
  #begin(): void {
    if (this.#isForgotten) this.#session.lose();
    this.#session.authenticating();
    this.#loginLines.begin();
  }

  #open(): void {
    const { route, encoding } = this.#settings;
    const telnet = {
      clock: route.clock,
      client: () => this.#known,
      introduction: this.#introduction,
      encoding,
      compression: this.#mayCompress,
    };
    const connection = new GameConnection(route, telnet, {
      opened: () => this.#opened(connection),
      received: (events) => this.#received(events),
      lost: () => this.#lost(),
      failed: (error) => this.#failed(error),
    });
    this.#become({ kind: 'opening', connection });
  }

  #opened(connection: GameConnection): void {
    const { upSign, route } = this.#settings;
    const entered = (account?: string): void => this.#session.playing(account);
    this.#become({
      kind: 'open',
      connection,
      login: new LoginWatch({ sign: upSign, clock: route.clock, entered }),
    });
    if (this.#isForgotten) this.#tell('login_again');
    this.#begin();
    this.#isForgotten = false;
    this.#failures = 0;
  }

  #received(events: readonly GameEvent[]): void {
    this.#session.send(...this.#output.entries(events, this.#absence.isHere));
    if (this.#link.kind !== 'open') return;
    if (this.#settings.overflow === 'slow_world') this.#link.connection.pauseUntil(this.#session.whenRoom());
    this.#link.login.saw(events);
    for (const event of events) {
      if (event.kind === 'listing') this.#settings.listed(event.listing);
      if (event.kind === 'gmcp') this.#setWindow(event);
      if (event.kind === 'unread') this.#reportUnread(event);
    }
  }

  /** The player cannot mend it, and may not even miss it: it is told to the operator. */
  #reportUnread({ protocol, why }: Extract<GameEvent, { kind: 'unread' }>): void {
    if (this.#settings.reportLimit.allows(`${protocol} ${why}`))
      this.#session.report(protocol, new Error(why));
  }

  /** A game that knows of us may say how long its player may be away: in a fight, say. */
  #setWindow({ package: name, data }: OutOfBand): void {
    const windowMs = isSamePackage(name, WINDOW_PACKAGE) ? windowIn(data) : undefined;
    if (windowMs !== undefined) this.#session.setResumeWindow(windowMs);
  }

  /** Not the player's leaving, nor the game's end: it is tried again. */
  #failed(error: Error): void {
    this.#session.report('mccp2', error);
    this.#mayCompress = false;
    this.#forget();
    this.#unreachable();
  }

  #lost(): void {
    if (this.#link.kind !== 'open') return this.#unreachable();
    const { login } = this.#link;
    this.#forget();
    // A login that nobody is at times out: that is not the player's leaving.
    if (!login.isUp && !this.#absence.isHere) return this.#rest();
    this.#ask();
  }

  #ask(): void {
    const asking: Link = { kind: 'asking' };
    this.#become(asking);
    void this.#settings.probe.ask().then((accepted) => {
      if (this.#link !== asking) return;
      if (accepted) this.#end();
      else this.#unreachable();
    });
  }

  /** Told once; tried again for as long as somebody is there to play. */
  #unreachable(): void {
    const { route, random, reconnect } = this.#settings;
    if (!reconnect) return this.#end();
    if (this.#failures === 0) this.#tell('unreachable');
    this.#session.state('down');
    if (this.#absence.isHere) {
      const cancel = route.clock.after(backoffMs(this.#failures, random()), () => this.#open());
      this.#become({ kind: 'waiting', cancel });
    } else {
      this.#become({ kind: 'idle' });
    }
    this.#failures += 1;
  }

  #end(): void {
    this.#become({ kind: 'over' });
    this.#session.end('world_closed');
  }

  #tell(phrase: UpstreamPhrase): void {
    this.#session.send(this.#output.notice(this.#settings.phrases.say(phrase)));
  }

  // The player's going and coming.

  get #known(): ClientInfo {
    if (this.#before?.transport !== this.#client.transport) return this.#client;
    // Where the connection comes from, and how, is never what it was.
    const { address: _address, secure: _secure, ...introduced } = this.#before;
    return { ...introduced, ...this.#client };
  }

  #returned(link: Open): void {
    this.#loginLines.returned(this.#now);
    link.connection.update();
    this.#cancelLeftovers = this.#settings.route.clock.after(INTRODUCTION_MS, () => this.#introduced(link));
  }

  /** What the client before asked for, and this one did not, is taken back; what came late of this one is told. */
  #introduced({ connection }: Open): void {
    this.#before = undefined;
    connection.update();
    // Whoever comes by WebSocket is given all messages, and need not ask for any.
    if (this.#client.transport !== 'telnet') return;
    for (const message of this.#introduction.leftovers()) connection.passing(message);
  }

  /** Only to a game that the player is in. Where it does not leave, the connection is lost, which is told by itself. */
  #say(line: string): boolean {
    if (this.#link.kind !== 'open' || !this.#link.login.isUp) return false;
    this.#link.connection.line(line)?.catch(() => undefined);
    return true;
  }

  /** As if the player's own client had left. */
  #leave(): void {
    if (this.#link.kind !== 'open') return;
    this.#link.connection.close();
    this.#forget();
    this.#rest();
  }

  /** The next connection is opened for a player who returns, to the game's login. */
  #rest(): void {
    this.#become({ kind: 'idle' });
    this.#begin();
  }

  get #now(): number {
    return this.#settings.route.clock.now();
  }
}

function windowIn(data: Json | undefined): number | undefined {
  if (typeof data !== 'object' || data === null || !('seconds' in data)) return undefined;
  const { seconds } = data;
  const isWindow = typeof seconds === 'number' && seconds >= 0 && seconds <= WINDOW_LIMIT_SECONDS;
  return isWindow ? seconds * 1000 : undefined;
}

function outOfBand(name: string, data: Json | undefined): OutOfBand {
  return data === undefined ? { package: name } : { package: name, data };
}
