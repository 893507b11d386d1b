import { ReconnectionToken, type Json } from '../../core/index.ts';
import type { NewToken, ResumedFrame, ServerFrame } from '../../protocol/index.ts';
import type { CharLogin } from './char-login.ts';
import { msdpOfPackage } from '../../telnet/index.ts';
import { notices } from './notices.ts';
import type { Screen } from './screen.ts';
import type { Terminal } from './terminal.ts';
import { tokenLine } from './token-line.ts';

export interface FrameViewOptions {
  readonly terminal: Terminal;
  readonly screen: Screen;
  readonly charLogin: CharLogin;
  /** The account that the session is of, where its world named one. */
  readonly account: () => string | undefined;
  /** Whether the client speaks the GMCP package `Session`. */
  readonly speaksSession: () => boolean;
  /** Whether a token is shown as a line to a client that does not. */
  readonly showsTokenLine: boolean;
}

/** Shows frames of the gateway to a player by Telnet. */
export class FrameView {
  readonly #terminal: Terminal;
  readonly #screen: Screen;
  readonly #charLogin: CharLogin;
  readonly #account: () => string | undefined;
  readonly #speaksSession: () => boolean;
  readonly #showsTokenLine: boolean;
  #missedSome = false;

  constructor(options: FrameViewOptions) {
    this.#terminal = options.terminal;
    this.#screen = options.screen;
    this.#charLogin = options.charLogin;
    this.#account = options.account;
    this.#speaksSession = options.speaksSession;
    this.#showsTokenLine = options.showsTokenLine;
  }

  show(frame: ServerFrame): void {
    switch (frame.type) {
      case 'welcome':
        return this.#terminal.echo(frame.echo);
      case 'resumed':
        return this.#resumed(frame);
      case 'output':
        return this.#screen.text(frame.text, frame.prompt === true);
      case 'echo':
        return this.#terminal.echo(frame.on);
      case 'gmcp':
        return this.#fromGame(frame.package, frame.data);
      case 'dropped':
        return this.#screen.notice(notices.dropped(frame));
      case 'gap':
        if (this.#speaksSession()) this.#gmcp('Session.Gap', { bytes: frame.bytes, reason: frame.reason });
        return this.#screen.notice(notices.gap(frame));
      case 'caught_up':
        if (this.#missedSome) this.#screen.notice(notices.caughtUp);
        if (frame.prompt !== undefined) this.#screen.text(frame.prompt, true);
        return;
      case 'token':
        if (frame.value !== undefined) this.#token({ ...frame, value: frame.value }, frame.link === true);
        return;
      case 'error':
        return this.#screen.notice(notices.error(frame));
      case 'bye':
        return this.#screen.notice(notices.bye(frame));
      // The world itself says what became of it.
      case 'state':
      case 'accepted':
      case 'pong':
        return;
    }
  }

  #resumed(frame: ResumedFrame): void {
    const { away_ms, held, output, token, echo } = frame;
    this.#missedSome = output.to >= output.from;
    if (this.#speaksSession()) this.#gmcp('Session.Resumed', { away_ms, held });
    this.#screen.notice(notices.welcomeBack(frame));
    this.#token(token, false);
    this.#terminal.echo(echo);
  }

  #token({ value, id, expires_at }: NewToken, isLink: boolean): void {
    const compact = ReconnectionToken.decode(value)?.encodeCompact();
    if (compact === undefined) return;
    const keeps = !isLink && this.#charLogin.keepsTokens;
    // Each package that the client speaks has the newest: an old one that it showed later would look stolen.
    if (keeps) this.#charLogin.give(compact, this.#account());
    if (this.#speaksSession()) {
      return this.#gmcp('Session.Token', { token: value, id, expires_at, ...(isLink ? { link: true } : {}) });
    }
    if (keeps || !(this.#showsTokenLine || isLink)) return;
    const sentence = isLink ? notices.linkToken : notices.token;
    this.#screen.notice(`${sentence}\n${tokenLine(compact)}`);
  }

  /** Messages of the package `Session` are the gateway's own: no game can forge a token. */
  #fromGame(packageName: string, data: Json | undefined): void {
    const variable = msdpOfPackage(packageName);
    if (variable !== undefined) return this.#terminal.msdp(variable, data ?? '');
    if (/^session\b/i.test(packageName) || this.#charLogin.fromGame(packageName, data)) return;
    this.#gmcp(packageName, data);
  }

  #gmcp(packageName: string, data: unknown): void {
    this.#terminal.gmcp(packageName, data === undefined ? undefined : JSON.stringify(data));
  }
}
