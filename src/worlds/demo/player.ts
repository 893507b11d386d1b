import type { ClientInfo, Clock, NewOutput, WorldCommit, WorldSession } from '../../core/index.ts';
import { FULL_HEALTH, saveCharacter, type Character } from './character.ts';
import { roomInfo, vitals } from './gmcp.ts';
import type { RoomId } from './rooms.ts';
import { withoutColours, wrap } from './text.ts';
import { Timers } from './timers.ts';

/** What a command answers: a text, without its last line end and without the prompt, or more than that. */
export type Answer = string | readonly NewOutput[];

/** What the next line answers instead of being a command. */
export interface Question {
  readonly prompt: string;
  answer(line: string): Answer;
}

/** Somebody who is in the harbour, with a connection or without one. */
export class Player {
  readonly session: WorldSession;
  readonly character: Character;
  readonly timers: Timers;
  question: Question | undefined;
  /** When the connection was lost, in ms since 1970. */
  linkDeadSince: number | undefined;
  /** Stops the count that is running. */
  stopCounting: () => void = () => undefined;
  #client: ClientInfo | undefined;
  /** The cursor stands behind a prompt, so that other text has to begin a new line. */
  #isAtPrompt = true;
  /** The values that the client's gauges and map show. */
  #shown: { room?: RoomId; hp?: number } = {};

  constructor(session: WorldSession, character: Character, clock: Clock) {
    this.session = session;
    this.character = character;
    this.timers = new Timers(clock);
    this.#client = session.client;
  }

  get name(): string {
    return this.character.name;
  }

  attach(client: ClientInfo): void {
    this.#client = client;
    this.linkDeadSince = undefined;
    // A terminal that comes back is shown its last prompt again.
    this.#isAtPrompt = true;
  }

  /** What is written from now on fits this screen. */
  describe(client: ClientInfo): void {
    this.#client = client;
  }

  /** A line was typed: the cursor is at a line's beginning. */
  typed(): void {
    this.#isAtPrompt = false;
  }

  /** Shows what answers no command of this player, in its own lines. */
  hear(text: string, event?: NewOutput): void {
    const before = this.#isAtPrompt ? '\n' : '';
    const output: NewOutput[] = [...(event ? [event] : []), this.#text(`${before}${text}\n`)];
    // One prompt for each line is noise in a replay and to a screen reader.
    const again = this.#isAtPrompt && this.linkDeadSince === undefined && !this.#client?.screenReader;
    if (again) output.push(this.#prompt());
    this.#isAtPrompt = again;
    this.session.send(...output);
  }

  /** The commit for a command: its answer, what changed, a prompt, and all that is kept of the player. */
  commit(answer: Answer): WorldCommit {
    const output = [...this.#written(answer), ...this.changes(), this.#prompt()];
    this.#isAtPrompt = true;
    return { output, data: saveCharacter(this.character) };
  }

  /** The commit for a player's last command: nothing more is asked for. */
  farewell(answer: Answer): WorldCommit {
    return { output: this.#written(answer) };
  }

  /** The GMCP values that are not what the client was last told. */
  changes(): NewOutput[] {
    const { room, hp } = this.character;
    const changes: NewOutput[] = [];
    if (this.#shown.room !== room) changes.push(roomInfo(room));
    if (this.#shown.hp !== hp) changes.push(vitals(hp));
    this.#shown = { room, hp };
    return changes;
  }

  #written(answer: Answer): NewOutput[] {
    if (answer === '') return [];
    if (typeof answer === 'string') return this.#written([{ kind: 'text', text: answer }]);
    const items = answer.map((item) => (item.kind === 'text' ? this.#text(`${item.text}\n`) : item));
    // The player came back while the command was in hand, and was shown a prompt.
    return this.#isAtPrompt ? [this.#text('\n'), ...items] : items;
  }

  #text(text: string): NewOutput {
    const wrapped = wrap(text, this.#client?.columns);
    return { kind: 'text', text: this.#client?.screenReader ? withoutColours(wrapped) : wrapped };
  }

  #prompt(): NewOutput {
    const text = this.question?.prompt ?? `[hp ${this.character.hp}/${FULL_HEALTH}] > `;
    return { kind: 'text', text, prompt: true };
  }
}
