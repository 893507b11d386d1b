import { OPTION } from './codes.ts';
import type { Negotiation, Verb } from './codes.ts';
import { Q_METHOD } from './q-method.ts';
import type { QInput, QState } from './q-method.ts';

/** Who does it: `local` is what we do (WILL/WONT from us, DO/DONT from the peer), `remote` what the peer does. */
export type OptionSide = 'local' | 'remote';

/**
 * How one side of an option is treated. Left out, the peer's asking is refused; `request` may still turn it on.
 *
 * - `accept`: on when the peer asks.
 * - `offer`: the same, and we ask at the start.
 * - `announce`: ours to say; each `request` goes out at once, not after the answer to the one before, because its place among
 *   the text counts. For ECHO: a client that never answers must still be told that it is off, and that it is on again. The
 *   peer's asking is refused, its refusal believed.
 */
export type OptionPolicy = 'accept' | 'offer' | 'announce';

/** What we are willing to do, by option number. */
export type OptionPolicies = Readonly<Record<number, Readonly<Partial<Record<OptionSide, OptionPolicy>>>>>;

export interface NegotiatorSettings {
  readonly policies: OptionPolicies;
  /** How often one side of one option is refused before its asking is met with silence, until `refill`. Default 16. */
  readonly refusalLimit?: number;
  /**
   * How often a repeat (WILL or DO for what is on already, or would be but for an answer that the peer owes) is answered
   * anew, per side of an option, until `refill`. Default 0, the letter of RFC 1143. Towards games set some: after a copyover
   * the game negotiates from nothing over the same socket, and waits.
   */
  readonly reaffirmLimit?: number;
}

/** Something was settled. */
export interface OptionEvent {
  readonly option: number;
  readonly side: OptionSide;
  readonly enabled: boolean;
  /**
   * `answer`: to our request; with `enabled` false where we asked for it, a refusal. `peer`: the peer asked and we agreed.
   * `repeat`: the peer asked for what is on and was told so again; do again what follows it (send the window size …).
   */
  readonly cause: 'answer' | 'peer' | 'repeat';
}

/** What comes of one received negotiation: at most one word to send back and one event. Send before acting on the event. */
export interface NegotiationOutcome {
  readonly send?: Negotiation;
  readonly event?: OptionEvent;
}

/** One side of one option. `unanswered` counts announcements; for them `state` is what we said last. */
interface Entry {
  readonly option: number;
  state: QState;
  unanswered: number;
  refusals: number;
  reaffirmations: number;
  /** So many answers to our WONT or DONT may still come, behind which we have said the opposite already. */
  owed: number;
}

const SAY: Readonly<Record<OptionSide, Readonly<Record<'positive' | 'negative', Verb>>>> = {
  local: { positive: 'will', negative: 'wont' },
  remote: { positive: 'do', negative: 'dont' },
};

/**
 * Negotiates the options of one connection by the Q method of RFC 1143, both sides of each, in either role: players'
 * server and games' client differ only in their policies. Never more than one answer to one received word, and none that a
 * peer could answer for ever. TIMING-MARK is not a state and does not belong here: see `TimingMarks`.
 */
export class Negotiator {
  readonly #policies: OptionPolicies;
  readonly #refusalLimit: number;
  readonly #reaffirmLimit: number;
  readonly #entries = new Map<string, Entry>();

  constructor(settings: NegotiatorSettings) {
    this.#policies = settings.policies;
    this.#refusalLimit = settings.refusalLimit ?? 16;
    this.#reaffirmLimit = settings.reaffirmLimit ?? 0;
  }

  /** Asks for everything that the policies offer, in the order of the option numbers. */
  start(): Negotiation[] {
    const offers: Negotiation[] = [];
    for (const [key, policy] of Object.entries(this.#policies)) {
      for (const side of ['local', 'remote'] as const) {
        if (policy[side] !== 'offer') continue;
        const offer = this.request(Number(key), side, true);
        if (offer !== undefined) offers.push(offer);
      }
    }
    return offers;
  }

  /**
   * Wants a side of an option on or off, and returns what to send, if anything. While an answer is outstanding a new wish
   * waits for it, and the last one counts; under the policy `announce` it goes out at once.
   */
  request(option: number, side: OptionSide, on: boolean): Negotiation | undefined {
    const entry = this.#entry(option, side);
    if (this.#policies[option]?.[side] === 'announce') {
      if ((entry.state === 'yes') === on) return undefined;
      entry.state = on ? 'yes' : 'no';
      entry.unanswered += 1;
      return { verb: SAY[side][on ? 'positive' : 'negative'], option };
    }
    const { state, send } = Q_METHOD[entry.state][on ? 'enable' : 'disable'];
    entry.state = state;
    return send && { verb: SAY[side][send], option };
  }

  /** Takes a received WILL, WONT, DO or DONT. */
  receive({ verb, option }: Negotiation): NegotiationOutcome {
    if (option === OPTION.TIMING_MARK) return {};
    const side = verb === 'will' || verb === 'wont' ? 'remote' : 'local';
    const input = verb === 'will' || verb === 'do' ? 'positive' : 'negative';
    const entry = this.#entry(option, side);
    if (entry.unanswered > 0) return settleAnnouncement(entry, option, side, input);
    if (input === 'positive' && this.#isRepeat(entry)) return this.#reaffirm(entry, option, side);
    if (input === 'positive' && entry.state === 'no' && !this.#agrees(option, side)) {
      return this.#refuse(entry, option, side);
    }

    if (input === 'negative' && entry.owed > 0) {
      // Here it is, late. What we said behind it will be answered next: an answer to this would make a loop.
      entry.owed -= 1;
      if (entry.state === 'yes') entry.state = 'want-yes';
      return {};
    }

    const before = entry.state;
    const { state, send } = Q_METHOD[before][input];
    entry.state = state;
    const isSettled = state !== before && (state === 'yes' || state === 'no');
    return {
      ...(send && { send: { verb: SAY[side][send], option } }),
      ...(isSettled && {
        event: { option, side, enabled: state === 'yes', cause: isWanted(before) ? 'answer' : 'peer' },
      }),
    };
  }

  /** Whether both have agreed that it is on; where the policy is `announce`, whether we said so and were not refused. */
  isEnabled(option: number, side: OptionSide): boolean {
    return this.#entries.get(`${side} ${option}`)?.state === 'yes';
  }

  /** Whether every offer, request and announcement has been answered, be it by a refusal. Some clients never do: set a time. */
  get isSettled(): boolean {
    return this.unsettled.length === 0;
  }

  /** The options of which an offer, a request or an announcement has not been answered. */
  get unsettled(): readonly number[] {
    const open = [...this.#entries.values()].filter(
      ({ state, unanswered }) => unanswered > 0 || isWanted(state),
    );
    return open.map(({ option }) => option);
  }

  /**
   * Lets the limits begin anew, for the caller to call once in a while: a peer that would go on for ever goes on slowly
   * then, and one that begins anew every hour is always answered.
   */
  refill(): void {
    for (const entry of this.#entries.values()) {
      entry.refusals = 0;
      entry.reaffirmations = 0;
    }
  }

  /**
   * Forgets everything and sends nothing, for a peer that is known to have forgotten everything too; `start` again. A
   * copyover that is only guessed needs no reset: `reaffirmLimit` answers it option by option.
   */
  reset(): void {
    this.#entries.clear();
  }

  #agrees(option: number, side: OptionSide): boolean {
    const policy = this.#policies[option]?.[side];
    return policy === 'accept' || policy === 'offer';
  }

  /** RFC 1143 takes WILL for an answer to DONT as an error, and is silent. A peer that forgot the DONT would wait for ever. */
  #isRepeat({ state, reaffirmations }: Entry): boolean {
    return state === 'yes' || (state === 'want-no-opposite' && reaffirmations < this.#reaffirmLimit);
  }

  // A peer that answers every refusal by asking again would go on for ever; so would two that reaffirm each other.
  #refuse(entry: Entry, option: number, side: OptionSide): NegotiationOutcome {
    if (entry.refusals >= this.#refusalLimit) return {};
    entry.refusals += 1;
    return { send: { verb: SAY[side].negative, option } };
  }

  #reaffirm(entry: Entry, option: number, side: OptionSide): NegotiationOutcome {
    if (entry.reaffirmations >= this.#reaffirmLimit) return {};
    entry.reaffirmations += 1;
    if (entry.state === 'want-no-opposite') entry.owed += 1;
    entry.state = 'yes';
    return {
      send: { verb: SAY[side].positive, option },
      event: { option, side, enabled: true, cause: 'repeat' },
    };
  }

  #entry(option: number, side: OptionSide): Entry {
    const key = `${side} ${option}`;
    let entry = this.#entries.get(key);
    if (entry === undefined) {
      entry = { option, state: 'no', unanswered: 0, refusals: 0, reaffirmations: 0, owed: 0 };
      this.#entries.set(key, entry);
    }
    return entry;
  }
}

function isWanted(state: QState): boolean {
  return state !== 'no' && state !== 'yes';
}

/**
 * Matches an answer with the announcements that are out. They alternate, so the oldest is known from their number and the
 * last. A peer answers only changes: one that refuses our WILL says nothing to the WONT behind it, which therefore
 * counts as answered too; and an answer that does not fit the oldest means that the oldest got none.
 */
function settleAnnouncement(
  entry: Entry,
  option: number,
  side: OptionSide,
  input: Extract<QInput, 'positive' | 'negative'>,
): NegotiationOutcome {
  const oldestIsPositive = (entry.unanswered % 2 === 1) === (entry.state === 'yes');
  const isFitting = oldestIsPositive === (input === 'positive');
  if (oldestIsPositive && !isFitting && entry.unanswered === 1) entry.state = 'no';
  entry.unanswered = Math.max(0, entry.unanswered - (isFitting ? 1 : 2));
  if (entry.unanswered > 0) return {};
  return { event: { option, side, enabled: entry.state === 'yes', cause: 'answer' } };
}
