import type { ClientInfo, Json } from '../../core/index.ts';
import {
  CharsetNegotiation,
  EOR,
  GA,
  Negotiator,
  OPTION,
  TelnetParser,
  TerminalTypeCycle,
  TimingMarks,
  decodeEnviron,
  decodeGmcp,
  encodeEnviron,
  encodeGmcp,
  encodeNegotiation,
  encodeSubnegotiation,
  encodeWindowSize,
  escapeIac,
  type Negotiation,
  type OptionEvent,
  type OptionPolicies,
  type TelnetEvent,
} from '../../telnet/index.ts';
import { answerEnviron, terminalNames, type ClientReport } from './client-report.ts';
import { CHARSETS, GameText, type GameEncoding } from './game-text.ts';
import type { GmcpContent, GmcpIntroduction } from './gmcp-introduction.ts';

/** What a game may turn on, as a player's client would let it. MCCP2, MSDP and MSSP will stand here too. */
const POLICIES: OptionPolicies = {
  [OPTION.ECHO]: { remote: 'accept' },
  [OPTION.SGA]: { local: 'accept', remote: 'accept' },
  [OPTION.TTYPE]: { local: 'accept' },
  [OPTION.EOR]: { remote: 'accept' },
  [OPTION.NAWS]: { local: 'accept' },
  [OPTION.NEW_ENVIRON]: { local: 'accept' },
  [OPTION.CHARSET]: { local: 'accept', remote: 'accept' },
  [OPTION.GMCP]: { local: 'accept', remote: 'accept' },
};

/** A copyover keeps the socket and negotiates from nothing: so often it is answered. */
const REAFFIRM_LIMIT = 16;

const NOTHING: Uint8Array = new Uint8Array();

/** What the game says, in its order. */
export type GameEvent =
  /** Lines end in `\n`; the last one may be unfinished. */
  | { readonly kind: 'text'; readonly text: string }
  /** The line that is unfinished is a prompt (GA, EOR). */
  | { readonly kind: 'prompt' }
  /** The game hides (false) or shows what is typed. */
  | { readonly kind: 'echo'; readonly on: boolean }
  | { readonly kind: 'gmcp'; readonly package: string; readonly data?: Json };

export interface TelnetClientOptions {
  /** The player's client as it is now. */
  readonly client: () => ClientInfo;
  readonly introduction: GmcpIntroduction;
  /** How the game encodes text, unless CHARSET settles it. */
  readonly encoding: GameEncoding;
}

/**
 * The client's end of one Telnet connection to a game. Bytes in, events and bytes to answer with out; it knows no
 * socket. Every question is answered at once: some games wait for the answers.
 */
export class TelnetClient {
  readonly #options: TelnetClientOptions;
  readonly #parser = new TelnetParser();
  readonly #negotiator = new Negotiator({ policies: POLICIES, reaffirmLimit: REAFFIRM_LIMIT });
  readonly #charset = new CharsetNegotiation('client', Object.keys(CHARSETS));
  readonly #timingMarks = new TimingMarks<never>();
  readonly #text: GameText;
  #terminalTypes: TerminalTypeCycle | undefined;
  /** What the bytes that are being parsed come to. */
  #events: GameEvent[] = [];
  #answers: Uint8Array[] = [];

  constructor(options: TelnetClientOptions) {
    this.#options = options;
    this.#text = new GameText(options.encoding);
  }

  /** Takes bytes of the game. `answer` has to be sent to it, and may be empty. */
  receive(bytes: Uint8Array): { readonly events: readonly GameEvent[]; readonly answer: Uint8Array } {
    this.#events = [];
    this.#answers = [];
    this.#parser.parse(bytes, (event) => this.#parsed(event));
    return { events: this.#events, answer: Buffer.concat(this.#answers) };
  }

  /** The bytes of one line from the player. */
  line(text: string): Uint8Array {
    return escapeIac(this.#text.encodeLine(text));
  }

  /** The bytes of a GMCP message; none where the game does not speak it. */
  gmcp({ package: name, data }: GmcpContent): Uint8Array {
    const isOn = (['local', 'remote'] as const).some((side) => this.#negotiator.isEnabled(OPTION.GMCP, side));
    if (!isOn) return NOTHING;
    return encodeSubnegotiation(
      OPTION.GMCP,
      encodeGmcp(name, data === undefined ? undefined : JSON.stringify(data)),
    );
  }

  /** The bytes that tell the size of the player's window; none where it is not known, or not wanted. */
  windowSize(): Uint8Array {
    const { columns, rows } = this.#options.client();
    if (columns === undefined || rows === undefined) return NOTHING;
    if (!this.#negotiator.isEnabled(OPTION.NAWS, 'local')) return NOTHING;
    return encodeSubnegotiation(OPTION.NAWS, encodeWindowSize({ columns, rows }));
  }

  get #report(): ClientReport {
    return { client: this.#options.client(), encoding: this.#text.encoding };
  }

  #parsed(event: TelnetEvent): undefined {
    switch (event.kind) {
      case 'data':
        this.#events.push({ kind: 'text', text: this.#text.decode(event.bytes) });
        break;
      case 'command':
        if (event.command === GA || event.command === EOR) this.#events.push({ kind: 'prompt' });
        break;
      case 'negotiate':
        this.#negotiated(event);
        break;
      case 'subnegotiation':
        this.#subnegotiated(event.option, event.payload);
        break;
      case 'oversize':
        break;
    }
  }

  #negotiated(negotiation: Negotiation): void {
    if (negotiation.option === OPTION.TIMING_MARK) {
      const { send } = this.#timingMarks.receive(negotiation.verb);
      if (send) this.#answers.push(encodeNegotiation(send));
      return;
    }
    const { send, event } = this.#negotiator.receive(negotiation);
    if (send) this.#answers.push(encodeNegotiation(send));
    if (event) this.#settled(event);
  }

  #settled({ option, enabled }: OptionEvent): void {
    if (option === OPTION.ECHO) this.#events.push({ kind: 'echo', on: !enabled });
    if (!enabled) return;
    if (option === OPTION.TTYPE) this.#terminalTypes = new TerminalTypeCycle(terminalNames(this.#report));
    if (option === OPTION.NAWS) this.#answers.push(this.windowSize());
    if (option === OPTION.GMCP) {
      const { client, introduction } = this.#options;
      this.#answers.push(...introduction.messages(client()).map((message) => this.gmcp(message)));
    }
  }

  #subnegotiated(option: number, payload: Uint8Array): void {
    switch (option) {
      case OPTION.TTYPE:
        return this.#answer(option, this.#terminalTypes?.receive(payload));
      case OPTION.NEW_ENVIRON:
        return this.#answer(option, this.#environ(payload));
      case OPTION.CHARSET: {
        const { send, agreed } = this.#charset.receive(payload);
        if (agreed !== undefined) this.#agree(agreed);
        return this.#answer(option, send);
      }
      case OPTION.GMCP:
        return this.#gmcp(payload);
    }
  }

  #answer(option: number, payload: Uint8Array | undefined): void {
    if (payload) this.#answers.push(encodeSubnegotiation(option, payload));
  }

  #environ(payload: Uint8Array): Uint8Array | undefined {
    const message = decodeEnviron(payload);
    if (message?.kind !== 'send' || !this.#negotiator.isEnabled(OPTION.NEW_ENVIRON, 'local'))
      return undefined;
    return encodeEnviron({ kind: 'is', variables: answerEnviron(this.#report, message.requests) });
  }

  #agree(charset: string): void {
    const text = this.#text.change(CHARSETS[charset.toUpperCase()] ?? this.#text.encoding);
    this.#events.push({ kind: 'text', text });
  }

  #gmcp(payload: Uint8Array): void {
    const message = decodeGmcp(payload);
    if (message.kind === 'invalid') return;
    const { package: name, data } = message;
    this.#events.push({ kind: 'gmcp', package: name, ...(isJson(data) ? { data } : {}) });
  }
}

/** Of what was parsed from JSON. */
function isJson(data: unknown): data is Json {
  return data !== undefined;
}
