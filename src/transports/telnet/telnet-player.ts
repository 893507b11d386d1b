import type { ClientInfo, Clock, Json } from '../../core/index.ts';
import type { Converse, HelloFrame, ServerFrame } from '../../protocol/index.ts';
import { isSamePackage, type GmcpMessage } from '../../telnet/index.ts';
import { FrameView } from './frame-view.ts';
import { notices } from './notices.ts';
import { ReceivedGuess } from './received-guess.ts';
import { Screen } from './screen.ts';
import { Talk, type Input } from './talk.ts';
import { Terminal, type TerminalEvent } from './terminal.ts';
import { tokenOfLine } from './token-line.ts';

/** A client that offers no token by then gets a new session, in ms. */
const OFFER_TIMEOUT_MS = 1000;

/** Over so many inputs that are not accepted yet, or wait for a session, nothing more is read from the player. */
const UNACCEPTED_LIMIT = 200;

/** The socket below, as far as the player's side of it is concerned. */
export interface TelnetSocket {
  readonly address: string | undefined;
  write(bytes: Uint8Array): void;
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
  readonly #view: FrameView;
  readonly #cancelOffer: () => void;
  /** What the player sent while no session was open. */
  readonly #early: Input[] = [];
  /** Of the session that the talk is about: offsets of another mean nothing to it. */
  #received = new ReceivedGuess();
  #talk: Talk | undefined;
  /** A resume that has no answer yet; until then the talk before it, if any, stays. */
  #resuming: Talk | undefined;
  /** The player sent a line that was no token. */
  #spoke = false;
  /** The client speaks the GMCP package `Session`. */
  #speaksSession = false;
  /** What was written last in this turn of the event loop. */
  #written: { readonly talk: Talk; readonly offset: number } | undefined;
  #isPaused = false;
  #isGone = false;

  constructor(options: TelnetPlayerOptions) {
    const { socket, clock, converse, lineLimitBytes, showsTokenLine } = options;
    this.#socket = socket;
    this.#clock = clock;
    this.#converse = converse;
    this.#lineLimitBytes = lineLimitBytes;
    this.#terminal = new Terminal({
      lineLimitBytes,
      write: (bytes) => socket.write(bytes),
      event: (event) => this.#terminalEvent(event),
    });
    this.#screen = new Screen(this.#terminal);
    this.#view = new FrameView({
      terminal: this.#terminal,
      screen: this.#screen,
      speaksSession: () => this.#speaksSession,
      showsTokenLine,
    });
    this.#cancelOffer = clock.after(OFFER_TIMEOUT_MS, () => this.#openNew());
    this.#terminal.start();
  }

  receive(chunk: Uint8Array): void {
    if (this.#isGone) return;
    const offset = this.#received.heard(this.#clock.now());
    if (offset !== undefined) this.#talk?.say({ type: 'ack', offset });
    this.#terminal.receive(chunk);
  }

  gone(): void {
    if (this.#isGone) return;
    this.#isGone = true;
    this.#cancelOffer();
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
        return this.#screen.notice(notices.overlong(this.#lineLimitBytes));
      case 'gmcp':
        return this.#gmcp(event.message);
      case 'resized':
        return this.#talk?.say({ type: 'window', ...event.size });
      case 'settled':
        // A client with GMCP may yet show its token; `#gmcp` and the timer see to it.
        if (!this.#terminal.speaksGmcp) this.#openNew();
    }
  }

  #line(text: string): void {
    const token = tokenOfLine(text);
    this.#screen.lineTyped();
    if (token === undefined) {
      this.#spoke = true;
      this.#openNew();
      this.#input({ type: 'command', text });
    } else if (this.#mayResume) {
      this.#resume(token);
    } else {
      // A secret is not the game's to see.
      this.#screen.notice(notices.tokenTooLate);
    }
  }

  /** Before `playing`, or before the first other line. */
  get #mayResume(): boolean {
    return this.#resuming === undefined && !(this.#spoke && this.#talk?.isPlaying);
  }

  #gmcp({ package: name, data }: GmcpMessage): void {
    if (/^session\./i.test(name)) return this.#sessionMessage(name, fieldsOf(data));
    if (/^core\.supports\./i.test(name)) {
      this.#speaksSession ||= mentionsSession(data);
      // It says all that it can, and that is not to bring a token.
      if (!this.#speaksSession) this.#openNew();
    }
    this.#input({ type: 'gmcp', package: name, ...(isJson(data) ? { data } : {}) });
  }

  #sessionMessage(name: string, { token, id }: Record<string, unknown>): void {
    this.#speaksSession = true;
    if (isSamePackage(name, 'Session.Resume') && typeof token === 'string') {
      if (this.#mayResume) this.#resume(token);
    } else if (isSamePackage(name, 'Session.Stored') && typeof id === 'string') {
      this.#talk?.say({ type: 'stored', id });
    } else if (isSamePackage(name, 'Session.Link') && this.#talk?.isPlaying) {
      this.#talk.say({ type: 'link' });
    }
  }

  #input(input: Input): void {
    this.#early.push(input);
    this.#sendEarly();
  }

  #sendEarly(): void {
    const talk = this.#talk;
    if (talk?.isOpen && !this.#resuming) {
      for (const input of this.#early.splice(0)) talk.input(input);
    }
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

  #openNew(): void {
    this.#cancelOffer();
    if (this.#talk || this.#resuming || this.#isGone) return;
    this.#talk = this.#newTalk();
    this.#talk.hello(this.#hello());
  }

  /** A token is tried beside the session that is there, which gives way only to a good one. */
  #resume(token: string): void {
    this.#cancelOffer();
    this.#resuming = this.#newTalk();
    this.#resuming.hello({ ...this.#hello(), resume: { token } });
  }

  #newTalk(): Talk {
    return new Talk({
      converse: this.#converse,
      client: () => this.#client(),
      frame: (talk, frame) => this.#frame(talk, frame),
      end: (talk) => this.#ended(talk),
    });
  }

  #frame(talk: Talk, frame: ServerFrame): void {
    if (this.#isGone) return;
    if (talk === this.#resuming && !this.#answered(talk, frame)) return;
    if (talk !== this.#talk) return;
    if (frame.type === 'bye' && frame.token?.value !== undefined) {
      // The player's account has another session: it is resumed in place.
      this.#talk = undefined;
      return this.#resume(frame.token.value);
    }
    this.#view.show(frame);
    if ('offset' in frame && frame.offset !== undefined) this.#wrote(talk, frame.offset);
    if (frame.type === 'gap') this.#wrote(talk, frame.to ?? frame.from);
    this.#sendEarly();
  }

  /** The first answer to a shown token: true where it was good, and its talk is the player's from here on. */
  #answered(talk: Talk, frame: ServerFrame): boolean {
    this.#resuming = undefined;
    if (frame.type === 'resumed') {
      this.#talk?.gone();
      this.#talk = talk;
      this.#received = new ReceivedGuess();
      return true;
    }
    this.#view.show(frame);
    const isFinal = frame.type === 'error' && (frame.retry === 'fresh' || frame.retry === 'never');
    if (isFinal) this.#openNew();
    // The client comes again by itself, with the same token.
    else if (this.#talk === undefined) this.#hangUp();
    this.#sendEarly();
    return false;
  }

  #ended(talk: Talk): void {
    if (talk === this.#talk) this.#hangUp();
  }

  /** Nothing that still comes counts: its end is near. */
  #hangUp(): void {
    this.#socket.end();
    this.gone();
  }

  /** Output through this offset was written: when it has left, there is room for more. */
  #wrote(talk: Talk, offset: number): void {
    const isScheduled = this.#written !== undefined;
    this.#written = { talk, offset };
    if (isScheduled) return;
    // Once for all that is written in this turn of the event loop.
    queueMicrotask(() => {
      const written = this.#written;
      this.#written = undefined;
      if (written) this.#socket.afterFlush(() => this.#flushed(written.talk, written.offset));
    });
  }

  #flushed(talk: Talk, offset: number): void {
    if (talk !== this.#talk || this.#isGone) return;
    this.#received.flushed(offset, this.#clock.now());
    talk.flushed(offset);
  }

  #hello(): HelloFrame {
    const { name = 'telnet', size, screenReader } = this.#terminal.facts;
    return {
      type: 'hello',
      client: { name, version: '', ...size, encoding: 'utf-8', screen_reader: screenReader },
    };
  }

  #client(): ClientInfo {
    const { address } = this.#socket;
    const { name, terminal, size, screenReader } = this.#terminal.facts;
    return {
      transport: 'telnet',
      ...(address === undefined ? {} : { address }),
      ...(name === undefined ? {} : { name }),
      ...(terminal === undefined ? {} : { terminal }),
      ...size,
      encoding: 'utf-8',
      screenReader,
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
