import type { Json, Listing } from '../../core/index.ts';
import {
  AYT,
  CharsetNegotiation,
  EC,
  EL,
  encodeCommand,
  encodeGmcp,
  encodeNegotiation,
  encodeSubnegotiation,
  EOR,
  GA,
  LineAssembler,
  MTTS,
  NOP,
  Negotiator,
  OPTION,
  TelnetParser,
  TerminalTypeQuery,
  EnvironQuery,
  MCCP2_START,
  TimingMarks,
  decodeGmcp,
  decodeMsdp,
  decodeWindowSize,
  encodeMsdp,
  encodeMssp,
  type EnvironReport,
  type GmcpMessage,
  type MsdpVariable,
  type Negotiation,
  type OptionEvent,
  type OptionPolicies,
  type TelnetEvent,
  type Wire,
} from '../../telnet/index.ts';
import { CHARSET_NAMES, type Charset } from './charset.ts';
import { ClientText } from './client-text.ts';

/** What a game server offers to players' clients. */
const POLICIES: OptionPolicies = {
  [OPTION.ECHO]: { local: 'announce' },
  [OPTION.SGA]: { local: 'accept', remote: 'accept' },
  [OPTION.TTYPE]: { remote: 'offer' },
  [OPTION.EOR]: { local: 'offer' },
  [OPTION.NAWS]: { remote: 'offer' },
  [OPTION.NEW_ENVIRON]: { remote: 'offer' },
  [OPTION.CHARSET]: { local: 'offer', remote: 'accept' },
  [OPTION.MSDP]: { local: 'offer' },
  [OPTION.MSSP]: { local: 'offer' },
  [OPTION.GMCP]: { local: 'offer' },
};
const COMPRESSIBLE: OptionPolicies = { ...POLICIES, [OPTION.MCCP2]: { local: 'offer' } };

/** Where the client that asks for MSSP, and has none of these, is a program that lists games. */
const PLAYERS_OPTIONS = Object.keys(COMPRESSIBLE)
  .map(Number)
  .filter((option) => option !== OPTION.MSSP);

/** What carries messages out of band. */
export type Channel = 'gmcp' | 'msdp';

const CHANNELS: ReadonlyMap<number, Channel> = new Map<number, Channel>([
  [OPTION.GMCP, 'gmcp'],
  [OPTION.MSDP, 'msdp'],
]);

/**
 * Bits of MTTS that a game is to know. UTF-8 and the screen reader have fields of their own; the others are about the
 * connection, which is ours, or about keys that would not come through.
 */
const TERMINAL_BITS = MTTS.ANSI | MTTS.VT100 | MTTS.COLORS_256 | MTTS.OSC_COLOR_PALETTE | MTTS.TRUECOLOR;

export interface TerminalSize {
  readonly columns: number;
  readonly rows: number;
}

export type TerminalEvent =
  | { readonly kind: 'line'; readonly text: string }
  | { readonly kind: 'overlong' }
  | { readonly kind: 'gmcp'; readonly message: GmcpMessage }
  | { readonly kind: 'msdp'; readonly variable: MsdpVariable }
  /** The client has taken our offer, which is made once: not told of one that refused it and asks later, perhaps again and again. */
  | { readonly kind: 'channel'; readonly channel: Channel }
  /** A message of GMCP or MSDP was too long, or could not be read. Told once: a client's script repeats itself. */
  | { readonly kind: 'unread' }
  /** What the client tells of its environment has come, or has changed. */
  | { readonly kind: 'environ' }
  /** The facts have changed, and nothing more is asked for now. */
  | { readonly kind: 'described' }
  /** Every offer has been answered. Told once. */
  | { readonly kind: 'settled' };

/** What the client said of itself. */
export interface TerminalFacts {
  readonly name?: string;
  readonly version?: string;
  readonly terminal?: string;
  /** Absent while it has not said what it can do. */
  readonly screenReader?: boolean;
  /** Of its MTTS what is about what its terminal can show. */
  readonly mtts?: number;
  readonly charset: Charset;
  readonly size?: TerminalSize;
}

export interface TerminalOptions {
  readonly lineLimitBytes: number;
  /** For a client that does not say what it reads. */
  readonly charset: Charset;
  readonly write: (data: Wire) => void;
  /** What is written from here on is to be compressed (true), or not any more. Absent: compression is not offered. */
  readonly compress: ((on: boolean) => void) | undefined;
  /** What is told to a program that lists games. */
  readonly listing: () => Listing;
  readonly event: (event: TerminalEvent) => void;
}

/** A player's Telnet client (RFC 854): bytes on one side; lines, text and options on the other. */
export class Terminal {
  readonly #options: TerminalOptions;
  readonly #write: (data: Wire) => void;
  readonly #event: (event: TerminalEvent) => void;
  readonly #parser = new TelnetParser();
  readonly #negotiator: Negotiator;
  readonly #lines: LineAssembler;
  readonly #types = new TerminalTypeQuery();
  readonly #environ = new EnvironQuery();
  readonly #charset = new CharsetNegotiation('server', CHARSET_NAMES);
  readonly #text: ClientText;
  /** What CHARSET has settled. */
  #agreed: string | undefined;
  readonly #marks = new TimingMarks<() => void>();
  #size: TerminalSize | undefined;
  #settled = false;
  #isUnreadTold = false;

  constructor(options: TerminalOptions) {
    this.#options = options;
    this.#write = options.write;
    this.#event = options.event;
    this.#negotiator = new Negotiator({ policies: options.compress ? COMPRESSIBLE : POLICIES });
    this.#text = new ClientText(options.charset);
    this.#lines = new LineAssembler({ lineLimitBytes: options.lineLimitBytes, coding: this.#text.coding });
  }

  /** Makes all offers. */
  start(): void {
    for (const offer of this.#negotiator.start()) this.#negotiate(offer);
  }

  receive(chunk: Uint8Array): void {
    this.#parser.parse(chunk, this.#parsed);
  }

  get facts(): TerminalFacts {
    const types = this.#types.report;
    const environ = this.#environ.report;
    const name = types.clientName ?? environ.clientName;
    const version = environ.clientVersion;
    const terminal = types.terminal ?? environ.terminal;
    const mtts = types.mtts ?? environ.mtts;
    return {
      ...(name === undefined ? {} : { name }),
      ...(version === undefined ? {} : { version }),
      ...(terminal === undefined ? {} : { terminal }),
      ...(this.#size === undefined ? {} : { size: this.#size }),
      charset: this.#text.charset,
      ...(mtts === undefined
        ? {}
        : { screenReader: (mtts & MTTS.SCREEN_READER) !== 0, mtts: mtts & TERMINAL_BITS }),
    };
  }

  /** What the client told of its environment: a token, perhaps. */
  get environ(): EnvironReport {
    return this.#environ.report;
  }

  /** Asked for MSSP and agreed to nothing else: it will read the answer and leave. */
  get isCrawler(): boolean {
    const isOn = (option: number): boolean =>
      this.#negotiator.isEnabled(option, 'local') || this.#negotiator.isEnabled(option, 'remote');
    return isOn(OPTION.MSSP) && !PLAYERS_OPTIONS.some(isOn);
  }

  get speaksGmcp(): boolean {
    return this.#negotiator.isEnabled(OPTION.GMCP, 'local');
  }

  /** Text for the screen: `\n` ends a line. */
  text(text: string): void {
    this.#write(this.#text.encode(text));
  }

  /** Marks the end of a prompt, in the way that this client knows, if any (RFC 885, RFC 854). */
  promptEnd(): void {
    if (this.#negotiator.isEnabled(OPTION.EOR, 'local')) this.#write(encodeCommand(EOR));
    else if (!this.#negotiator.isEnabled(OPTION.SGA, 'local')) this.#write(encodeCommand(GA));
  }

  /** Whether the client shows what is typed: off while the game wants a password (RFC 857). */
  echo(on: boolean): void {
    const negotiation = this.#negotiator.request(OPTION.ECHO, 'local', !on);
    if (negotiation) this.#negotiate(negotiation);
  }

  gmcp(packageName: string, json?: string): void {
    if (!this.speaksGmcp) return;
    this.#write(encodeSubnegotiation(OPTION.GMCP, encodeGmcp(packageName, json)));
  }

  msdp(name: string, value: Json): void {
    if (!this.#negotiator.isEnabled(OPTION.MSDP, 'local')) return;
    this.#write(encodeSubnegotiation(OPTION.MSDP, encodeMsdp(name, value)));
  }

  /**
   * Calls back when the client has processed all that was written so far (RFC 860). Some never answer: keep count of those
   * that are out. False where too many are, and then no mark was set.
   */
  mark(passed: () => void): boolean {
    const mark = this.#marks.mark(passed);
    if (mark) this.#negotiate(mark);
    return mark !== undefined;
  }

  /** A sign of life that no client shows, for whatever is in between. */
  keepAlive(): void {
    this.#write(encodeCommand(NOP));
  }

  #negotiate(negotiation: Negotiation): void {
    this.#write(encodeNegotiation(negotiation));
  }

  /** Made once, and not for each piece. */
  readonly #parsed = (event: TelnetEvent): undefined => {
    switch (event.kind) {
      case 'data':
        this.#lines.push(event.bytes, this.#event);
        break;
      case 'command':
        this.#command(event.command);
        break;
      case 'negotiate':
        this.#negotiated(event);
        break;
      case 'subnegotiation':
        this.#subnegotiated(event.option, event.payload);
        break;
      case 'oversize':
        if (event.option === OPTION.GMCP || event.option === OPTION.MSDP) this.#unread();
        break;
    }
  };

  #command(command: number): void {
    if (command === AYT) this.text('[Yes]\n');
    else if (command === EC) this.#lines.eraseCharacter();
    else if (command === EL) this.#lines.eraseLine();
  }

  #negotiated(negotiation: Negotiation): void {
    if (negotiation.option === OPTION.TIMING_MARK) {
      const { send: answer, passed } = this.#marks.receive(negotiation.verb);
      if (answer) this.#negotiate(answer);
      return passed?.();
    }
    const { send, event } = this.#negotiator.receive(negotiation);
    if (send) this.#negotiate(send);
    if (event) this.#optionChanged(event);
    this.#settle();
  }

  #optionChanged({ option, side, enabled, cause }: OptionEvent): void {
    if (cause === 'repeat') return;
    if (option === OPTION.MCCP2 && side === 'local') this.#compress(enabled);
    if (!enabled) return;
    if (option === OPTION.TTYPE && side === 'remote') {
      this.#write(encodeSubnegotiation(OPTION.TTYPE, this.#types.start()));
    }
    if (option === OPTION.NEW_ENVIRON && side === 'remote') {
      this.#write(encodeSubnegotiation(OPTION.NEW_ENVIRON, this.#environ.start()));
    }
    if (option === OPTION.CHARSET && side === 'local') {
      this.#write(encodeSubnegotiation(OPTION.CHARSET, this.#charset.request()));
    }
    if (option === OPTION.MSSP && side === 'local') {
      this.#write(encodeSubnegotiation(OPTION.MSSP, encodeMssp(this.#options.listing())));
    }
    const channel = CHANNELS.get(option);
    if (channel !== undefined && side === 'local' && cause === 'answer') {
      this.#event({ kind: 'channel', channel });
    }
  }

  #compress(on: boolean): void {
    if (on) this.#write(MCCP2_START);
    this.#options.compress?.(on);
  }

  #subnegotiated(option: number, payload: Uint8Array): void {
    switch (option) {
      case OPTION.NAWS: {
        const size = decodeWindowSize(payload);
        // Zero says that the client does not know (RFC 1073).
        if (!size?.columns || !size.rows) return;
        this.#size = size;
        // Also of a client that owes us an answer for ever.
        return this.#event({ kind: 'described' });
      }
      case OPTION.TTYPE: {
        const question = this.#types.receive(payload);
        this.#learn();
        if (question) this.#write(encodeSubnegotiation(OPTION.TTYPE, question));
        this.#described();
        return this.#settle();
      }
      case OPTION.NEW_ENVIRON: {
        if (this.#environ.receive(payload)) {
          this.#learn();
          this.#event({ kind: 'environ' });
          this.#described();
        }
        return this.#settle();
      }
      case OPTION.CHARSET: {
        const { send, agreed } = this.#charset.receive(payload);
        if (send) this.#write(encodeSubnegotiation(OPTION.CHARSET, send));
        if (agreed === undefined) return;
        this.#agreed = agreed;
        this.#learn();
        return this.#described();
      }
      case OPTION.GMCP: {
        const message = decodeGmcp(payload);
        return message.kind === 'message' ? this.#event({ kind: 'gmcp', message }) : this.#unread();
      }
      case OPTION.MSDP: {
        const variables = decodeMsdp(payload);
        if (variables === undefined) return this.#unread();
        for (const variable of variables) this.#event({ kind: 'msdp', variable });
      }
    }
  }

  #unread(): void {
    if (this.#isUnreadTold) return;
    this.#isUnreadTold = true;
    this.#event({ kind: 'unread' });
  }

  /** How the client reads text may have changed, and it types as it reads. */
  #learn(): void {
    const { charset: told, mtts: toldMtts, terminal: toldTerminal } = this.#environ.report;
    const { mtts = toldMtts, terminal = toldTerminal } = this.#types.report;
    this.#text.learn({ agreed: this.#agreed, told, mtts, terminal });
    this.#lines.setCoding(this.#text.coding);
  }

  /** Once for all answers to a question, so that nobody is told half of them. */
  #described(): void {
    if (!this.#isAsking) this.#event({ kind: 'described' });
  }

  get #isAsking(): boolean {
    return this.#types.isAsking || this.#environ.isAsking;
  }

  #settle(): void {
    // MSSP is nothing for players, and their clients (TinTin++) may say nothing to it.
    const isOpen = this.#negotiator.unsettled.some((option) => option !== OPTION.MSSP);
    if (this.#settled || this.#isAsking || isOpen) return;
    this.#settled = true;
    this.#event({ kind: 'settled' });
  }
}
