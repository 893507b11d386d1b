import type { ClientInfo, Json, PackageState, SessionState } from '../../core/index.ts';
import type {
  ClientFrame,
  Conversation,
  Converse,
  HelloFrame,
  Link,
  PlayerTraits,
  ServerFrame,
} from '../../protocol/index.ts';

/** What a player sends: a line, or a GMCP message. Numbered when it is sent. */
export type Input =
  | { readonly type: 'command'; readonly text: string }
  | { readonly type: 'gmcp'; readonly package: string; readonly data?: Json };

export type TalkFrame = Exclude<ServerFrame, { type: 'accepted' }>;

export interface TalkOptions {
  readonly converse: Converse;
  readonly client: () => ClientInfo;
  /** Fewer inputs are unaccepted. */
  readonly accepted: () => void;
  /** Any other frame. */
  readonly frame: (talk: Talk, frame: TalkFrame) => void;
  readonly end: (talk: Talk) => void;
}

/** One conversation with the gateway, begun on behalf of a player who does not speak its protocol. */
export class Talk implements Link {
  /** A Telnet client cannot say that it stored a token: the token's use confirms it. */
  readonly traits: PlayerTraits = { confirms: false };
  readonly #options: TalkOptions;
  #conversation: Conversation | undefined;
  #state: SessionState | undefined;
  #nextSeq = 1;
  #accepted = 0;
  #isOver = false;
  /** The session began with this talk, and the player has not used it. */
  #isUnused = false;

  constructor(options: TalkOptions) {
    this.#options = options;
  }

  get client(): ClientInfo {
    return this.#options.client();
  }

  /** A session is there. */
  get isOpen(): boolean {
    return this.#state !== undefined && !this.#isOver;
  }

  get isPlaying(): boolean {
    return this.isOpen && this.#state === 'playing';
  }

  /** The session's account, where its world named one. */
  get account(): string | undefined {
    return this.#conversation?.account;
  }

  /** The last value of each state package. */
  get states(): readonly PackageState[] {
    return this.#conversation?.states ?? [];
  }

  /** Inputs that the gateway has not accepted yet. */
  get unaccepted(): number {
    return this.#nextSeq - 1 - this.#accepted;
  }

  /** Begins the conversation. The gateway may answer, and end it, before this returns. */
  hello(hello: HelloFrame): void {
    this.#conversation = this.#options.converse(this);
    this.#conversation.receive(hello);
  }

  /** Sends a frame, if there is a session that it can be about. */
  say(frame: ClientFrame): void {
    if (frame.type === 'command' || frame.type === 'link') this.#isUnused = false;
    if (this.isOpen) this.#conversation?.receive(frame);
  }

  input(input: Input): void {
    const seq = this.#nextSeq;
    this.#nextSeq += 1;
    // Behind the number: a property that is new behind what was spread takes thirty times as long.
    this.say({ seq, ...input });
  }

  /** More is known of the client. */
  described(): void {
    this.#conversation?.described();
  }

  flushed(offset: number): void {
    this.#conversation?.flushed(offset);
  }

  /** The player's client gives no sign of life. */
  silent(): void {
    if (!this.#isOver) this.#conversation?.fail('idle_timeout');
  }

  /** The player has another session. One that was opened meanwhile, and not used, would stay behind as a body without a mind. */
  giveWay(): void {
    if (this.#isUnused) this.say({ type: 'quit' });
    this.gone();
  }

  gone(): void {
    // A conversation that has ended by itself knows why.
    if (this.#isOver) return;
    this.#isOver = true;
    this.#conversation?.gone();
  }

  send(frame: ServerFrame): void {
    if (frame.type === 'accepted') {
      this.#accepted = frame.seq;
      return this.#options.accepted();
    }
    if (frame.type === 'resumed') {
      this.#accepted = frame.accepted;
      this.#nextSeq = frame.accepted + 1;
    }
    if (frame.type === 'welcome') this.#isUnused = true;
    if (frame.type === 'welcome' || frame.type === 'resumed' || frame.type === 'state') {
      this.#state = frame.state;
    }
    this.#options.frame(this, frame);
  }

  end(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#options.end(this);
  }
}
