/** What to do with a numbered frame. */
export type Intake = 'new' | 'known' | 'jump';

/**
 * The numbers of one client's commands: each is taken once, and acknowledged when it is durable. A refusal
 * consumes its number, and its `dropped` comes before the acknowledgement.
 */
export class CommandIntake {
  #received: number;
  #durable: number;
  #said: number;
  /** Refused numbers that the player was not told of yet, in order. */
  #refused: number[] = [];
  /** The player was told of every refusal through here: they are told in order, perhaps before they are durable. */
  #told = 0;

  constructor(accepted: number) {
    this.#received = accepted;
    this.#durable = accepted;
    this.#said = accepted;
  }

  get expected(): number {
    return this.#received + 1;
  }

  receive(seq: number): Intake {
    if (seq > this.expected) return 'jump';
    if (seq < this.expected) {
      // Said again below, once whatever is known of it is durable.
      this.#said = Math.min(this.#said, seq - 1);
      return 'known';
    }
    this.#received = seq;
    return 'new';
  }

  durable(accepted: number, refused: readonly number[]): void {
    this.#durable = Math.max(this.#durable, accepted);
    for (const seq of refused) if (seq > this.#told) this.#refused.push(seq);
  }

  /** The player was told of commands that will not run, the last of them `through`. */
  dropped(through: number): void {
    this.#told = Math.max(this.#told, through);
    this.#refused = this.#refused.filter((seq) => seq > this.#told);
  }

  /** The number to acknowledge now, if there is a new one. */
  nextAccepted(): number | undefined {
    const accepted = Math.min(this.#durable, (this.#refused[0] ?? Infinity) - 1);
    if (accepted <= this.#said) return undefined;
    this.#said = accepted;
    return accepted;
  }
}
