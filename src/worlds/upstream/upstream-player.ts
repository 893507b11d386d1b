import type {
  ClientInfo,
  Json,
  Listing,
  Overflow,
  WorldCommand,
  WorldPlayer,
  WorldSession,
} from '../../core/index.ts';
import type { AbsencePolicy } from './absence-policy.ts';
import { backoffMs } from './backoff.ts';
import { ClientIntroduction, type OutOfBand } from './client-introduction.ts';
import { GameConnection } from './game-connection.ts';
import { GameOutput } from './game-output.ts';
import type { GameRoute } from './game-stream.ts';
import type { GameEncoding } from './game-text.ts';
import type { GmcpKind } from './gmcp-policy.ts';
import { LoginLines, type LineDigest } from './login-lines.ts';
import { LoginWatch, type UpSign } from './login-watch.ts';
import { notices } from './notices.ts';
import type { PortProbe } from './port-probe.ts';
import type { GameEvent } from './telnet-client.ts';

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
  readonly overflow: Overflow;
  readonly lineDigest: LineDigest;
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

/** Where the player is, as far as the game knows. */
type Presence =
  | { readonly kind: 'here' }
  /** Gone, which the game is told at its time. */
  | { readonly kind: 'leaving'; readonly cancel: () => void }
  /** Gone, and there is nothing more to tell. `isTold`: the game was. */
  | { readonly kind: 'away'; readonly isTold: boolean };

const UNKNOWN: ClientInfo = { transport: 'unknown' };
const AWAY: Presence = { kind: 'away', isTold: false };

/** One session's place in the game. */
export class UpstreamPlayer implements WorldPlayer {
  readonly #session: WorldSession;
  readonly #settings: UpstreamPlayerSettings;
  readonly #output: GameOutput;
  readonly #introduction = new ClientIntroduction();
  readonly #loginLines: LoginLines;
  #link: Link = { kind: 'idle' };
  #client: ClientInfo;
  #presence: Presence = AWAY;
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
    session.setOverflow(settings.overflow);
    if (session.restored) {
      this.#forget();
      this.#begin();
    }
  }

  // What the gateway calls.

  async command(command: WorldCommand): Promise<void> {
    const { seq, text, package: name, data } = command;
    const link = await this.#whenOpen();
    if (link === undefined) throw new Error('the game is not connected');
    if (name !== undefined) return link.connection.message(outOfBand(name, data));
    if (text === undefined) return;
    const { login } = link;
    if (!command.held && login.isUp && this.#loginLines.take(text, command.at)) {
      return this.#session.send({ kind: 'dropped', seq, reason: 'vetoed' });
    }
    if (login.isLogin) this.#loginLines.sent(text, login.isHidden);
    await link.connection.line(text);
    this.#output.lineTyped();
    login.lineSent();
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
    const before = this.#presence;
    this.#presence = { kind: 'here' };
    this.#client = client;
    if (before.kind === 'leaving') before.cancel();
    if (this.#link.kind === 'open') return this.#returned(this.#link, before);
    if (this.#link.kind === 'waiting') this.#link.cancel();
    else if (this.#link.kind !== 'idle') return;
    this.#failures = 0;
    this.#open();
  }

  resized(columns: number, rows: number): void {
    this.#client = { ...(this.#session.client ?? this.#client), columns, rows };
    if (this.#link.kind === 'open') this.#link.connection.update();
  }

  /** An open connection stays; none is opened. */
  detached(): void {
    this.#presence = AWAY;
    this.#introduction.left();
    this.#cancelLeftovers?.();
    if (this.#link.kind === 'open') return this.#leaves();
    if (this.#link.kind === 'opening') this.#link.connection.close();
    else if (this.#link.kind === 'waiting') this.#link.cancel();
    else return;
    this.#become({ kind: 'idle' });
  }

  closed(reason?: string): void {
    const link = this.#link;
    const { endLine } = this.#settings.absence;
    const isFarewell = reason === 'expired' || reason === 'quit';
    if (isFarewell && link.kind === 'open' && endLine !== undefined) this.#say(link, endLine);
    this.#become({ kind: 'over' });
    if (this.#presence.kind === 'leaving') this.#presence.cancel();
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
    if (link.kind === 'open') return Promise.resolve(link);
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
      client: () => this.#client,
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
    if (this.#isForgotten) this.#tell(notices.loginAgain);
    this.#begin();
    this.#isForgotten = false;
    this.#failures = 0;
  }

  #received(events: readonly GameEvent[]): void {
    this.#session.send(...this.#output.entries(events, this.#presence.kind === 'here'));
    if (this.#link.kind !== 'open') return;
    if (this.#settings.overflow === 'slow_world') this.#link.connection.pauseUntil(this.#session.whenRoom());
    this.#link.login.saw(events);
    for (const event of events) if (event.kind === 'listing') this.#settings.listed(event.listing);
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
    if (!login.isUp && this.#presence.kind !== 'here') return this.#become({ kind: 'idle' });
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
    if (this.#failures === 0) this.#tell(notices.unreachable);
    this.#session.state('down');
    if (this.#presence.kind === 'here') {
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

  #tell(sentence: string): void {
    this.#session.send(this.#output.notice(sentence));
  }

  // The player's going and coming, as the game is told it.

  #leaves(): void {
    const { drop, afterMs } = this.#settings.absence;
    if (drop === 'nothing') return;
    const cancel = this.#settings.route.clock.after(afterMs, () => this.#left());
    this.#presence = { kind: 'leaving', cancel };
  }

  #left(): void {
    const { drop } = this.#settings.absence;
    this.#presence = AWAY;
    const link = this.#link;
    if (link.kind !== 'open') return;
    if (drop === 'close') {
      link.connection.close();
      this.#forget();
      this.#become({ kind: 'idle' });
    } else if (drop !== 'nothing' && link.login.isUp) {
      this.#say(link, drop.line);
      this.#presence = { kind: 'away', isTold: true };
    }
  }

  #returned(link: Open, before: Presence): void {
    const { returnLine } = this.#settings.absence;
    this.#loginLines.returned(this.#now);
    link.connection.update();
    if (before.kind === 'away' && before.isTold && returnLine !== undefined) this.#say(link, returnLine);
    this.#cancelLeftovers = this.#settings.route.clock.after(INTRODUCTION_MS, () => this.#introduced(link));
  }

  /** What the client before asked for, and this one did not, is taken back; what came late of this one is told. */
  #introduced({ connection }: Open): void {
    this.#client = this.#session.client ?? this.#client;
    connection.update();
    // Whoever comes by WebSocket is given all messages, and need not ask for any.
    if (this.#client.transport !== 'telnet') return;
    for (const message of this.#introduction.leftovers()) connection.passing(message);
  }

  /** A line of the operator's. Where it does not leave, the connection is lost, which is told by itself. */
  #say({ connection, login }: Open, line: string): void {
    if (login.isUp) connection.line(line).catch(() => undefined);
  }

  get #now(): number {
    return this.#settings.route.clock.now();
  }
}

function outOfBand(name: string, data: Json | undefined): OutOfBand {
  return data === undefined ? { package: name } : { package: name, data };
}
