import {
  encodeNegotiation,
  escapeIac,
  OPTION,
  TelnetParser,
  type Negotiation,
  type TelnetEvent,
} from '../../../telnet/index.ts';
import type { Frame, Framing, FramingSink } from './framing.ts';

const LINE_END = Buffer.from('\r\n');
const PASSED = encodeNegotiation({ verb: 'will', option: OPTION.TIMING_MARK });
const NOTHING = new Uint8Array();

/**
 * `terminal.mudstandards.org`: lines and ANSI text as UTF-8 in binary frames, and no Telnet. Towards the player's side
 * this is a Telnet client that answers hardly an option. A frame from the client is one line, or several.
 */
export class TerminalFraming implements Framing {
  /** What is read here is our own, and has its bounds. */
  readonly #parser = new TelnetParser({ subnegotiationLimitBytes: Number.POSITIVE_INFINITY });
  #text: Uint8Array[] = [];

  toClient(bytes: Uint8Array, sink: FramingSink): void {
    this.#parser.parse(bytes, (event) => this.#parsed(event, sink));
    this.#flush(sink);
  }

  toPlayer(frame: Frame): Uint8Array {
    const text = Buffer.from(frame);
    if (text.length === 0) return NOTHING;
    const isEnded = text.at(-1) === LINE_END[0] || text.at(-1) === LINE_END[1];
    return escapeIac(isEnded ? text : Buffer.concat([text, LINE_END]));
  }

  /** Options that this subprotocol has a way for: answer them. */
  protected negotiate(_negotiation: Negotiation): Negotiation | undefined {
    return undefined;
  }

  /** The frame for a subnegotiation, if there is one. */
  protected subnegotiation(_option: number, _payload: Uint8Array): Frame | undefined {
    return undefined;
  }

  #parsed(event: TelnetEvent, sink: FramingSink): undefined {
    switch (event.kind) {
      case 'data':
        this.#text.push(event.bytes);
        break;
      case 'negotiate':
        this.#negotiated(event, sink);
        break;
      case 'subnegotiation': {
        const frame = this.subnegotiation(event.option, event.payload);
        if (frame === undefined) break;
        this.#flush(sink);
        sink.frame(frame);
        break;
      }
      // What marks a prompt: a frame ends with the prompt anyway.
      case 'command':
      case 'oversize':
        break;
    }
  }

  #negotiated(negotiation: Negotiation, sink: FramingSink): void {
    if (negotiation.option === OPTION.TIMING_MARK && negotiation.verb === 'do') {
      // A WebSocket has a better one of its own.
      this.#flush(sink);
      return sink.mark(() => sink.answer(PASSED));
    }
    const answer = this.negotiate(negotiation);
    if (answer) sink.answer(encodeNegotiation(answer));
  }

  #flush(sink: FramingSink): void {
    if (this.#text.length > 0) sink.frame(Buffer.concat(this.#text.splice(0)));
  }
}
