import type { Clock } from '../../core/index.ts';
import { ReceivedGuess } from './received-guess.ts';

/** From the answer to one mark to the next mark, in ms: what is acknowledged is written to the store. */
const MARK_PAUSE_MS = 500;

export interface ReceiptsOptions {
  readonly clock: Clock;
  /** Sets a mark behind what was written, and calls back when it was passed; false where none was set. */
  readonly mark: (passed: () => void) => boolean;
  /** Everything through this offset counts as received. Offsets only grow. */
  readonly received: (offset: number) => void;
  /** The client gave no sign of life where it was asked for one, and always has before. */
  readonly silent: () => void;
}

/** After so many answers in a row a client is one that answers: some (TinTin++) refuse once, and then say nothing more. */
const RELIABLE_ANSWERS = 2;

/** A client that was heard so long after a mark, and has not answered it, answers no more, in ms. */
const MARK_TIMEOUT_MS = 30_000;

/** A client that answers, and was not heard for so long, is gone; it has `MARK_TIMEOUT_MS` to answer. In ms. */
const SILENCE_MS = 60_000;

/**
 * Finds out what a client has of one session's output, and whether it is still there. A client that answers TIMING-MARK, be
 * it by a refusal, has what stands before the mark. Until it is known to answer each, and for ever where it is not, the
 * guess counts too. One mark is out at a time: a client that does not answer is asked once.
 */
export class Receipts {
  readonly #options: ReceiptsOptions;
  readonly #guess = new ReceivedGuess();
  #written = 0;
  #marked = 0;
  #markedAt = 0;
  #heardAt: number;
  /** Since the mark was set. */
  #isHeard = false;
  #cancelSilence: (() => void) | undefined;
  #received = 0;
  #answers = 0;
  /** `marked`: a mark is out; `pausing`: it was answered a moment ago. */
  #state: 'ready' | 'marked' | 'pausing' | 'ended' = 'ready';
  #cancelPause: () => void = () => undefined;

  constructor(options: ReceiptsOptions) {
    this.#options = options;
    this.#heardAt = options.clock.now();
  }

  /** All through `offset` was written, and nothing behind it. */
  wrote(offset: number): void {
    this.#written = offset;
    this.#mark();
  }

  /** All through `offset` has left. */
  flushed(offset: number): void {
    this.#guess.flushed(offset, this.#options.clock.now());
  }

  /** A byte came from the client. */
  heard(): void {
    const now = this.#options.clock.now();
    const guessed = this.#guess.heard(now);
    this.#heardAt = now;
    this.#isHeard = true;
    this.#endSilence();
    if (this.#state === 'marked' && now - this.#markedAt > MARK_TIMEOUT_MS) this.#answers = 0;
    if (guessed !== undefined && this.#answers < RELIABLE_ANSWERS) this.#count(guessed);
  }

  /**
   * Asks for a sign of life. False where the client is not known to answer: its silence means nothing. One that was heard since
   * the mark, and has not answered that, may not be one that answers any more.
   */
  ask(): boolean {
    if (this.#state === 'ready') this.#setMark();
    if (this.#answers < RELIABLE_ANSWERS) return false;
    if (this.#state !== 'marked') return this.#state === 'pausing';
    if (!this.#isHeard) this.#awaitSign();
    return !this.#isHeard;
  }

  /** Nothing more is asked, or told. */
  end(): void {
    this.#state = 'ended';
    this.#cancelPause();
    this.#endSilence();
  }

  #awaitSign(): void {
    const { clock, silent } = this.#options;
    const now = clock.now();
    const silentAt = Math.max(now + MARK_TIMEOUT_MS, this.#heardAt + SILENCE_MS);
    this.#cancelSilence ??= clock.after(silentAt - now, silent);
  }

  #endSilence(): void {
    this.#cancelSilence?.();
    this.#cancelSilence = undefined;
  }

  #mark(): void {
    if (this.#state === 'ready' && this.#written > this.#marked) this.#setMark();
  }

  #setMark(): void {
    const offset = this.#written;
    if (!this.#options.mark(() => this.#passed(offset))) return;
    this.#state = 'marked';
    this.#marked = offset;
    this.#markedAt = this.#options.clock.now();
    this.#isHeard = false;
  }

  #passed(offset: number): void {
    if (this.#state === 'ended') return;
    this.#answers += 1;
    this.#count(offset);
    this.#state = 'pausing';
    this.#cancelPause = this.#options.clock.after(MARK_PAUSE_MS, () => {
      this.#state = 'ready';
      this.#mark();
    });
  }

  #count(offset: number): void {
    // An answer may come after the guess has gone further.
    if (offset <= this.#received || this.#state === 'ended') return;
    this.#received = offset;
    this.#options.received(offset);
  }
}
