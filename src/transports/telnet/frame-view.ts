import { ReconnectionToken, type Clock, type Json, type PackageState } from '../../core/index.ts';
import {
  isSilence,
  type CaughtUpFrame,
  type NewToken,
  type ResumedFrame,
  type ServerFrame,
  type ServerGmcpFrame,
} from '../../protocol/index.ts';
import { msdpOfPackage } from '../../telnet/index.ts';
import type { CharLogin } from './char-login.ts';
import type { Notices } from './notices.ts';
import { Replay } from './replay.ts';
import type { Screen } from './screen.ts';
import type { TalkFrame } from './talk.ts';
import type { Channel, Terminal } from './terminal.ts';
import { tokenLine } from './token-line.ts';

/** So long a replay may take and still be counted before it is shown, in ms. */
const PATIENCE_MS = 100;

type Entry = Extract<ServerFrame, { type: 'output' | 'dropped' | 'gap' | 'echo' | 'gmcp' }>;

export interface FrameViewOptions {
  readonly clock: Clock;
  readonly terminal: Terminal;
  readonly screen: Screen;
  readonly notices: Notices;
  readonly charLogin: CharLogin;
  /** The account that the session is of, where its world named one. */
  readonly account: () => string | undefined;
  /** The last value of each state package of the session. */
  readonly states: () => readonly PackageState[];
  /** Whether the client speaks the GMCP package `Session`. */
  readonly speaksSession: () => boolean;
  /** Whether a token is shown as a line to a client that does not. */
  readonly showsTokenLine: boolean;
  /** Output through this offset was written. */
  readonly wrote: (offset: number) => void;
}

/** Shows frames of the gateway to a player by Telnet. */
export class FrameView {
  readonly #options: FrameViewOptions;
  readonly #terminal: Terminal;
  readonly #screen: Screen;
  readonly #notices: Notices;
  #cancelPatience: () => void = () => undefined;
  /** Between `resumed` and `caught_up`. */
  #replay: Replay | undefined;
  /** Messages of the game that came with the replay: they are sent behind its text. */
  #messages: ServerGmcpFrame[] = [];
  /** All was taken through here, and perhaps not written yet. */
  #taken = 0;

  constructor(options: FrameViewOptions) {
    this.#options = options;
    this.#terminal = options.terminal;
    this.#screen = options.screen;
    this.#notices = options.notices;
  }

  show(frame: TalkFrame): void {
    switch (frame.type) {
      case 'welcome':
        return this.#terminal.echo(frame.echo);
      case 'resumed':
        return this.#resumed(frame);
      case 'caught_up':
        return this.#caughtUp(frame);
      case 'output':
      case 'dropped':
      case 'gap':
      case 'echo':
      case 'gmcp':
        return this.#entry(frame);
      case 'token':
        if (frame.value !== undefined) this.#token({ ...frame, value: frame.value }, frame.link === true);
        return;
      case 'error':
        return this.#say(this.#notices.error(frame));
      case 'bye':
        return this.#say(this.#notices.bye(frame));
      // The world itself says what became of it.
      case 'state':
      case 'pong':
        return;
    }
  }

  /**
   * Messages reach the client from here on. A client that shows its token first of all may agree to GMCP after the replay:
   * what is state it has to be told now, or its gauges stay empty. Whatever else passed was for the moment.
   */
  channelOpened(channel: Channel): void {
    // `caught_up` will come behind them.
    if (this.#replay !== undefined) return;
    for (const { package: name, data } of this.#options.states()) {
      if (channelOf(name) === channel) this.#fromGame(name, data);
    }
  }

  /** A sentence of ours, at once, but behind what was missed. */
  #say(sentence: string): void {
    this.#showReplay();
    this.#screen.notice(sentence);
  }

  /** What was taken of the replay is shown, whatever still comes. */
  #showReplay(): void {
    if (this.#replay === undefined) return;
    this.#replay.show();
    this.#sendMessages();
    this.#wrote();
  }

  #wrote(): void {
    if (this.#taken > 0) this.#options.wrote(this.#taken);
  }

  #entry(frame: Entry): void {
    const through = frame.type === 'gap' ? (frame.to ?? frame.from) : frame.offset;
    const replay = this.#replay;
    const isShown = replay === undefined ? this.#live(frame) : this.#missed(frame, replay);
    if (through !== undefined) this.#taken = through;
    if (!isShown) return;
    if (replay !== undefined) this.#sendMessages();
    if (through !== undefined) this.#wrote();
  }

  #live(frame: Entry): true {
    switch (frame.type) {
      case 'output':
        this.#screen.text(frame.text, frame.prompt === true);
        break;
      case 'dropped':
        this.#screen.notice(this.#notices.dropped(frame));
        break;
      case 'gap':
        this.#gap(frame);
        this.#screen.notice(this.#notices.gap(frame));
        break;
      case 'echo':
        this.#terminal.echo(frame.on);
        break;
      case 'gmcp':
        this.#fromGame(frame.package, frame.data);
        break;
    }
    return true;
  }

  /** True where all through this frame is written. */
  #missed(frame: Entry, replay: Replay): boolean {
    switch (frame.type) {
      case 'gap':
        this.#gap(frame);
        return replay.take(frame);
      case 'output':
        return replay.take(isSilence(frame) ? undefined : frame);
      case 'dropped':
        return replay.take(frame);
      case 'gmcp':
        this.#messages.push(frame);
        break;
      // `resumed` has said what it is now.
      case 'echo':
        break;
    }
    return replay.take(undefined);
  }

  /** The last value of a state package has no offset; those before it are left out. */
  #sendMessages(): void {
    const messages = this.#messages.splice(0);
    const states = new Set(
      messages.flatMap(({ offset, package: name }) => (offset === undefined ? [name.toLowerCase()] : [])),
    );
    for (const { offset, package: name, data } of messages) {
      if (offset === undefined || !states.has(name.toLowerCase())) this.#fromGame(name, data);
    }
  }

  #resumed(frame: ResumedFrame): void {
    const { away_ms, held, token, echo, limits } = frame;
    if (this.#options.speaksSession()) this.#gmcp('Session.Resumed', { away_ms, held });
    const tokenSentence = this.#giveToken(token, false);
    const opening = (lines: number | undefined): string =>
      [this.#notices.welcomeBack(frame, lines), ...tokenSentence].join('\n');
    this.#terminal.echo(echo);
    this.#taken = 0;
    this.#messages = [];
    this.#cancelPatience = this.#options.clock.after(PATIENCE_MS, () => this.#showReplay());
    this.#replay = new Replay({
      screen: this.#screen,
      // The gateway sends no more than a window before some of it was written.
      limits: { characters: limits.window_bytes / 8, frames: limits.window_entries / 2 },
      opening,
      closing: (lines) => this.#notices.caughtUp(lines),
      notice: (missed) => (missed.type === 'gap' ? this.#notices.gap(missed) : this.#notices.dropped(missed)),
    });
  }

  #caughtUp({ prompt, unmarked, style = '' }: CaughtUpFrame): void {
    this.#cancelPatience();
    const left = this.#replay?.end();
    this.#replay = undefined;
    this.#sendMessages();
    this.#screen.restyle(style);
    // Many clients wait for a mark at each prompt once they have seen one.
    if (prompt !== undefined) this.#screen.text(prompt, unmarked !== true);
    else if (left !== undefined && left.text !== '') this.#screen.text(left.text, left.isPrompt);
    this.#wrote();
  }

  /** The player is gone. */
  end(): void {
    this.#cancelPatience();
  }

  #token(token: NewToken, isLink: boolean): void {
    const sentence = this.#giveToken(token, isLink);
    if (sentence.length > 0) this.#say(sentence.join('\n'));
  }

  /** Hands a token to the client; what is left for its player to read. */
  #giveToken({ value, id, expires_at }: NewToken, isLink: boolean): readonly string[] {
    const { charLogin, account, speaksSession, showsTokenLine } = this.#options;
    const compact = ReconnectionToken.decode(value)?.encodeCompact();
    if (compact === undefined) return [];
    const keeps = !isLink && charLogin.keepsTokens;
    // Each package that the client speaks has the newest: an old one that it showed later would look stolen.
    if (keeps) charLogin.give(compact, account());
    if (speaksSession()) {
      this.#gmcp('Session.Token', { token: value, id, expires_at, ...(isLink ? { link: true } : {}) });
      return [];
    }
    if (keeps || !(showsTokenLine || isLink)) return [];
    return [isLink ? this.#notices.linkToken : this.#notices.token, tokenLine(compact)];
  }

  #gap({ bytes, reason }: Extract<ServerFrame, { type: 'gap' }>): void {
    if (this.#options.speaksSession()) this.#gmcp('Session.Gap', { bytes, reason });
  }

  /** Messages of the package `Session` are the gateway's own: no game can forge a token. */
  #fromGame(packageName: string, data: Json | undefined): void {
    const variable = msdpOfPackage(packageName);
    if (variable !== undefined) return this.#terminal.msdp(variable, data ?? '');
    if (/^session\b/i.test(packageName) || this.#options.charLogin.fromGame(packageName, data)) return;
    this.#gmcp(packageName, data);
  }

  #gmcp(packageName: string, data: unknown): void {
    this.#terminal.gmcp(packageName, data === undefined ? undefined : JSON.stringify(data));
  }
}

function channelOf(packageName: string): Channel {
  return msdpOfPackage(packageName) === undefined ? 'gmcp' : 'msdp';
}
