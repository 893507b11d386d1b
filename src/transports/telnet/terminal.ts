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
  escapeIac,
  GA,
  LineAssembler,
  MTTS,
  Negotiator,
  OPTION,
  TelnetParser,
  TerminalTypeQuery,
  decodeGmcp,
  decodeWindowSize,
  utf8,
  type GmcpMessage,
  type Negotiation,
  type OptionEvent,
  type OptionPolicies,
  type TelnetEvent,
} from '../../telnet/index.ts';

/** What a game server offers to players' clients. */
const POLICIES: OptionPolicies = {
  [OPTION.ECHO]: { local: 'announce' },
  [OPTION.SGA]: { local: 'accept', remote: 'accept' },
  [OPTION.TTYPE]: { remote: 'offer' },
  [OPTION.EOR]: { local: 'offer' },
  [OPTION.NAWS]: { remote: 'offer' },
  [OPTION.CHARSET]: { local: 'offer', remote: 'accept' },
  [OPTION.GMCP]: { local: 'offer' },
};

export interface TerminalSize {
  readonly columns: number;
  readonly rows: number;
}

export type TerminalEvent =
  | { readonly kind: 'line'; readonly text: string }
  | { readonly kind: 'overlong' }
  | { readonly kind: 'gmcp'; readonly message: GmcpMessage }
  | { readonly kind: 'resized'; readonly size: TerminalSize }
  /** Every offer has been answered. Told once. */
  | { readonly kind: 'settled' };

/** What the client said of itself. */
export interface TerminalFacts {
  readonly name?: string;
  readonly terminal?: string;
  readonly screenReader: boolean;
  readonly size?: TerminalSize;
}

export interface TerminalOptions {
  readonly lineLimitBytes: number;
  readonly write: (bytes: Uint8Array) => void;
  readonly event: (event: TerminalEvent) => void;
}

/** A player's Telnet client (RFC 854): bytes on one side; lines, text and options on the other. */
export class Terminal {
  readonly #write: (bytes: Uint8Array) => void;
  readonly #event: (event: TerminalEvent) => void;
  readonly #parser = new TelnetParser();
  readonly #negotiator = new Negotiator({ policies: POLICIES });
  readonly #lines: LineAssembler;
  readonly #types = new TerminalTypeQuery();
  readonly #charset = new CharsetNegotiation('server', ['UTF-8']);
  #size: TerminalSize | undefined;
  #settled = false;

  constructor({ lineLimitBytes, write, event }: TerminalOptions) {
    this.#write = write;
    this.#event = event;
    this.#lines = new LineAssembler({ lineLimitBytes });
  }

  /** Makes all offers. */
  start(): void {
    for (const offer of this.#negotiator.start()) this.#negotiate(offer);
  }

  receive(chunk: Uint8Array): void {
    this.#parser.parse(chunk, (event) => this.#parsed(event));
  }

  get facts(): TerminalFacts {
    const { clientName, terminal, mtts = 0 } = this.#types.report;
    return {
      ...(clientName === undefined ? {} : { name: clientName }),
      ...(terminal === undefined ? {} : { terminal }),
      ...(this.#size === undefined ? {} : { size: this.#size }),
      screenReader: (mtts & MTTS.SCREEN_READER) !== 0,
    };
  }

  get speaksGmcp(): boolean {
    return this.#negotiator.isEnabled(OPTION.GMCP, 'local');
  }

  /** Text for the screen: `\n` ends a line. */
  text(text: string): void {
    this.#write(escapeIac(utf8.encode(text.replace(/\r?\n/g, '\r\n'))));
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

  #negotiate(negotiation: Negotiation): void {
    this.#write(encodeNegotiation(negotiation));
  }

  #parsed(event: TelnetEvent): undefined {
    switch (event.kind) {
      case 'data':
        this.#lines.push(event.bytes, (line) => this.#event(line));
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
        break;
    }
  }

  #command(command: number): void {
    if (command === AYT) this.text('[Yes]\n');
    else if (command === EC) this.#lines.eraseCharacter();
    else if (command === EL) this.#lines.eraseLine();
  }

  #negotiated(negotiation: Negotiation): void {
    const { send, event } = this.#negotiator.receive(negotiation);
    if (send) this.#negotiate(send);
    if (event) this.#optionChanged(event);
    this.#settle();
  }

  #optionChanged({ option, side, enabled, cause }: OptionEvent): void {
    if (!enabled || cause === 'repeat') return;
    if (option === OPTION.TTYPE && side === 'remote') {
      this.#write(encodeSubnegotiation(OPTION.TTYPE, this.#types.start()));
    }
    if (option === OPTION.CHARSET && side === 'local') {
      this.#write(encodeSubnegotiation(OPTION.CHARSET, this.#charset.request()));
    }
  }

  #subnegotiated(option: number, payload: Uint8Array): void {
    switch (option) {
      case OPTION.NAWS: {
        const size = decodeWindowSize(payload);
        // Zero says that the client does not know (RFC 1073).
        if (!size?.columns || !size.rows) return;
        this.#size = size;
        return this.#event({ kind: 'resized', size });
      }
      case OPTION.TTYPE: {
        const question = this.#types.receive(payload);
        if (question) this.#write(encodeSubnegotiation(OPTION.TTYPE, question));
        return this.#settle();
      }
      case OPTION.CHARSET: {
        const { send } = this.#charset.receive(payload);
        if (send) this.#write(encodeSubnegotiation(OPTION.CHARSET, send));
        return;
      }
      case OPTION.GMCP: {
        const message = decodeGmcp(payload);
        if (message.kind === 'message') this.#event({ kind: 'gmcp', message });
      }
    }
  }

  #settle(): void {
    if (this.#settled || !this.#negotiator.isSettled || this.#types.isAsking) return;
    this.#settled = true;
    this.#event({ kind: 'settled' });
  }
}
