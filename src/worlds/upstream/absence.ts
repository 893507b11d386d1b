import type { Clock } from '../../core/index.ts';
import type { AbsencePolicy } from './absence-policy.ts';

/** Where the player is, as far as the game knows. */
type Place =
  | { readonly kind: 'here' }
  /** Gone, which the game is told at its time. */
  | { readonly kind: 'leaving'; readonly cancel: () => void }
  /** Gone, and there is nothing more to tell. `isTold`: the game was. */
  | { readonly kind: 'away'; readonly isTold: boolean };

/** What can be done about the game. */
export interface AbsenceEffects {
  /** Sends a line of the operator's; false where the player is not in the game. */
  readonly say: (line: string) => boolean;
  /** Closes the connection to the game, if there is one. */
  readonly close: () => void;
}

/** One player's going and coming, as the game is told it by the operator's policy. */
export class Absence {
  readonly #policy: AbsencePolicy;
  readonly #clock: Clock;
  readonly #effects: AbsenceEffects;
  #place: Place = { kind: 'away', isTold: false };

  constructor(policy: AbsencePolicy, clock: Clock, effects: AbsenceEffects) {
    this.#policy = policy;
    this.#clock = clock;
    this.#effects = effects;
  }

  get isHere(): boolean {
    return this.#place.kind === 'here';
  }

  /** The player is there, for the first time or again. */
  came(): void {
    const before = this.#place;
    this.#place = { kind: 'here' };
    if (before.kind === 'leaving') before.cancel();
    const { returnLine } = this.#policy;
    if (before.kind === 'away' && before.isTold && returnLine !== undefined) this.#effects.say(returnLine);
  }

  /** The player dropped. */
  went(): void {
    if (this.#policy.drop === 'nothing') this.#place = { kind: 'away', isTold: false };
    else
      this.#place = { kind: 'leaving', cancel: this.#clock.after(this.#policy.afterMs, () => this.#tell()) };
  }

  /** The session is over, for this reason. */
  ended(reason: string | undefined): void {
    if (this.#place.kind === 'leaving') this.#place.cancel();
    const { endLine } = this.#policy;
    // Not where the account came in anew: the game may take both for one.
    const isFarewell = reason === 'expired' || reason === 'quit';
    if (isFarewell && endLine !== undefined) this.#effects.say(endLine);
  }

  #tell(): void {
    const { drop } = this.#policy;
    const isTold = typeof drop === 'object' && this.#effects.say(drop.line);
    this.#place = { kind: 'away', isTold };
    if (drop === 'close') this.#effects.close();
  }
}
