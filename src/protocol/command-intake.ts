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
  #refused: number[] = [];

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
    this.#refused.push(...refused);
  }

  /** The player was told that these will not run. */
  dropped(seq: number, through: number): void {
    this.#refused = this.#refused.filter((refused) => refused < seq || refused > through);
  }

  /** The number to acknowledge now, if there is a new one. */
  nextAccepted(): number | undefined {
    const accepted = Math.min(this.#durable, (this.#refused[0] ?? Infinity) - 1);
    if (accepted <= this.#said) return undefined;
    this.#said = accepted;
    return accepted;
  }
}
