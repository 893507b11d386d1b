import {
  ReconnectionToken,
  type ClientInfo,
  type Clock,
  type Json,
  type Listing,
  type Translation,
} from '../../core/index.ts';
import type { Converse } from '../../protocol/index.ts';
import { isSamePackage, packageOfMsdp, type GmcpMessage, type Wire } from '../../telnet/index.ts';
import type { Charset } from './charset.ts';
import { CharLogin } from './char-login.ts';
import { FrameView } from './frame-view.ts';
import { Notices } from './notices.ts';
import { Receipts } from './receipts.ts';
import { Screen } from './screen.ts';
import { Talk, type Input, type TalkFrame } from './talk.ts';
import { Terminal, type TerminalEvent } from './terminal.ts';
import { tokenOf, tokenOfLine } from './token-line.ts';

/** A client that offers no token by then gets a new session, in ms. */
const OFFER_TIMEOUT_MS = 1000;

/** A program that lists games may stay so much longer without a session, in ms. */
const CRAWLER_TIMEOUT_MS = 10_000;

/** Over so many inputs that are not accepted yet, or wait for a session, nothing more is read from the player. */
const UNACCEPTED_LIMIT = 200;

const NOW = Promise.resolve();

/** The socket below, as far as the player's side of it is concerned. */
export interface TelnetSocket {
  readonly address: string | undefined;
  /** Whether the connection is encrypted, as far as is known. */
  readonly isSecure: boolean;
  write(data: Wire): void;
  /** What is written from here on is compressed (true), or not any more. Absent where that is not to be offered. */
  compress?(on: boolean): void;
  /** Calls back when all that was written so far has left. */
  afterFlush(done: () => void): void;
  pause(): void;
  resume(): void;
  /** Closes once all that was written has left. */
  end(): void;
}

export interface TelnetPlayerOptions {
  readonly socket: TelnetSocket;
  readonly clock: Clock;
  readonly converse: Converse;
  readonly lineLimitBytes: number;
  /** Whether the token is shown as a line of text to clients that cannot be given it otherwise. */
  readonly showsTokenLine: boolean;
  /** Whether tokens are given and taken by GMCP `Char.Login`. */
  readonly offersCharLogin: boolean;
  /** For clients that do not say what they read. Default UTF-8. */
  readonly charset?: Charset | undefined;
  /** What is told to a program that lists games. */
  readonly listing: () => Listing;
  /** Sentences for players in other words. */
  readonly translation?: Translation | undefined;
}

/**
 * A player by Telnet, as a client of `holdfast.v1`: lines become commands, output becomes text. A token may come as
 * a line or by GMCP; until a session is open, with it or without, what the player sends waits.
 */
export class TelnetPlayer {
  readonly #socket: TelnetSocket;
  readonly #clock: Clock;
  readonly #converse: Converse;
  readonly #lineLimitBytes: number;
  readonly #terminal: Terminal;
  readonly #screen: Screen;
  readonly #notices: Notices;
  readonly #view: FrameView;
  readonly #charLogin: CharLogin;
  #cancelOffer: () => void;
  /** What the player sent while no session was open. */
  readonly #early: Input[] = [];
  /** Of the session that the talk is about: offsets of another mean nothing to it. */
  #receipts: Receipts | undefined;
  #talk: Talk | undefined;
  /** A resume that has no answer yet; until then the talk before it, if any, stays. */
  #resuming: Talk | undefined;
  /** The token that was shown last, if it was not refused. */
  #shown: ReconnectionToken | undefined;
  /** A token was shown, by whatever way. */
  #isTokenShown = false;
  /** The player sent a line that was no token. */
  #spoke = false;
  /** The client speaks the GMCP package `Session`. */
  #speaksSession = false;
  /** What was written last in this turn of the event loop, and of which talk. */
  #written = 0;
  #writtenOf: Talk | undefined;
  #isPaused = false;
  #isGone = false;

  constructor(options: TelnetPlayerOptions) {
    const { socket, clock, converse, lineLimitBytes, showsTokenLine, offersCharLogin, listing } = options;
    this.#socket = socket;
    this.#clock = clock;
    this.#converse = converse;
    this.#lineLimitBytes = lineLimitBytes;
    this.#terminal = new Terminal({
      lineLimitBytes,
      charset: options.charset ?? 'utf-8',
      write: (data) => socket.write(data),
      compress: socket.compress && ((on) => socket.compress?.(on)),
      listing,
      event: (event) => this.#terminalEvent(event),
    });
    this.#screen = new Screen(this.#terminal);
    this.#notices = new Notices(options.translation);
    this.#charLogin = new CharLogin({
      isOn: offersCharLogin,
      isSecure: socket.isSecure,
      lineLimitBytes,
      send: (name, data) => this.#terminal.gmcp(name, JSON.stringify(data)),
    });
    this.#view = new FrameView({
      clock,
      terminal: this.#terminal,
      screen: this.#screen,
      notices: this.#notices,
      charLogin: this.#charLogin,
      account: () => this.#talk?.account,
      states: () => this.#talk?.states ?? [],
      speaksSession: () => this.#speaksSession,
      showsTokenLine,
      wrote: (offset) => this.#wrote(offset),
    });
    this.#cancelOffer = clock.after(OFFER_TIMEOUT_MS, () => this.#offerEnds());
    this.#terminal.start();
  }

  receive(chunk: Uint8Array): void {
    if (this.#isGone) return;
    this.#receipts?.heard();
    this.#terminal.receive(chunk);
  }

  /** Keeps the way to the client open, where nothing is said; and asks a client that answers whether it is still there. */
  keepAlive(): void {
    if (this.#isGone) return;
    // While nothing is read from it, its answer is not either.
    const isAsked = !this.#isPaused && this.#receipts?.ask() === true;
    if (!isAsked) this.#terminal.keepAlive();
  }

  gone(): void {
    if (this.#isGone) return;
    this.#isGone = true;
    this.#cancelOffer();
    this.#receipts?.end();
    this.#view.end();
    this.#resuming?.gone();
    this.#talk?.gone();
  }

  // From the player.

  #terminalEvent(event: TerminalEvent): void {
    if (this.#isGone) return;
    switch (event.kind) {
      case 'line':
        return this.#line(event.text);
      case 'overlong':
        return this.#screen.notice(this.#notices.overlong(this.#lineLimitBytes));
      case 'gmcp':
        return this.#gmcp(event.message);
      case 'channel':
        return this.#view.channelOpened(event.channel);
      case 'described':
        this.#talk?.described();
        return this.#resuming?.described();
      case 'unread':
        return this.#screen.notice(this.#notices.unread);
      case 'msdp': {
        const { name, value } = event.variable;
        return this.#input({ type: 'gmcp', package: packageOfMsdp(name), data: value });
      }
      case 'environ':
        return this.#environ();
      case 'settled':
        // A client with GMCP may yet show its token; `#gmcp` and the timer see to it.
        if (!this.#terminal.speaksGmcp && !this.#terminal.isCrawler) this.#openNew();
    }
  }

  /**
   * The environment of a client is the same at each of its connections: a token in it is a first word, and never a later
   * one, by which an old token would be shown behind its successor.
   */
  #environ(): void {
    const { reconnectToken, user } = this.#terminal.environ;
    const token = tokenOf(reconnectToken ?? '') ?? tokenOf(user ?? '');
    if (token !== undefined && !this.#isTokenShown && this.#mayResume) this.#resume(token);
  }

  #line(text: string): void {
    const token = tokenOfLine(text);
    this.#screen.lineTyped();
    if (token === undefined) {
      this.#typed(text);
    } else if (this.#mayResume) {
      this.#show(token);
    } else {
      // A secret is not the game's to see.
      this.#screen.notice(this.#notices.tokenTooLate);
    }
  }

  /** A line for the game. */
  #typed(text: string): void {
    this.#spoke = true;
    this.#openNew();
    this.#input({ type: 'command', text });
  }

  /** Before `playing`, or before the first other line. */
  get #mayResume(): boolean {
    return this.#resuming === undefined && !(this.#spoke && this.#talk?.isPlaying);
  }

  #gmcp(message: GmcpMessage): void {
    const { package: name, data } = message;
    if (/^session\./i.test(name)) return this.#sessionMessage(name, fieldsOf(data));
    if (/^char\.login\./i.test(name)) return this.#charLoginMessage(message);
    if (/^core\.supports\.(set|add)$/i.test(name)) {
      this.#speaksSession ||= mentionsSession(data);
      const mayBringToken = this.#charLogin.supports(data) || this.#speaksSession;
      // It says all that it can, and that is not to bring a token.
      if (!mayBringToken) this.#openNew();
    }
    this.#message(name, data);
  }

  /** A GMCP message for the game. */
  #message(name: string, data: unknown): void {
    this.#input({ type: 'gmcp', package: name, ...(isJson(data) ? { data } : {}) });
  }

  #charLoginMessage(message: GmcpMessage): void {
    const wish = this.#charLogin.receive(message);
    switch (wish.kind) {
      case 'pass':
        return this.#message(wish.package, wish.data);
      case 'login':
      case 'overlong':
        // Who is playing is logged in.
        if (this.#talk?.isPlaying || this.#resuming) return;
        this.#openNew();
        if (wish.kind === 'overlong') {
          this.#charLogin.denied(this.#notices.overlong(this.#lineLimitBytes));
          return this.#screen.notice(this.#notices.overlong(this.#lineLimitBytes));
        }
        for (const line of wish.lines) this.#typed(line);
        return;
      case 'resume':
        if (!this.#mayResume && !this.#isShown(wish.token)) return;
        this.#charLogin.begun();
        this.#show(wish.token);
    }
  }

  #sessionMessage(name: string, { token, id }: Record<string, unknown>): void {
    this.#speaksSession = true;
    if (isSamePackage(name, 'Session.Resume') && typeof token === 'string') {
      if (this.#mayResume) this.#show(token);
    } else if (isSamePackage(name, 'Session.Stored') && typeof id === 'string') {
      this.#talk?.say({ type: 'stored', id });
    } else if (isSamePackage(name, 'Session.Link') && this.#talk?.isPlaying) {
      this.#talk.say({ type: 'link' });
    }
  }

  #input(input: Input): void {
    const talk = this.#openTalk;
    if (talk === undefined || this.#early.length > 0) this.#early.push(input);
    else talk.input(input);
    this.#pace();
  }

  /** What the player sends goes to it at once. */
  get #openTalk(): Talk | undefined {
    return this.#talk?.isOpen && !this.#resuming ? this.#talk : undefined;
  }

  #sendEarly(): void {
    const talk = this.#early.length > 0 ? this.#openTalk : undefined;
    if (talk) for (const input of this.#early.splice(0)) talk.input(input);
    this.#pace();
  }

  /** Reads no faster from the player than the gateway accepts. */
  #pace(): void {
    const isFull = this.#early.length + (this.#talk?.unaccepted ?? 0) > UNACCEPTED_LIMIT;
    if (isFull === this.#isPaused) return;
    this.#isPaused = isFull;
    if (isFull) this.#socket.pause();
    else this.#socket.resume();
  }

  // Conversations with the gateway.

  /** Nobody brought a token. Who only asks for MSSP has its answer, and costs no session. */
  #offerEnds(): void {
    if (!this.#terminal.isCrawler) return this.#openNew();
    this.#cancelOffer = this.#clock.after(CRAWLER_TIMEOUT_MS, () => {
      if (this.#terminal.isCrawler) this.#hangUp();
      else this.#openNew();
    });
  }

  #openNew(): void {
    this.#cancelOffer();
    if (this.#talk || this.#resuming || this.#isGone) return;
    const talk = this.#newTalk();
    this.#become(talk);
    talk.hello({ type: 'hello' });
  }

  /** The player's talk is this one from here on. */
  #become(talk: Talk): void {
    this.#talk?.giveWay();
    this.#talk = talk;
    this.#receipts?.end();
    this.#receipts = new Receipts({
      clock: this.#clock,
      mark: (passed) => this.#terminal.mark(passed),
      received: (offset) => talk.say({ type: 'ack', offset }),
      silent: () => talk.silent(),
    });
  }

  /** A client may have two ways to show its token, and use both. */
  #show(token: string): void {
    if (!this.#isShown(token)) this.#resume(token);
    else if (!this.#resuming) this.#charLogin.accepted();
  }

  #isShown(token: string): boolean {
    const shown = this.#shown?.encodeCompact();
    return shown !== undefined && shown === ReconnectionToken.decode(token)?.encodeCompact();
  }

  /** A token is tried beside the session that is there, which gives way only to a good one. */
  #resume(token: string): void {
    this.#cancelOffer();
    this.#shown = ReconnectionToken.decode(token);
    this.#isTokenShown = true;
    this.#resuming = this.#newTalk();
    this.#resuming.hello({ type: 'hello', resume: { token } });
  }

  #newTalk(): Talk {
    return new Talk({
      converse: this.#converse,
      client: () => this.#client(),
      accepted: () => this.#pace(),
      frame: (talk, frame) => this.#frame(talk, frame),
      end: (talk) => this.#ended(talk),
    });
  }

  #frame(talk: Talk, frame: TalkFrame): void {
    if (this.#isGone) return;
    if (talk === this.#resuming && !this.#answered(talk, frame)) return;
    if (talk !== this.#talk) return;
    // A token of this very session takes it over from here: the answer to that decides.
    if (this.#resuming && (frame.type === 'bye' || frame.type === 'error')) return;
    if (frame.type === 'bye' && frame.token?.value !== undefined) {
      // The player's account has another session: it is resumed in place.
      this.#talk = undefined;
      return this.#resume(frame.token.value);
    }
    this.#view.show(frame);
    this.#sendEarly();
  }

  /** The first answer to a shown token: true where it was good, and its talk is the player's from here on. */
  #answered(talk: Talk, frame: TalkFrame): boolean {
    this.#resuming = undefined;
    if (frame.type === 'resumed') {
      this.#become(talk);
      this.#charLogin.accepted();
      return true;
    }
    this.#shown = undefined;
    this.#view.show(frame);
    if (frame.type === 'error' && (frame.retry === 'fresh' || frame.retry === 'never')) {
      this.#charLogin.refused(this.#notices.error(frame));
      this.#openNew();
    } else if (this.#talk === undefined || this.#charLogin.isAwaited) {
      // The client comes again by itself, with the same token.
      return (this.#hangUp(), false);
    }
    this.#sendEarly();
    return false;
  }

  #ended(talk: Talk): void {
    if (talk !== this.#talk) return;
    if (this.#resuming) this.#talk = undefined;
    else this.#hangUp();
  }

  /** Nothing that still comes counts: its end is near. */
  #hangUp(): void {
    this.#socket.end();
    this.gone();
  }

  /** Output through this offset was written: when it has left, there is room for more. */
  #wrote(offset: number): void {
    if (this.#talk === undefined) return;
    const isScheduled = this.#writtenOf !== undefined;
    this.#writtenOf = this.#talk;
    this.#written = offset;
    if (isScheduled) return;
    // Once for all that is written now. Not `queueMicrotask`, which makes a resource of each.
    void NOW.then(this.#allWritten);
  }

  readonly #allWritten = (): void => {
    const talk = this.#writtenOf;
    const offset = this.#written;
    this.#writtenOf = undefined;
    if (talk === undefined || talk !== this.#talk || this.#isGone) return;
    this.#receipts?.wrote(offset);
    this.#socket.afterFlush(() => this.#flushed(talk, offset));
  };

  #flushed(talk: Talk, offset: number): void {
    if (talk !== this.#talk || this.#isGone) return;
    this.#receipts?.flushed(offset);
    talk.flushed(offset);
  }

  #client(): ClientInfo {
    const { address } = this.#socket;
    const { name, version, terminal, size, screenReader, mtts, charset: encoding } = this.#terminal.facts;
    return {
      transport: 'telnet',
      ...(address === undefined ? {} : { address }),
      ...(name === undefined ? {} : { name }),
      ...(version === undefined ? {} : { version }),
      ...(terminal === undefined ? {} : { terminal }),
      ...size,
      encoding,
      ...(screenReader === undefined ? {} : { screenReader }),
      ...(mtts === undefined ? {} : { mtts }),
      ...(this.#socket.isSecure ? { secure: true } : {}),
    };
  }
}

function fieldsOf(data: unknown): Record<string, unknown> {
  return typeof data === 'object' && data !== null ? { ...data } : {};
}

/** `Core.Supports.Set ["Session 1", …]` */
function mentionsSession(data: unknown): boolean {
  return Array.isArray(data) && data.some((item) => typeof item === 'string' && /^session\b/i.test(item));
}

/** What was parsed from JSON is JSON; absent data is not. */
function isJson(data: unknown): data is Json {
  return data !== undefined;
}
