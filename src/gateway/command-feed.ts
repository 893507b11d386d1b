import {
  added,
  isPassing,
  nextCommandStep,
  NONE,
  type Append,
  type Awaitable,
  type CommandEntry,
  type Draft,
  type DropReason,
  type Missing,
  type NewOutput,
  type OutcomeOf,
  type Session,
  type WorldCommand,
  type WorldCommit,
  type WorldPlayer,
} from '../core/index.ts';
import { ownAnswer, ownJson } from './own-copy.ts';
import type { Facts, SessionWriter } from './session-writer.ts';
import type { WorldContext } from './world-context.ts';

/** What failed is tried again after so long, in ms. */
const RETRY_MS = 1000;

type Dropped = Extract<NewOutput, { kind: 'dropped' }>;

/** What the feed asks of the world's end that it is a part of. */
export interface FeedOptions {
  readonly context: WorldContext;
  /** As it is now. */
  readonly session: () => Session;
  readonly writer: SessionWriter;
  /** Resolves when the player is through the front door, where the world named an account meanwhile. */
  readonly entered: () => Promise<void> | undefined;
  readonly onFailure: (where: string, error: unknown) => void;
}

/** Feeds the world of one session: one command after the other, while `nextCommandStep` says so. */
export class CommandFeed {
  readonly #options: FeedOptions;
  #player: WorldPlayer | undefined;
  /** The world has a command that its commit will answer. */
  #isAnswering = false;
  /** The world ended the session while it was answering. */
  #ending: { readonly ending?: string } = {};
  /** The command that was in line when the process before this one died. */
  #suspect: number | undefined;
  /** What waits up to here was lost by the world. */
  #lostThrough = 0;
  /** Taken by an append, durably, and not delivered yet. */
  #inHand: CommandEntry | undefined;
  #passed: number;
  /** What is being done, where it has to be waited for. */
  #working: Promise<void> | undefined;
  #isWorking = false;
  #again = false;
  #cancelWake: (() => void) | undefined;
  /** Ends the rest after something failed. */
  #endRest: (() => void) | undefined;
  #isStopped = false;

  constructor(options: FeedOptions) {
    this.#options = options;
    this.#passed = this.#session.commands.taken;
  }

  /** What became of the commands up to here is known: they left, or their player is told why not. */
  get passed(): number {
    return this.#passed;
  }

  get #session(): Session {
    return this.#options.session();
  }

  /**
   * What another process had in hand is not in hand any more. What it had marked taken may have left, or not: the
   * player is told so, and it is not sent again. Where it died, the first command in line may be what killed it.
   */
  takeOver(): void {
    const { commands, output } = this.#session;
    const { accepted, handed, sent, taken } = commands;
    const died = handed !== undefined || output.open;
    if (died && accepted > taken) this.#suspect = taken + 1;
    if (handed !== undefined) this.#write({ handed: 0 });
    if (sent < taken) this.#tellUncertain(sent, taken);
  }

  /** In one step: who finds them dropped finds them settled, also after a crash. */
  #tellUncertain(after: number, through: number): void {
    const range = through > after + 1 ? { seq: after + 1, through } : { seq: through };
    this.#write({ sent: through, output: [{ kind: 'dropped', ...range, reason: 'uncertain' }] });
  }

  /** From now on the world is fed. */
  begin(player: WorldPlayer): void {
    this.#player = player;
    this.look();
  }

  /** What waits now is nothing to the world any more. */
  lose(): void {
    this.#lostThrough = this.#session.commands.accepted;
    this.look();
  }

  /** Ends the session. Said while the world answers a command, the answer is the farewell: both go together. */
  end(reason: string): void {
    if (this.#isAnswering) this.#ending = { ending: reason };
    else this.#write({ ending: reason });
  }

  /** Nothing more is begun. Resolves with what is in hand by then. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    this.#cancelWake?.();
    this.#endRest?.();
    // One may end with another in hand.
    while (this.#isWorking) await this.#working;
  }

  #write(facts: Facts): void {
    this.#options.writer.write(facts);
  }

  /**
   * Appends a player's command. One that is the world's next is taken in the same step, and not in another: behind a
   * network that is half of the time that a line takes.
   */
  append(append: Draft<Append>): Awaitable<OutcomeOf<Append> | Missing> {
    const { store, world, lease } = this.#options.context;
    const { id } = this.#session;
    const isReady = this.#player !== undefined && !this.#isWorking && !this.#isStopped;
    if (world.delivery !== 'mark' || !isReady || !this.#isIdle) return store.apply<Append>(id, append);
    this.#isWorking = true;
    append.lease = lease;
    const appending = store.apply<Append>(id, append);
    if (appending instanceof Promise) this.#working = appending.then(this.#appended, this.#notAppended);
    else this.#appended(appending);
    return appending;
  }

  readonly #appended = (outcome: OutcomeOf<Append> | Missing): void => {
    this.#inHand = outcome.kind === 'accepted' ? outcome.taken : undefined;
    this.#workOn(true);
  };

  /** Whoever asked hears of that. Perhaps it was taken all the same. */
  readonly #notAppended = (): void => this.#workOn(true);

  /** Nothing is in line, and nothing was taken that is not known of. */
  get #isIdle(): boolean {
    const { accepted, taken } = this.#session.commands;
    return accepted === taken && taken <= this.#passed;
  }

  /** The session changed. One thing at a time; a change meanwhile makes it look again. */
  look(): void {
    if (this.#isStopped || this.#player === undefined) return;
    if (this.#isIdle) return;
    this.#again = true;
    if (!this.#isWorking) this.#work();
  }

  /** Until nothing is next. Most commands come alone: nothing is waited for then but what is done with them. */
  #work(): void {
    this.#isWorking = true;
    try {
      while (this.#inHand !== undefined || (this.#again && !this.#isStopped)) {
        this.#again = false;
        const isGoing = this.#next();
        if (isGoing instanceof Promise) {
          this.#working = isGoing.then(this.#workOn, this.#failed);
          return;
        }
        this.#again ||= isGoing;
      }
      this.#isWorking = false;
    } catch (error) {
      this.#failed(error);
    }
  }

  readonly #workOn = (isGoing: boolean): void => {
    this.#again ||= isGoing;
    this.#work();
  };

  /** Never again in the same turn: what fails at once would keep the process from everything else. */
  readonly #failed = (error: unknown): void => {
    this.#options.onFailure('commands', error);
    this.#again ||= isPassing(error);
    this.#working = this.#rest().then(() => this.#work());
  };

  /** Until it is time to try again, or to stop. */
  #rest(): Promise<void> {
    if (this.#isStopped) return Promise.resolve();
    return new Promise((resolve) => {
      const cancel = this.#options.context.clock.after(RETRY_MS, resolve);
      this.#endRest = () => {
        cancel();
        resolve();
      };
    });
  }

  /** Does what is next; false when there is nothing to do until something changes. */
  #next(): Awaitable<boolean> {
    const entry = this.#inHand;
    if (entry !== undefined) return this.#deliverTaken(entry);
    const { id, commands: head } = this.#session;
    if (head.taken > this.#passed) {
      // By an append that was answered with a failure: that was told to whoever asked, and not what was taken.
      this.#tellUncertain(this.#passed, head.taken);
      this.#passed = head.taken;
    }
    if (head.accepted === head.taken) return false;
    const commands = this.#options.context.store.readCommands(id, head.taken);
    return commands instanceof Promise ? commands.then((read) => this.#step(read)) : this.#step(commands);
  }

  #step(commands: readonly CommandEntry[]): Awaitable<boolean> {
    const { store, limits } = this.#options.context;
    const refused = this.#refused(commands);
    if (refused) return this.#committed(refused);

    const session = this.#session;
    const first = commands[0];
    if (first && first.seq <= this.#lostThrough && first.kind !== 'refused') {
      return this.#drop({ kind: 'dropped', seq: first.seq, reason: 'world_lost' });
    }
    const step = nextCommandStep({ session, commands }, store.now(), limits);
    switch (step.kind) {
      case 'wait':
        this.#wakeAt(step.until);
        return false;
      case 'pass':
        return this.#committed({ taken: step.seq, sent: step.seq });
      case 'drop': {
        const { seq, through, reason } = step;
        const range = through > seq ? { seq, through } : { seq };
        return this.#drop({ kind: 'dropped', ...range, reason });
      }
      case 'hand':
        return this.#hand(step.entry);
    }
  }

  /** Looks again at this time. */
  #wakeAt(until: number | undefined): void {
    const { clock, store } = this.#options.context;
    this.#cancelWake?.();
    this.#cancelWake = undefined;
    if (until === undefined || this.#isStopped) return;
    this.#cancelWake = clock.after(until - store.now(), () => this.look());
  }

  /** Refusals are told at once, before what was accepted ahead of them is through. */
  #refused(commands: readonly CommandEntry[]): Facts | undefined {
    const { told } = this.#session.commands;
    let output: Dropped[] = NONE;
    let last = told;
    for (const entry of commands) {
      if (entry.kind !== 'refused' || entry.through <= told) continue;
      const seq = Math.max(entry.seq, told + 1);
      last = entry.through;
      const range = last > seq ? { seq, through: last } : { seq };
      output = added(output, { kind: 'dropped', ...range, reason: 'refused' });
    }
    return output.length === 0 ? undefined : { output, told: last };
  }

  #drop(dropped: Dropped): Awaitable<boolean> {
    const taken = dropped.through ?? dropped.seq;
    return this.#committed({ taken, sent: taken, output: [dropped] });
  }

  /** It was sealed by a process that is gone. */
  #dropPrivate(seq: number): Awaitable<boolean> {
    return this.#drop({ kind: 'dropped', seq, reason: 'private' });
  }

  #committed(facts: Facts): Awaitable<boolean> {
    const committing = this.#options.writer.commit(facts);
    if (!(committing instanceof Promise)) return this.#pass(facts, committing);
    return committing.then(
      (isDone) => this.#pass(facts, isDone),
      (error: unknown) => this.#commitAgain(facts, error),
    );
  }

  #pass({ taken }: Facts, isDone: boolean): boolean {
    if (isDone && taken !== undefined) this.#passed = Math.max(this.#passed, taken);
    return isDone;
  }

  /** Perhaps it happened, and only the answer is lost: said twice, it happens once. */
  async #commitAgain(facts: Facts, error: unknown): Promise<boolean> {
    if (!isPassing(error)) throw error;
    this.#options.onFailure('commit', error);
    await this.#rest();
    return this.#isStopped ? false : this.#committed(facts);
  }

  #hand(entry: CommandEntry): Awaitable<boolean> {
    const { context } = this.#options;
    const { seq } = entry;
    const command = this.#open(entry);
    if (command === undefined) return this.#dropPrivate(seq);
    const reason = command.held ? this.#veto(command) : undefined;
    if (reason !== undefined) return this.#drop({ kind: 'dropped', seq, reason });
    return context.world.delivery === 'commit' ? this.#commitCommand(command) : this.#markCommand(command);
  }

  #veto(command: WorldCommand): DropReason | undefined {
    try {
      return this.#player?.accepts?.(command) === false ? 'vetoed' : undefined;
    } catch (error) {
      this.#options.onFailure('world.accepts', error);
      return 'failed';
    }
  }

  /** The world answers with a commit, in which the command is taken. */
  async #commitCommand(command: WorldCommand): Promise<boolean> {
    const { seq } = command;
    if (seq === this.#suspect) {
      // It was tried again after one death, and there was another.
      if (this.#session.commands.suspect === seq)
        return this.#drop({ kind: 'dropped', seq, reason: 'failed' });
      if (!(await this.#committed({ suspect: seq }))) return false;
      this.#suspect = undefined;
      // The player may have gone meanwhile: decided anew.
      return true;
    }
    this.#write({ handed: seq });
    // Whoever hears of that may end the session: a player who has read all of one that its world has ended.
    if (this.#isStopped) return false;
    const answer = await this.#answer(command);
    const passed = { taken: seq, sent: seq, ...this.#ending };
    this.#ending = {};
    try {
      return await this.#committed({ ...passed, ...answer });
    } catch (error) {
      // It would fail again, and the world would be asked again for ever.
      this.#options.onFailure('command', error);
      return this.#committed({ ...passed, ...failed(seq) });
    }
  }

  /** What the world answers; a throw is an answer too, and so is what cannot be written. */
  async #answer(command: WorldCommand): Promise<WorldCommit> {
    const { entered, onFailure } = this.#options;
    this.#isAnswering = true;
    try {
      const answer = ownAnswer(await this.#player?.command(command));
      await entered();
      return answer;
    } catch (error) {
      onFailure('command', error);
      return failed(command.seq);
    } finally {
      this.#isAnswering = false;
    }
  }

  /** Marked taken, durably, before its bytes leave: it never runs twice. */
  #markCommand(command: WorldCommand): Awaitable<boolean> {
    const marked = this.#committed({ taken: command.seq });
    if (!(marked instanceof Promise)) return marked && this.#deliver(command);
    return marked.then((isTaken) => isTaken && this.#deliver(command));
  }

  #deliverTaken(entry: CommandEntry): Awaitable<boolean> {
    this.#inHand = undefined;
    this.#passed = entry.seq;
    const command = this.#open(entry);
    if (command !== undefined) return this.#deliver(command);
    this.#tellLost(entry.seq, 'private');
    return true;
  }

  /** At once where the world takes it at once. */
  #deliver(command: WorldCommand): Awaitable<boolean> {
    const { seq } = command;
    if (this.#session.stage === 'closed') return false;
    if (seq <= this.#lostThrough) {
      // It was lost while it was being marked: the game that is there now is not the one that it was for.
      this.#tellLost(seq, 'world_lost');
      return true;
    }
    try {
      const delivering = this.#player?.command(command) ?? this.#options.entered();
      if (delivering !== undefined) return this.#delivered(seq, delivering);
      this.#options.writer.sent(seq);
    } catch (error) {
      this.#undelivered(seq, error);
    }
    return true;
  }

  async #delivered(seq: number, delivering: unknown): Promise<true> {
    try {
      await delivering;
      await this.#options.entered();
      this.#options.writer.sent(seq);
    } catch (error) {
      this.#undelivered(seq, error);
    }
    return true;
  }

  /** It was taken, and does not leave. */
  #tellLost(seq: number, reason: DropReason): void {
    this.#write({ sent: seq, output: [{ kind: 'dropped', seq, reason }] });
  }

  #undelivered(seq: number, error: unknown): void {
    this.#options.onFailure('command', error);
    this.#tellUncertain(seq - 1, seq);
  }

  /** `undefined` for what was private and came before this process. */
  #open(entry: CommandEntry): WorldCommand | undefined {
    const { held: range } = this.#session.commands;
    const { seq, at } = entry;
    const held = range !== undefined && seq <= range.through;
    const { privateInput } = this.#options.context;
    const body = entry.kind === 'private' ? privateInput.open(this.#session.id, entry.sealed) : entry;
    switch (body?.kind) {
      case 'text':
        return { seq, at, held, text: body.text };
      case 'gmcp': {
        const { data, package: name } = body;
        if (data === undefined) return { seq, at, held, package: name };
        // The world in this process may keep it, and change it in place.
        const isHere = this.#options.context.world.delivery === 'commit';
        return { seq, at, held, package: name, data: isHere ? ownJson(data) : data };
      }
      default:
        return undefined;
    }
  }
}

function failed(seq: number): WorldCommit {
  return { output: [{ kind: 'dropped', seq, reason: 'failed' }] };
}
