import {
  isCrowded,
  nextCommandStep,
  randomName,
  type ClientInfo,
  type Clock,
  type CommandEntry,
  type Commit,
  type Cryptography,
  type Json,
  type NewOutput,
  type OutcomeOf,
  type Overflow,
  type Session,
  type SessionLimits,
  type Store,
  type World,
  type WorldCommand,
  type WorldCommit,
  type WorldPlayer,
  type WorldSession,
  type WorldState,
} from '../core/index.ts';
import type { OnEvent } from './event.ts';
import type { FrontDoor } from './front-door.ts';
import type { PrivateText } from './private-text.ts';

type Facts = Omit<Commit, 'kind' | 'lease' | 'epoch' | 'after'>;
type Dropped = Extract<NewOutput, { kind: 'dropped' }>;

/** What the world's ends of one world share. */
export interface WorldContext {
  readonly store: Store;
  readonly world: World;
  readonly limits: SessionLimits;
  readonly clock: Clock;
  readonly crypto: Cryptography;
  readonly privateText: PrivateText;
  /** The right to write, as it was acquired for this world. */
  readonly lease: number;
  readonly clientOf: (sessionId: string) => ClientInfo | undefined;
  readonly onEvent: OnEvent;
  readonly frontDoor: FrontDoor;
  /** The session is over. */
  readonly forget: (sessionId: string) => void;
}

/**
 * The world's end of one session: hands the world one command after the other, and is the only writer of the
 * session's output. It acts on what the store tells it of the session; whoever else changed that may be anywhere.
 */
export class WorldEnd implements WorldSession {
  readonly id: string;
  readonly restored: boolean;
  readonly #host: WorldContext;
  #session: Session;
  #player: WorldPlayer | undefined;
  #epoch: string;
  /** The log's end as this writer knows it. */
  #end: number | undefined;
  /** The attachment that the world was told of, while it has not been told of its end. */
  #toldAttachment: number | undefined;
  /** The world has a command that its commit will answer. */
  #isAnswering = false;
  /** What the world asked for meanwhile, for its next commit. */
  #endsWith: Pick<Facts, 'ending'> = {};
  /** The player is at the front door, and not decided on. */
  #entering: Promise<void> | undefined;
  /** The command that was in line when the process before this one died. */
  #suspect: number | undefined;
  /** What waits up to here was lost by the world. */
  #lostThrough = 0;
  #working: Promise<void> | undefined;
  #again = false;
  #cancelWake: (() => void) | undefined;
  readonly #waitingForRoom: (() => void)[] = [];
  #over = false;
  /** Nothing is written after the epoch ended. */
  #settled = false;
  readonly #unwatch: () => void;

  constructor(host: WorldContext, session: Session, restored: boolean) {
    this.#host = host;
    this.id = session.id;
    this.restored = restored;
    this.#session = session;
    this.#epoch = randomName(host.crypto);
    this.#unwatch = host.store.watch(this.id, (changed) => this.#changed(changed));
  }

  /** Gives the session to the world. Called once, right after the constructor. */
  open(): void {
    if (this.restored) this.#takeOver(this.#session);
    this.#player = this.#host.world.open(this);
    this.#changed(this.#session);
  }

  get account(): string | undefined {
    return this.#session.account;
  }

  get data(): Json | undefined {
    return this.#session.data;
  }

  get client(): ClientInfo | undefined {
    return this.#host.clientOf(this.id);
  }

  send(...output: readonly NewOutput[]): void {
    if (output.length > 0) this.#write({ output });
  }

  keep(data: Json): void {
    this.#write({ data });
  }

  playing(account?: string): void {
    // Who was playing already has only come back to the game.
    if (account === undefined || this.#session.stage === 'playing') return this.#enter(account, []);
    this.#entering = this.#comeIn(account).catch((error: unknown) => this.#failed('front door', error));
  }

  /** By the front door: an older session of the account may take the place of this one. */
  async #comeIn(account: string): Promise<void> {
    const { frontDoor } = this.#host;
    const entrance = await frontDoor.enter(this.id, account);
    if (entrance.kind === 'resumes') await frontDoor.resume(this.id, entrance.kept);
    else this.#enter(account, entrance.unread);
  }

  #enter(account: string | undefined, unread: readonly NewOutput[]): void {
    const facts = { stage: 'playing', worldState: 'up', output: unread } as const;
    this.#write(account === undefined ? facts : { ...facts, account });
  }

  authenticating(): void {
    this.#write({ stage: 'authenticating', worldState: 'login' });
  }

  state(worldState: WorldState): void {
    this.#write({ worldState });
  }

  lose(): void {
    this.#lostThrough = this.#session.commands.accepted;
    this.#work();
  }

  setResumeWindow(windowMs: number): void {
    this.#write({ windowMs: Math.max(0, Math.floor(windowMs)) });
  }

  setOverflow(overflow: Overflow): void {
    this.#write({ overflow });
  }

  whenRoom(): Promise<void> {
    if (this.#hasRoom) return Promise.resolve();
    return new Promise((resolve) => this.#waitingForRoom.push(resolve));
  }

  end(reason = 'world_closed'): void {
    // Said while it answers a command, the answer is the farewell: both go together.
    if (this.#isAnswering) this.#endsWith = { ending: reason };
    else this.#write({ ending: reason });
  }

  /** A line that must not be in any log. */
  isPrivate(text: string): boolean {
    return this.#player?.isPrivate?.(text) ?? false;
  }

  passing(packageName: string, data: Json | undefined): void {
    this.#guard('passing', () => this.#player?.passing?.(packageName, data));
  }

  resized(columns: number, rows: number): void {
    this.#guard('resized', () => this.#player?.resized?.(columns, rows));
  }

  /**
   * The process ends in good order: what is in hand may finish until `graceMs` have passed, and the epoch ends. A
   * command that was not answered by then is not taken: an in-process world gets it again after the restart.
   */
  async settle(graceMs: number): Promise<void> {
    this.#over = true;
    this.#unwatch();
    this.#cancelWake?.();
    const late = Symbol('late');
    const grace = new Promise<typeof late>((resolve) => {
      this.#host.clock.after(graceMs, () => resolve(late));
    });
    const sent =
      (await Promise.race([this.#working, grace])) === late ? {} : { sent: this.#session.commands.taken };
    const last = this.#commit({ settled: true, ...sent });
    // Whatever the world still writes would begin the epoch anew, and look like a crash.
    this.#settled = true;
    await last;
  }

  get #hasRoom(): boolean {
    const { output, overflow } = this.#session;
    return this.#over || overflow !== 'slow_world' || !isCrowded(output, this.#host.limits);
  }

  #tellRoom(): void {
    if (this.#waitingForRoom.length === 0 || !this.#hasRoom) return;
    for (const resolve of this.#waitingForRoom.splice(0)) resolve();
  }

  #changed(session: Session): void {
    if (this.#over) return;
    this.#session = session;
    this.#tellRoom();
    if (session.stage === 'closed') return this.#closed(session.ending ?? 'closed');
    if (this.#player === undefined) return;
    this.#tellPresence(session);
    this.#work();
  }

  /** Tells the world who is there: not before the client is ready, and never of one that is gone already. */
  #tellPresence({ presence }: Session): void {
    const there = presence.attached && presence.ready ? presence.attachment : undefined;
    if (there === this.#toldAttachment) return;
    const leaves = this.#toldAttachment !== undefined;
    this.#toldAttachment = there;
    if (leaves) this.#guard('detached', () => this.#player?.detached?.());
    const { client } = this;
    if (there !== undefined) this.#guard('attached', () => this.#player?.attached?.(client ?? UNKNOWN));
  }

  #closed(reason: string): void {
    this.#over = true;
    this.#unwatch();
    this.#cancelWake?.();
    this.#tellRoom();
    this.#host.forget(this.id);
    this.#guard('closed', () => this.#player?.closed?.(reason));
    this.#host.onEvent({ kind: 'closed', sessionId: this.id, reason });
  }

  /** A world's bug ends nothing but what it was about. */
  #guard(where: string, call: () => void): void {
    try {
      call();
    } catch (error) {
      this.#host.onEvent({ kind: 'failed', sessionId: this.id, where: `world.${where}`, error });
    }
  }

  // Commands.

  /** One loop at a time; a change meanwhile makes it look again. */
  #work(): void {
    this.#again = true;
    this.#working ??= this.#workAll()
      .catch((error: unknown) => this.#failed('commands', error))
      .finally(() => {
        this.#working = undefined;
        if (this.#again && !this.#over) this.#work();
      });
  }

  async #workAll(): Promise<void> {
    while (this.#again) {
      this.#again = false;
      while (!this.#over && (await this.#next()));
    }
  }

  /** Does what is next; false when there is nothing to do until something changes. */
  async #next(): Promise<boolean> {
    const { store, limits } = this.#host;
    const { commands: head, worldState } = this.#session;
    if (head.accepted === head.taken) return false;
    const commands = await store.readCommands(this.id, head.taken);
    if (await this.#tellRefused(commands)) return true;

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
        return (await this.#commit({ taken: step.seq, sent: step.seq })) !== undefined;
      case 'drop': {
        const { seq, through, reason } = step;
        const range = through > seq ? { seq, through } : { seq };
        return this.#drop({ kind: 'dropped', ...range, reason });
      }
      case 'hand':
        return worldState === 'down' ? false : this.#hand(step.entry);
    }
  }

  /** Looks again at this time. */
  #wakeAt(until: number | undefined): void {
    this.#cancelWake?.();
    this.#cancelWake = undefined;
    if (until === undefined || this.#over) return;
    this.#cancelWake = this.#host.clock.after(until - this.#host.store.now(), () => this.#work());
  }

  /** Refusals are told at once, before what was accepted ahead of them is through. */
  async #tellRefused(commands: readonly CommandEntry[]): Promise<boolean> {
    const { told } = this.#session.commands;
    const output: Dropped[] = [];
    let last = told;
    for (const entry of commands) {
      if (entry.kind !== 'refused' || entry.through <= told) continue;
      const seq = Math.max(entry.seq, told + 1);
      last = entry.through;
      output.push({ kind: 'dropped', seq, reason: 'refused', ...(last > seq ? { through: last } : {}) });
    }
    if (output.length === 0) return false;
    return (await this.#commit({ output, told: last })) !== undefined;
  }

  async #drop(dropped: Dropped): Promise<boolean> {
    const taken = dropped.through ?? dropped.seq;
    return (await this.#commit({ taken, sent: taken, output: [dropped] })) !== undefined;
  }

  async #hand(entry: CommandEntry): Promise<boolean> {
    const { seq } = entry;
    const command = this.#open(entry);
    if (command === undefined) return this.#drop({ kind: 'dropped', seq, reason: 'private' });
    if (command.held && this.#player?.accepts?.(command) === false) {
      return this.#drop({ kind: 'dropped', seq, reason: 'vetoed' });
    }
    return this.#host.world.delivery === 'commit' ? this.#commitCommand(command) : this.#markCommand(command);
  }

  /** The world answers with a commit, in which the command is taken. */
  async #commitCommand(command: WorldCommand): Promise<boolean> {
    const { seq } = command;
    if (seq === this.#suspect) {
      // It was tried again after one death, and there was another.
      if (this.#session.commands.suspect === seq)
        return this.#drop({ kind: 'dropped', seq, reason: 'failed' });
      if ((await this.#commit({ suspect: seq })) === undefined) return false;
      this.#suspect = undefined;
      // The player may have gone meanwhile: decided anew.
      return true;
    }
    this.#write({ handed: seq });
    const answer = await this.#answer(command);
    const ending = this.#endsWith;
    this.#endsWith = {};
    return (await this.#commit({ taken: seq, sent: seq, ...answer, ...ending })) !== undefined;
  }

  /** What the world answers; a throw is an answer too. */
  async #answer(command: WorldCommand): Promise<WorldCommit | void> {
    this.#isAnswering = true;
    try {
      const answer = await this.#player?.command(command);
      await this.#entering;
      return answer;
    } catch (error) {
      this.#failed('command', error);
      return { output: [{ kind: 'dropped', seq: command.seq, reason: 'failed' }] };
    } finally {
      this.#isAnswering = false;
    }
  }

  /** Marked taken, durably, before its bytes leave: it never runs twice. */
  async #markCommand(command: WorldCommand): Promise<boolean> {
    const { seq } = command;
    if ((await this.#commit({ taken: seq })) === undefined) return false;
    if (this.#session.stage === 'closed') return false;
    try {
      await this.#player?.command(command);
      await this.#entering;
      this.#write({ sent: seq });
    } catch (error) {
      this.#failed('command', error);
      // In one step: who finds it dropped finds it settled, also after a crash.
      this.#write({ sent: seq, output: [{ kind: 'dropped', seq, reason: 'uncertain' }] });
    }
    return true;
  }

  #open(entry: CommandEntry): WorldCommand | undefined {
    const { held: range } = this.#session.commands;
    const { seq, at } = entry;
    const held = range !== undefined && seq <= range.through;
    switch (entry.kind) {
      case 'text':
        return { seq, at, held, text: entry.text };
      case 'gmcp':
        return {
          seq,
          at,
          held,
          package: entry.package,
          ...(entry.data === undefined ? {} : { data: entry.data }),
        };
      case 'private': {
        const text = this.#host.privateText.open(this.id, entry.sealed);
        return text === undefined ? undefined : { seq, at, held, text };
      }
      default:
        return undefined;
    }
  }

  /**
   * What another process had in hand is not in hand any more. What it had marked taken may have left, or not: the
   * player is told so, and it is not sent again. Where it died, the first command in line may be what killed it.
   */
  #takeOver({ commands, output }: Session): void {
    const { accepted, handed, sent, taken } = commands;
    const died = handed !== undefined || output.open;
    if (died && accepted > taken) this.#suspect = taken + 1;
    if (handed !== undefined) this.#write({ handed: 0 });
    if (sent >= taken) return;
    const range = taken > sent + 1 ? { seq: sent + 1, through: taken } : { seq: taken };
    this.#write({ sent: taken, output: [{ kind: 'dropped', ...range, reason: 'uncertain' }] });
  }

  // Writing.

  /** Writes without waiting for it to be durable; order is kept. */
  #write(facts: Facts): void {
    this.#commit(facts).catch((error: unknown) => this.#failed('commit', error));
  }

  /** `undefined` where this end does not own the session any more, or it is over. */
  async #commit(facts: Facts): Promise<Extract<OutcomeOf<Commit>, { kind: 'committed' }> | undefined> {
    if (this.#settled) return undefined;
    const outcome = await this.#host.store.apply<Commit>(this.id, {
      kind: 'commit',
      lease: this.#host.lease,
      epoch: this.#epoch,
      ...(this.#end === undefined ? {} : { after: this.#end }),
      ...facts,
    });
    switch (outcome.kind) {
      case 'committed':
        this.#end = Math.max(this.#end ?? 0, outcome.end);
        return outcome;
      case 'tail_lost':
        // The store forgot what it had: what comes now must not be taken for a part of that run.
        this.#epoch = randomName(this.#host.crypto);
        this.#end = outcome.end;
        return this.#commit(facts);
      case 'fenced':
      case 'closed':
      case 'missing':
        return undefined;
    }
  }

  #failed(where: string, error: unknown): void {
    this.#host.onEvent({ kind: 'failed', sessionId: this.id, where, error });
  }
}

const UNKNOWN: ClientInfo = { transport: 'unknown' };
