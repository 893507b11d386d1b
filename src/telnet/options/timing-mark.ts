import { OPTION } from '../codes.ts';
import type { Negotiation, Verb } from '../codes.ts';

/** What comes of a received word about TIMING-MARK: an answer to send, or one of our marks that has been passed. */
export interface TimingMarkOutcome<T> {
  readonly send?: Negotiation;
  readonly passed?: T;
}

/**
 * TIMING-MARK (RFC 860): `DO` asks the peer to say something once it has processed everything before. `WILL` and `WONT`
 * say so equally well, so even a client that refuses the option acknowledges. Answers come in the order of the
 * questions; each mark carries what the caller wants to know again, say the output offset that was sent before it.
 *
 * It is no state that is on or off, and every `DO` gets an answer, so the Q method does not apply: give each negotiation of
 * this option here and not to the `Negotiator`.
 */
export class TimingMarks<T> {
  readonly #limit: number;
  readonly #outstanding: T[] = [];

  /** At most `limit` marks (default 32) are out at once. */
  constructor(limit = 32) {
    this.#limit = limit;
  }

  /** Sets a mark and returns what to send behind the output; `undefined` when too many are out, and then none is set. */
  mark(value: T): Negotiation | undefined {
    if (this.#outstanding.length >= this.#limit) return undefined;
    this.#outstanding.push(value);
    return { verb: 'do', option: OPTION.TIMING_MARK };
  }

  /** Takes a received word. Answer a `DO` once what came before it was processed. `WILL` and `WONT` without a mark are ignored, as RFC 860 demands. */
  receive(verb: Verb): TimingMarkOutcome<T> {
    if (verb === 'do') return { send: { verb: 'will', option: OPTION.TIMING_MARK } };
    if (verb === 'dont' || this.#outstanding.length === 0) return {};
    return { passed: this.#outstanding.shift()! };
  }

  get outstanding(): number {
    return this.#outstanding.length;
  }
}
