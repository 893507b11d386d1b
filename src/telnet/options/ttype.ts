import { latin1 } from '../utf8.ts';

const IS = 0;
const SEND = 1;

const ASK: Uint8Array = Uint8Array.of(SEND);
/** RFC 1091 allows 40 characters. */
const NAME_LIMIT = 40;
const ANSWER_LIMIT = 5;

/** The bits of MTTS, the number that a MUD client gives as its third terminal type. */
export const MTTS = {
  ANSI: 1,
  VT100: 2,
  UTF8: 4,
  COLORS_256: 8,
  MOUSE_TRACKING: 16,
  OSC_COLOR_PALETTE: 32,
  SCREEN_READER: 64,
  PROXY: 128,
  TRUECOLOR: 256,
  MNES: 512,
  MSLP: 1024,
  TLS: 2048,
} as const;

/** What a client said about itself, as far as it has been asked. */
export interface TerminalReport {
  /** Every different answer, in order, in upper case. At most five. */
  readonly answers: readonly string[];
  /** By MTTS the first answer. */
  readonly clientName?: string;
  /** By MTTS the second answer; of a client with one answer and no MTTS that one, for by RFC 1091 an answer is a terminal type. */
  readonly terminal?: string;
  /** The bits of an `MTTS n` answer: see `MTTS`. */
  readonly mtts?: number;
}

/**
 * The server's half of TTYPE (RFC 1091): asks until an answer repeats, at most five times, since clients keep at most a name, a
 * terminal and an MTTS number, and some answer anew for ever. Send the payload of `start` when the client agrees to TTYPE.
 */
export class TerminalTypeQuery {
  readonly #answers: string[] = [];
  #isAsking = false;

  /** Begins anew and returns the first question. */
  start(): Uint8Array {
    this.#answers.length = 0;
    this.#isAsking = true;
    return ASK;
  }

  /** Takes a TTYPE payload and returns the next question, or `undefined` when there is none. Ignores what it did not ask for. */
  receive(payload: Uint8Array): Uint8Array | undefined {
    if (!this.#isAsking || payload[0] !== IS) return undefined;
    const answer = normalizeName(payload.subarray(1));
    const isNew = answer !== '' && !this.#answers.includes(answer);
    if (isNew) this.#answers.push(answer);
    this.#isAsking = isNew && this.#answers.length < ANSWER_LIMIT;
    return this.#isAsking ? ASK : undefined;
  }

  /** Whether a question is out. A client that never answers leaves it so. */
  get isAsking(): boolean {
    return this.#isAsking;
  }

  get report(): TerminalReport {
    const answers = [...this.#answers];
    const mtts = answers.map(parseMtts).find((bits) => bits !== undefined);
    const names = answers.filter((answer) => parseMtts(answer) === undefined);
    const [clientName, terminal] = names.length === 1 && mtts === undefined ? [undefined, ...names] : names;
    return {
      answers,
      ...(clientName !== undefined && { clientName }),
      ...(terminal !== undefined && { terminal }),
      ...(mtts !== undefined && { mtts }),
    };
  }
}

/**
 * The client's half of TTYPE: one answer to each question, the last one twice, then from the first again (RFC 1091). For MTTS
 * give the client's name, the terminal type and `MTTS n`.
 */
export class TerminalTypeCycle {
  readonly #answers: readonly Uint8Array[];
  #next = 0;

  /** `names` must not be empty. */
  constructor(names: readonly string[]) {
    this.#answers = names.map((name) => Uint8Array.of(IS, ...latin1.encode(name)));
  }

  /** Takes a TTYPE payload and returns the answer, or `undefined` when it was no question. */
  receive(payload: Uint8Array): Uint8Array | undefined {
    if (payload[0] !== SEND) return undefined;
    const answer = this.#answers[this.#next] ?? this.#answers.at(-1);
    this.#next = this.#next >= this.#answers.length ? 0 : this.#next + 1;
    return answer;
  }

  /** Goes back to the first answer, for a game that begins anew. */
  restart(): void {
    this.#next = 0;
  }
}

/** The number in `MTTS 137`, or `undefined` when the answer is something else. */
export function parseMtts(answer: string): number | undefined {
  const digits = /^MTTS (\d{1,9})$/i.exec(answer)?.[1];
  return digits === undefined ? undefined : Number(digits);
}

/** Terminal names know no case (RFC 1091) and come from anybody: printable ASCII, upper case, at most 40 characters. */
function normalizeName(bytes: Uint8Array): string {
  const printable = bytes.subarray(0, 256).filter((byte) => byte >= 0x20 && byte < 0x7f);
  return latin1.decode(printable).trim().slice(0, NAME_LIMIT).toUpperCase();
}
