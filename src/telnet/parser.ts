import { BoundedBytes } from './bounded-bytes.ts';
import { DO, DONT, EOF, IAC, SB, SE, WILL, WONT } from './codes.ts';
import type { Verb } from './codes.ts';

/**
 * What a Telnet stream says, in the order in which it says it. The order matters: where GA and ECHO stand among the text is
 * part of what they mean.
 */
export type TelnetEvent =
  /** Text, `IAC IAC` already undone. A view of the chunk that was parsed: copy it to keep it if the chunk will be reused. */
  | { readonly kind: 'data'; readonly bytes: Uint8Array }
  /** A command of two bytes: GA, EOR, NOP, AYT, a stray SE … Ignore those that you do not know. */
  | { readonly kind: 'command'; readonly command: number }
  | { readonly kind: 'negotiate'; readonly verb: Verb; readonly option: number }
  /** A whole `IAC SB option … IAC SE`, `IAC IAC` undone. Where it came in one piece the payload is a view of the chunk too. */
  | { readonly kind: 'subnegotiation'; readonly option: number; readonly payload: Uint8Array }
  /** A subnegotiation crossed the limit. Said once, at that byte; the rest, to its real IAC SE, is discarded. */
  | { readonly kind: 'oversize'; readonly option: number };

/** Takes each event as it is found. `'stop'` ends the parsing exactly behind the bytes of that event. */
// One small object per event: beside the view that every piece of text needs anyway it does not count, and the events stay
// values that can be collected, compared and switched on.
export type TelnetSink = (event: TelnetEvent) => 'stop' | undefined;

/** Enough for what a player's client has to say. */
const SUBNEGOTIATION_LIMIT_BYTES = 16_384;

export interface ParserSettings {
  /** The longest subnegotiation payload that is passed on, `IAC IAC` counted once. Default 16 384, as from players. */
  readonly subnegotiationLimitBytes?: number;
}

/** Where the parser is: in text, after an IAC, after a verb, or in the three places of a subnegotiation. */
type State = 'data' | 'iac' | 'negotiate' | 'sb-option' | 'sb' | 'sb-iac';

/**
 * Takes a Telnet byte stream apart (RFC 854, RFC 855). State lives across chunks: a stream may be cut at any byte and gives
 * the same events, except that a run of text may come in more pieces. No input makes it throw; memory is bounded by the
 * subnegotiation limit.
 *
 * What the RFCs leave open:
 * - IAC before a byte below 236 is no command in any standard. Both bytes are text (or payload): this is what a peer means
 *   that forgets to double its 0xFF, as clients in Windows-1251 do, where it is the last letter of the alphabet.
 * - IAC before another command inside a subnegotiation: its end was lost. It is dropped, not delivered in part, and the
 *   command is obeyed, as by BSD telnetd and libtelnet; else one lost byte would swallow all that follows.
 * - A stray `IAC SE` is a command like any other. A stray NUL behind SE is text: the line assembler ignores it, and nothing
 *   may touch it here, because after MCCP2's SE the stream is zlib's.
 */
export class TelnetParser {
  readonly #payload: BoundedBytes;
  readonly #limit: number;
  #state: State = 'data';
  #verb: Verb = 'wont';
  #option = 0;
  #at = 0;

  constructor(settings: ParserSettings = {}) {
    this.#limit = settings.subnegotiationLimitBytes ?? SUBNEGOTIATION_LIMIT_BYTES;
    this.#payload = new BoundedBytes(this.#limit);
  }

  /**
   * Parses a chunk and returns how many bytes were consumed: all of them, or fewer when the sink said `'stop'`. After a stop
   * the rest may be parsed later or be given to somebody else (MCCP2). The sink must not call `parse` of the same parser.
   */
  parse(chunk: Uint8Array, sink: TelnetSink): number {
    this.#at = 0;
    while (this.#at < chunk.length) {
      const event = this.#advance(chunk, chunk[this.#at]!);
      if (event !== undefined && sink(event) === 'stop') break;
    }
    return this.#at;
  }

  /** Moves on by one byte or one run of bytes, or by none after a change of state. */
  #advance(chunk: Uint8Array, byte: number): TelnetEvent | undefined {
    switch (this.#state) {
      case 'data':
        if (byte !== IAC) return this.#text(chunk, this.#at);
        return this.#enter('iac');
      case 'iac':
        return this.#command(chunk, byte);
      case 'negotiate':
        this.#enter('data');
        return { kind: 'negotiate', verb: this.#verb, option: byte };
      case 'sb-option':
        this.#option = byte;
        // Option 255 (RFC 861) is nobody's; `IAC SB IAC SE` without an option does occur.
        this.#enter(byte === IAC ? 'iac' : 'sb');
        return byte === IAC ? undefined : this.#whole(chunk);
      case 'sb':
        if (byte !== IAC) return this.#collect(this.#run(chunk, this.#at));
        return this.#enter('sb-iac');
      case 'sb-iac':
        return this.#quoted(chunk, byte);
    }
  }

  /** A subnegotiation that lies in the chunk as it is, as nearly all do: to collect it would cost more than all the rest. */
  #whole(chunk: Uint8Array): TelnetEvent | undefined {
    const from = this.#at;
    const end = chunk.indexOf(IAC, from);
    if (end === -1 || chunk[end + 1] !== SE || end - from > this.#limit) return undefined;
    this.#at = end + 2;
    this.#state = 'data';
    return { kind: 'subnegotiation', option: this.#option, payload: chunk.subarray(from, end) };
  }

  #command(chunk: Uint8Array, byte: number): TelnetEvent | undefined {
    switch (byte) {
      case IAC:
        // The second IAC is itself the byte 0xFF of text: begin the run with it, so that nothing is copied.
        this.#state = 'data';
        return this.#text(chunk, this.#at + 1);
      case SB:
        return this.#enter('sb-option');
      case WILL:
        return this.#negotiate('will');
      case WONT:
        return this.#negotiate('wont');
      case DO:
        return this.#negotiate('do');
      case DONT:
        return this.#negotiate('dont');
      default:
        if (byte < EOF) {
          this.#state = 'data';
          return { kind: 'data', bytes: Uint8Array.of(IAC) };
        }
        this.#enter('data');
        return { kind: 'command', command: byte };
    }
  }

  /** After an IAC inside a subnegotiation. */
  #quoted(chunk: Uint8Array, byte: number): TelnetEvent | undefined {
    if (byte === SE) {
      this.#enter('data');
      const payload = this.#payload.take();
      return payload && { kind: 'subnegotiation', option: this.#option, payload };
    }
    if (byte === IAC) {
      this.#state = 'sb';
      return this.#collect(this.#run(chunk, this.#at + 1));
    }
    if (byte < EOF) {
      this.#state = 'sb';
      return this.#collect(Uint8Array.of(IAC));
    }
    this.#payload.take();
    this.#state = 'iac';
    return undefined;
  }

  #negotiate(verb: Verb): undefined {
    this.#verb = verb;
    return this.#enter('negotiate');
  }

  #text(chunk: Uint8Array, searchFrom: number): TelnetEvent {
    return { kind: 'data', bytes: this.#run(chunk, searchFrom) };
  }

  #collect(bytes: Uint8Array): TelnetEvent | undefined {
    const outcome = this.#payload.append(bytes);
    return outcome === 'crossed' ? { kind: 'oversize', option: this.#option } : undefined;
  }

  /** Consumes everything up to the next IAC that is found from `searchFrom` on. */
  #run(chunk: Uint8Array, searchFrom: number): Uint8Array {
    const from = this.#at;
    const iac = chunk.indexOf(IAC, searchFrom);
    this.#at = iac === -1 ? chunk.length : iac;
    return from === 0 && iac === -1 ? chunk : chunk.subarray(from, this.#at);
  }

  /** Consumes one byte and goes to a state. */
  #enter(state: State): undefined {
    this.#at += 1;
    this.#state = state;
  }
}
