import { Changes } from '../support/until.ts';
import { WebPlayer, type Kept } from '../support/web-player.ts';

/** Commands that are on their way to the gateway at a time, and that wait for the world. */
const OUTSTANDING = 8;
const WAITING = 50;

/** Entries that are read before they are acknowledged together. */
const ACKNOWLEDGED_EACH = 16;

export interface TypistOptions {
  /** The command for a number; numbers begin at 1. */
  readonly command: (n: number) => string;
  /**
   * Asked whenever something came: the line to type now (a name, a password), or that numbered commands may go out.
   * `text` is what this connection showed live, `typed` how many such lines it had.
   */
  readonly login: (text: string, typed: number) => { readonly type: string } | 'in' | undefined;
  /** Hears each entry of output that was shown, over all connections. */
  readonly shown?: (text: string) => void;
  /** The numbers that the world carried out so far, as often as it did, in order. */
  readonly carriedOut: () => readonly number[];
}

interface Command {
  /** Absent: a line of a login, which is not repeated. */
  readonly n?: number;
  readonly text: string;
  seq?: number;
}

/**
 * A player who types one numbered command after the other, through any number of connections, by the rules of
 * `holdfast.v1`: what was not accepted goes out again under a new number. Keeps books of what came of each.
 */
export class Typist {
  /** Numbers that were accepted, in order. */
  readonly accepted: number[] = [];
  /** Numbers that will not run, and why. */
  readonly dropped = new Map<number, string>();
  readonly #options: TypistOptions;
  readonly #changes: Changes;
  #kept: Kept | undefined;
  /** Everything that was ever sent, by its number: what was accepted under it keeps it. */
  readonly #sent = new Map<number, Command>();
  #outbox: Command[] = [];
  #acceptedSeq = 0;
  #next = 1;
  #hasToken = false;
  #isStopped = false;

  constructor(options: TypistOptions, changes: Changes) {
    this.#options = options;
    this.#changes = changes;
  }

  get hasToken(): boolean {
    return this.#hasToken;
  }

  /** True where each command was carried out, or reported not to be. */
  get isSettled(): boolean {
    const done = new Set(this.#options.carriedOut());
    return this.#outbox.length === 0 && this.accepted.every((n) => done.has(n) || this.dropped.has(n));
  }

  /** Types no more new commands. */
  stop(): void {
    this.#isStopped = true;
  }

  /** Plays, or plays on, until the connection is gone. Rejects where the gateway broke its word. */
  async play(port: number): Promise<void> {
    const resume = this.#kept;
    const player = new WebPlayer(port, resume ? { type: 'hello', resume } : { type: 'hello' });
    const connection = new Connection(player);
    await player.until('the connection to end', () => {
      this.#look(connection);
      this.#changes.changed();
      return player.closeCode !== undefined;
    });
    if (connection.isOpen) this.#kept = player.kept;
  }

  /** Takes in what is new, and types on. */
  #look(connection: Connection): void {
    for (const frame of connection.news()) {
      if (frame.type === 'error') throw new Error(`the gateway answered ${frame.code}`);
      if (frame.type === 'welcome') connection.isLive = true;
      if (frame.type === 'token') this.#stored(connection, frame.id);
      if (frame.type === 'resumed') this.#resumed(connection, frame);
      if (frame.type === 'caught_up') connection.isLive = true;
      if (frame.type === 'output') this.#options.shown?.(frame.text);
      if (frame.type === 'output' && connection.isLive) connection.text += frame.text;
      if (frame.type === 'dropped') this.#drop(frame.seq, frame.through ?? frame.seq, frame.reason);
      if (frame.type === 'accepted') this.#accept(frame.seq);
    }
    this.#acknowledge(connection);
    if (connection.isLive) this.#type(connection);
  }

  #resumed(
    connection: Connection,
    frame: { accepted: number; own: number; output: { from: number }; token: { id: string } },
  ): void {
    this.#stored(connection, frame.token.id);
    connection.acknowledged = frame.output.from - 1;
    const { offset = 0 } = this.#kept ?? {};
    if (connection.acknowledged > offset) {
      throw new Error(
        `what follows ${offset} was missed, and continued at ${frame.output.from} without a gap`,
      );
    }
    if (frame.accepted < this.#acceptedSeq) {
      throw new Error(`${this.#acceptedSeq} commands were accepted, and only ${frame.accepted} are there`);
    }
    this.#accept(frame.own);
    for (const command of this.#outbox) delete command.seq;
    // A line of a login was for a game that is not there any more.
    this.#outbox = this.#outbox.filter(({ n }) => n !== undefined);
  }

  #stored(connection: Connection, id: string): void {
    connection.player.say({ type: 'stored', id });
    connection.isOpen = true;
    this.#hasToken = true;
  }

  #accept(through: number): void {
    this.#acceptedSeq = Math.max(this.#acceptedSeq, through);
    for (const { n, seq } of this.#outbox) {
      if (n !== undefined && seq !== undefined && seq <= through) this.accepted.push(n);
    }
    this.#outbox = this.#outbox.filter(({ seq }) => seq === undefined || seq > through);
  }

  #drop(from: number, through: number, reason: string): void {
    for (let seq = from; seq <= through; seq += 1) {
      const n = this.#sent.get(seq)?.n;
      if (n !== undefined) this.dropped.set(n, reason);
    }
  }

  #acknowledge(connection: Connection): void {
    const { offset = 0 } = connection.isOpen ? connection.player.kept : {};
    if (!connection.isLive || offset < connection.acknowledged + ACKNOWLEDGED_EACH) return;
    connection.acknowledged = offset;
    connection.player.acknowledge();
  }

  #type(connection: Connection): void {
    if (!connection.isIn) this.#logIn(connection);
    if (!connection.isIn || !connection.isOpen) return;
    while (this.#wantsMore) {
      const n = this.#next++;
      this.#outbox.push({ n, text: this.#options.command(n) });
    }
    for (const command of this.#outbox) {
      if (command.seq === undefined) this.#send(connection, command);
    }
  }

  get #wantsMore(): boolean {
    const waiting = this.accepted.length - this.dropped.size - this.#options.carriedOut().length;
    return !this.#isStopped && waiting < WAITING && this.#outbox.length < OUTSTANDING;
  }

  #logIn(connection: Connection): void {
    const next = this.#options.login(connection.text, connection.typed);
    if (next === 'in') connection.isIn = true;
    if (next === 'in' || next === undefined) return;
    connection.typed += 1;
    const command: Command = { text: next.type };
    this.#outbox.push(command);
    this.#send(connection, command);
  }

  #send({ player }: Connection, command: Command): void {
    command.seq = player.command(command.text);
    this.#sent.set(command.seq, command);
  }
}

/** One of the typist's connections. */
class Connection {
  readonly player: WebPlayer;
  /** There is a token to come back with. */
  isOpen = false;
  /** What comes now is not replayed. */
  isLive = false;
  isIn = false;
  typed = 0;
  text = '';
  acknowledged = 0;
  #seen = 0;

  constructor(player: WebPlayer) {
    this.player = player;
  }

  /** Frames that were not looked at yet. */
  news(): WebPlayer['frames'] {
    const news = this.player.frames.slice(this.#seen);
    this.#seen += news.length;
    return news;
  }
}
