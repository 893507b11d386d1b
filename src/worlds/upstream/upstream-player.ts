import type {
  ClientInfo,
  Json,
  Overflow,
  WorldCommand,
  WorldPlayer,
  WorldSession,
} from '../../core/index.ts';
import { backoffMs } from './backoff.ts';
import { GameConnection } from './game-connection.ts';
import { GameOutput } from './game-output.ts';
import type { GameRoute } from './game-stream.ts';
import type { GameEncoding } from './game-text.ts';
import { GmcpIntroduction, type GmcpContent } from './gmcp-introduction.ts';
import type { GmcpKind } from './gmcp-policy.ts';
import { LoginWatch, type UpSign } from './login-watch.ts';
import { notices } from './notices.ts';
import type { PortProbe } from './port-probe.ts';
import type { GameEvent } from './telnet-client.ts';

/** What all players of one upstream world share. */
export interface UpstreamPlayerSettings {
  readonly route: GameRoute;
  readonly probe: PortProbe;
  readonly upSign: UpSign;
  readonly encoding: GameEncoding;
  readonly gmcpKindOf: (packageName: string) => GmcpKind;
  readonly reconnect: boolean;
  readonly overflow: Overflow;
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
  readonly #introduction = new GmcpIntroduction();
  #link: Link = { kind: 'idle' };
  #client: ClientInfo;
  #isAttached = false;
  /** The game had this player, and has no more: at the next connection it begins anew. */
  #isForgotten = false;
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
    session.setOverflow(settings.overflow);
    if (session.restored) {
      this.#forget();
      this.#begin();
    }
  }

  async command({ text, package: name, data }: WorldCommand): Promise<void> {
    const link = await this.#whenOpen();
    if (link === undefined) throw new Error('the game is not connected');
    if (name !== undefined) return link.connection.gmcp(content(name, data));
    if (text === undefined) return;
    await link.connection.line(text);
    this.#output.lineTyped();
    if (link.login.lineSent()) this.#session.playing();
  }

  /** Without a connection the next line may be one for a login. */
  isPrivate(): boolean {
    return this.#link.kind !== 'open' || this.#link.login.isPrivate;
  }

  passing(packageName: string, data: Json | undefined): void {
    const message = content(packageName, data);
    this.#introduction.note(message);
    if (this.#link.kind === 'open') this.#link.connection.passing(message);
  }

  attached(client: ClientInfo): void {
    this.#isAttached = true;
    this.#client = client;
    if (this.#link.kind === 'open') return this.#link.connection.resized();
    if (this.#link.kind === 'waiting') this.#link.cancel();
    else if (this.#link.kind !== 'idle') return;
    this.#failures = 0;
    this.#open();
  }

  resized(columns: number, rows: number): void {
    this.#client = { ...this.#client, columns, rows };
    if (this.#link.kind === 'open') this.#link.connection.resized();
  }

  /** An open connection stays; none is opened. */
  detached(): void {
    this.#isAttached = false;
    if (this.#link.kind === 'opening') this.#link.connection.close();
    else if (this.#link.kind === 'waiting') this.#link.cancel();
    else return;
    this.#become({ kind: 'idle' });
  }

  closed(): void {
    const link = this.#link;
    this.#become({ kind: 'over' });
    if (link.kind === 'opening' || link.kind === 'open') link.connection.close();
    if (link.kind === 'waiting') link.cancel();
    this.#settings.closed(this);
  }

  #become(link: Link): void {
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
  }

  #open(): void {
    const { route, encoding } = this.#settings;
    const telnet = { client: () => this.#client, introduction: this.#introduction, encoding };
    const connection = new GameConnection(route, telnet, {
      opened: () => this.#opened(connection),
      received: (events) => this.#received(events),
      lost: () => this.#lost(),
    });
    this.#become({ kind: 'opening', connection });
  }

  #opened(connection: GameConnection): void {
    this.#become({ kind: 'open', connection, login: new LoginWatch(this.#settings.upSign) });
    if (this.#isForgotten) this.#tell(notices.loginAgain);
    this.#begin();
    this.#isForgotten = false;
    this.#failures = 0;
  }

  #received(events: readonly GameEvent[]): void {
    this.#session.send(...this.#output.entries(events, this.#isAttached));
    if (this.#link.kind !== 'open') return;
    if (this.#settings.overflow === 'slow_world') this.#link.connection.pauseUntil(this.#session.whenRoom());
    if (this.#link.login.saw(events)) this.#session.playing();
  }

  #lost(): void {
    if (this.#link.kind !== 'open') return this.#unreachable();
    const { login } = this.#link;
    this.#forget();
    // A login that nobody is at times out: that is not the player's leaving.
    if (!login.isUp && !this.#isAttached) return this.#become({ kind: 'idle' });
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
    if (this.#isAttached) {
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
}

function content(name: string, data: Json | undefined): GmcpContent {
  return data === undefined ? { package: name } : { package: name, data };
}
