import { added, NONE, type ClientInfo, type Clock, type Json, type Listing } from '../../core/index.ts';
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
  decodeMsdp,
  decodeMssp,
  encodeEnviron,
  encodeGmcp,
  encodeMsdp,
  encodeNegotiation,
  encodeSubnegotiation,
  encodeWindowSize,
  isMccp2Start,
  msdpOfPackage,
  packageOfMsdp,
  type InvalidGmcp,
  type Negotiation,
  type OptionEvent,
  type OptionPolicies,
  type TelnetEvent,
  type WindowSize,
  type Wire,
} from '../../telnet/index.ts';
import type { ClientIntroduction, OutOfBand } from './client-introduction.ts';
import { answerEnviron, changedEnviron, terminalNames, type ClientReport } from './client-report.ts';
import { CHARSETS, GameText, type GameEncoding } from './game-text.ts';

/** What a game may turn on, as a player's client would let it. */
const POLICIES: OptionPolicies = {
  [OPTION.ECHO]: { remote: 'accept' },
  [OPTION.SGA]: { local: 'accept', remote: 'accept' },
  [OPTION.TTYPE]: { local: 'accept' },
  [OPTION.EOR]: { remote: 'accept' },
  [OPTION.NAWS]: { local: 'accept' },
  [OPTION.NEW_ENVIRON]: { local: 'accept' },
  [OPTION.CHARSET]: { local: 'accept', remote: 'accept' },
  [OPTION.MSDP]: { remote: 'accept' },
  [OPTION.MSSP]: { remote: 'accept' },
  [OPTION.GMCP]: { local: 'accept', remote: 'accept' },
};

/** A copyover keeps the socket and negotiates from nothing: so often it is answered. */
const REAFFIRM_LIMIT = 16;
/** From then on it is answered so often again, in ms. */
const REFILL_MS = 60_000;

/** A longer message of the game is left out: with its defaults no session keeps a longer one. */
const GAME_MESSAGE_LIMIT_BYTES = 262_144;

/** Why a message could not be read, behind the name of its package. */
const UNREADABLE: Readonly<Record<InvalidGmcp['reason'], string>> = {
  name: 'has no name',
  json: 'has data that is not JSON',
  depth: 'has data that is nested too deep',
  oversize: `is over ${GAME_MESSAGE_LIMIT_BYTES} bytes`,
};

const NOTHING: Uint8Array = new Uint8Array();

/** What a terminal of unknown size is taken for. */
const USUAL_SIZE = { columns: 80, rows: 24 };

/** What the game says, in its order. */
export type GameEvent =
  /** Lines end in `\n`; the last one may be unfinished. */
  | { readonly kind: 'text'; readonly text: string }
  /** The line that is unfinished is a prompt (GA, EOR). */
  | { readonly kind: 'prompt' }
  /** The game hides (false) or shows what is typed. */
  | { readonly kind: 'echo'; readonly on: boolean }
  /** GMCP, or a variable of MSDP. */
  | { readonly kind: 'gmcp'; readonly package: string; readonly data?: Json }
  /** A message that could not be read, and goes no further. What it said is not told. */
  | { readonly kind: 'unread'; readonly protocol: 'gmcp' | 'msdp'; readonly why: string }
  /** What the game tells of itself to those who list games (MSSP). */
  | { readonly kind: 'listing'; readonly listing: Listing };

/** What comes of bytes of the game. */
export interface Received {
  readonly events: readonly GameEvent[];
  /** To be sent to the game; may be empty. */
  readonly answer: Uint8Array;
  /** The game compresses from here on: what came behind the mark is to be inflated, as all that follows. May be empty. */
  readonly compressed?: Uint8Array;
}

export interface TelnetClientOptions {
  readonly clock: Clock;
  /** The player's client as it is now. */
  readonly client: () => ClientInfo;
  readonly introduction: ClientIntroduction;
  /** Whether the game may compress what it sends. */
  readonly compression: boolean;
  /** How the game encodes text, unless CHARSET settles it. */
  readonly encoding: GameEncoding;
}

/**
 * The client's end of one Telnet connection to a game. Bytes in, events and bytes to answer with out; it knows no
 * socket. Every question is answered at once: some games wait for the answers.
 */
export class TelnetClient {
  readonly #options: TelnetClientOptions;
  readonly #parser = new TelnetParser({ subnegotiationLimitBytes: GAME_MESSAGE_LIMIT_BYTES });
  readonly #negotiator: Negotiator;
  readonly #charset = new CharsetNegotiation('client', Object.keys(CHARSETS));
  readonly #timingMarks = new TimingMarks<never>();
  readonly #text: GameText;
  #terminalTypes: TerminalTypeCycle | undefined;
  #isCompressed = false;
  /** When the negotiator's limits last began anew. */
  #refilledAt: number;
  /** The client as the game knows it by now. */
  readonly #told: { size?: WindowSize; names?: readonly string[]; environ?: ClientReport } = {};
  /** What the bytes that are being parsed come to. */
  #events: GameEvent[] = NONE;
  #answers: Uint8Array[] = NONE;

  constructor(options: TelnetClientOptions) {
    this.#options = options;
    this.#refilledAt = options.clock.now();
    this.#text = new GameText(options.encoding);
    const policies = options.compression
      ? ({ ...POLICIES, [OPTION.MCCP2]: { remote: 'accept' } } as const)
      : POLICIES;
    this.#negotiator = new Negotiator({ policies, reaffirmLimit: REAFFIRM_LIMIT });
  }

  /** Takes bytes of the game, inflated if it compresses. */
  receive(bytes: Uint8Array): Received {
    this.#events = NONE;
    this.#answers = NONE;
    const wasCompressed = this.#isCompressed;
    const read = this.#parser.parse(bytes, this.#parsed);
    const answer = this.#answers.length === 0 ? NOTHING : Buffer.concat(this.#answers);
    const received = { events: this.#events, answer };
    // None may have come yet.
    const begins = this.#isCompressed && !wasCompressed;
    return begins ? { ...received, compressed: bytes.subarray(read) } : received;
  }

  /** What comes from here on is not compressed. The game may begin again. */
  compressionEnded(): void {
    this.#isCompressed = false;
  }

  /** The bytes of one line from the player. */
  line(text: string): Wire {
    return this.#text.encodeLine(text);
  }

  /** The bytes of a message of GMCP or MSDP; none where the game does not speak it. */
  message({ package: name, data }: OutOfBand): Uint8Array {
    const variable = msdpOfPackage(name);
    if (variable !== undefined) {
      if (!this.#negotiator.isEnabled(OPTION.MSDP, 'remote')) return NOTHING;
      return encodeSubnegotiation(OPTION.MSDP, encodeMsdp(variable, data ?? ''));
    }
    const isOn = (['local', 'remote'] as const).some((side) => this.#negotiator.isEnabled(OPTION.GMCP, side));
    if (!isOn) return NOTHING;
    return encodeSubnegotiation(
      OPTION.GMCP,
      encodeGmcp(name, data === undefined ? undefined : JSON.stringify(data)),
    );
  }

  /**
   * The bytes that tell the game what is not as it was told: the size of the window, the terminal, the environment. They
   * are none where it was told nothing, and did not ask.
   */
  changes(): Uint8Array {
    return Buffer.concat([this.#sizeChange(), this.#environChange(), this.#namesChange()]);
  }

  get #report(): ClientReport {
    return { client: this.#options.client(), encoding: this.#text.encoding };
  }

  #sizeChange(): Uint8Array {
    const { size: told } = this.#told;
    const { columns, rows } = this.#options.client();
    const size = columns === undefined || rows === undefined ? told && USUAL_SIZE : { columns, rows };
    if (size === undefined || (size.columns === told?.columns && size.rows === told.rows)) return NOTHING;
    return this.#negotiator.isEnabled(OPTION.NAWS, 'local') ? this.#size(size) : NOTHING;
  }

  #size(size: WindowSize): Uint8Array {
    this.#told.size = size;
    return encodeSubnegotiation(OPTION.NAWS, encodeWindowSize(size));
  }

  /** RFC 1572: variables that change are told unasked. */
  #environChange(): Uint8Array {
    const { environ: told } = this.#told;
    if (told === undefined || !this.#negotiator.isEnabled(OPTION.NEW_ENVIRON, 'local')) return NOTHING;
    const variables = changedEnviron(told, this.#report);
    this.#told.environ = this.#report;
    if (variables.length === 0) return NOTHING;
    return encodeSubnegotiation(OPTION.NEW_ENVIRON, encodeEnviron({ kind: 'info', variables }));
  }

  /**
   * RFC 1091 has no way to say that the terminal is another one now. Turned off and on, the option is asked anew; where the
   * game knows by MNES, that is left alone, for some refuse to turn it on again.
   */
  #namesChange(): Uint8Array {
    const { names: told, environ } = this.#told;
    if (
      told === undefined ||
      environ !== undefined ||
      told.join('\n') === terminalNames(this.#report).join('\n')
    )
      return NOTHING;
    delete this.#told.names;
    const off = this.#negotiator.request(OPTION.TTYPE, 'local', false);
    const on = this.#negotiator.request(OPTION.TTYPE, 'local', true);
    return Buffer.concat([off, on].flatMap((request) => (request ? encodeNegotiation(request) : [])));
  }

  #tell(event: GameEvent): void {
    this.#events = added(this.#events, event);
  }

  #reply(bytes: Uint8Array): void {
    this.#answers = added(this.#answers, bytes);
  }

  /** Made once, and not for each piece. */
  readonly #parsed = (event: TelnetEvent): 'stop' | undefined => {
    switch (event.kind) {
      case 'data':
        this.#tell({ kind: 'text', text: this.#text.decode(event.bytes) });
        break;
      case 'command':
        if (event.command === GA || event.command === EOR) this.#tell({ kind: 'prompt' });
        break;
      case 'negotiate':
        this.#negotiated(event);
        break;
      case 'subnegotiation':
        if (isMccp2Start(event) && this.#mayCompress) {
          this.#isCompressed = true;
          return 'stop';
        }
        this.#subnegotiated(event.option, event.payload);
        break;
      case 'oversize':
        this.#oversize(event.option);
        break;
    }
    return undefined;
  };

  get #mayCompress(): boolean {
    return !this.#isCompressed && this.#negotiator.isEnabled(OPTION.MCCP2, 'remote');
  }

  #negotiated(negotiation: Negotiation): void {
    if (negotiation.option === OPTION.TIMING_MARK) {
      const { send } = this.#timingMarks.receive(negotiation.verb);
      if (send) this.#reply(encodeNegotiation(send));
      return;
    }
    this.#refill();
    const { send, event } = this.#negotiator.receive(negotiation);
    if (send) this.#reply(encodeNegotiation(send));
    if (event) this.#settled(event);
  }

  #refill(): void {
    const now = this.#options.clock.now();
    if (now - this.#refilledAt < REFILL_MS) return;
    this.#refilledAt = now;
    this.#negotiator.refill();
  }

  #settled({ option, enabled }: OptionEvent): void {
    if (option === OPTION.ECHO) this.#tell({ kind: 'echo', on: !enabled });
    if (!enabled) return;
    const { client, introduction } = this.#options;
    switch (option) {
      case OPTION.TTYPE:
        this.#told.names = terminalNames(this.#report);
        this.#terminalTypes = new TerminalTypeCycle(this.#told.names);
        break;
      case OPTION.NAWS:
        // Asked again, it is told again.
        delete this.#told.size;
        this.#reply(this.#sizeChange());
        break;
      case OPTION.GMCP:
        for (const message of introduction.gmcp(client())) this.#reply(this.message(message));
        break;
      case OPTION.MSDP:
        for (const message of introduction.msdp()) this.#reply(this.message(message));
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
      case OPTION.MSDP:
        return this.#msdp(payload);
      case OPTION.MSSP:
        this.#tell({ kind: 'listing', listing: decodeMssp(payload) });
    }
  }

  #answer(option: number, payload: Uint8Array | undefined): void {
    if (payload) this.#reply(encodeSubnegotiation(option, payload));
  }

  #environ(payload: Uint8Array): Uint8Array | undefined {
    const message = decodeEnviron(payload);
    if (message?.kind !== 'send' || !this.#negotiator.isEnabled(OPTION.NEW_ENVIRON, 'local'))
      return undefined;
    this.#told.environ = this.#report;
    return encodeEnviron({ kind: 'is', variables: answerEnviron(this.#report, message.requests) });
  }

  #agree(charset: string): void {
    const text = this.#text.change(CHARSETS[charset.toUpperCase()] ?? this.#text.encoding);
    this.#tell({ kind: 'text', text });
  }

  #gmcp(payload: Uint8Array): void {
    const message = decodeGmcp(payload, { payloadLimitBytes: GAME_MESSAGE_LIMIT_BYTES });
    const { package: name = 'a message' } = message;
    if (message.kind === 'invalid') {
      return this.#tell({ kind: 'unread', protocol: 'gmcp', why: `${name} ${UNREADABLE[message.reason]}` });
    }
    const { data } = message;
    this.#tell({ kind: 'gmcp', package: name, ...(isJson(data) ? { data } : {}) });
  }

  #msdp(payload: Uint8Array): void {
    const variables = decodeMsdp(payload);
    if (variables === undefined) {
      return this.#tell({
        kind: 'unread',
        protocol: 'msdp',
        why: 'a message is cut short, or nested too deep',
      });
    }
    for (const { name, value } of variables) {
      this.#tell({ kind: 'gmcp', package: packageOfMsdp(name), data: value });
    }
  }

  #oversize(option: number): void {
    const protocol = option === OPTION.GMCP ? 'gmcp' : option === OPTION.MSDP ? 'msdp' : undefined;
    if (protocol) this.#tell({ kind: 'unread', protocol, why: `a message ${UNREADABLE.oversize}` });
  }
}

/** Of what was parsed from JSON. */
function isJson(data: unknown): data is Json {
  return data !== undefined;
}
