import type { Session } from '../../src/core/index.ts';
import { Coverage, faultOf } from './coverage.ts';
import { Disk } from './disk.ts';
import { checkFates } from './fates.ts';
import { GatewayProcess } from './gateway-process.ts';
import { arriveLate } from './late-requests.ts';
import { Ledger } from './ledger.ts';
import { runMicrotasks } from './microtasks.ts';
import { Connection } from './network.ts';
import { SimulatedPlayer, type PlayerSurroundings } from './player.ts';
import { Random } from './random.ts';
import type { Range, Schedule, Step } from './schedule.ts';
import { Story, type Violation } from './story.ts';
import { Timeline } from './timeline.ts';

export interface Run {
  readonly events: number;
  /** How long it took in simulated time, in ms. */
  readonly simulatedMs: number;
  readonly violations: readonly Violation[];
  readonly story: readonly string[];
}

export interface RunOptions {
  /** Whether the story is told. */
  readonly isTold?: boolean;
  readonly coverage?: Coverage;
}

/** Runs a schedule to its end, or to the first broken promise. Call it where `runMicrotasks` works. */
export function runSchedule(schedule: Schedule, { isTold = false, coverage }: RunOptions = {}): Run {
  return new Simulation(schedule, isTold, coverage ?? new Coverage()).run();
}

/** All faults end, and all is well after so long, in ms. */
const CALM_MS = 400_000;
/** How often it is asked whether all is well, in ms. */
const LOOK_MS = 500;
const WALL_MS = Date.UTC(2026, 10, 1);
/** A graceful stop that takes longer than this hangs, in ms. */
const STOP_MS = 20_000;
/** More events than any schedule has. */
const EVENTS_LIMIT = 200_000;

class Simulation {
  readonly #schedule: Schedule;
  readonly #timeline = new Timeline();
  readonly #story: Story;
  readonly #ledger: Ledger;
  readonly #coverage: Coverage;
  readonly #disk: Disk;
  // A stream of randomness for each, so that a fault in one changes as little as can be in the others.
  readonly #network: Random;
  readonly #store: Random;
  readonly #machine: Random;
  readonly #whims: Random;
  readonly #surroundings: PlayerSurroundings;
  readonly #players: SimulatedPlayer[] = [];
  readonly #nextCut = new Map<SimulatedPlayer, Extract<Step, { kind: 'cut_at' }>>();
  #process: GatewayProcess | undefined;
  #isStarting = false;
  #connections = 0;
  #wallMs = WALL_MS;
  #isDone = false;
  #slowUntil = -1;
  #slowFactor = 1;
  #errorsUntil = -1;

  constructor(schedule: Schedule, isTold: boolean, coverage: Coverage) {
    const { seed, settings } = schedule;
    this.#schedule = schedule;
    this.#story = new Story(this.#timeline, isTold);
    this.#ledger = new Ledger(this.#story, this.#timeline, schedule);
    this.#coverage = coverage;
    coverage.begin(() => this.#timeline.now);
    this.#network = new Random(seed, 1);
    this.#store = new Random(seed, 2);
    this.#machine = new Random(seed, 3);
    this.#whims = new Random(seed, 4);
    this.#disk = new Disk(this.#timeline, {
      latency: () => {
        const factor = this.#timeline.now < this.#slowUntil ? this.#slowFactor : 1;
        return factor * this.#draw(this.#store, settings.diskMs);
      },
      written: (change) => this.#ledger.store.written(change),
    });
    this.#ledger.evidence.disk = this.#disk;
    this.#surroundings = {
      story: this.#story,
      timeline: this.#timeline,
      evidence: this.#ledger.evidence,
      random: this.#whims,
      dial: (player) => this.#dial(player),
    };
  }

  run(): Run {
    this.#begin();
    const { steps, settings } = this.#schedule;
    for (const [index, player] of settings.players.entries()) {
      this.#players.push(new SimulatedPlayer(String(index), player, this.#surroundings));
    }
    this.#timeline.after(0, () => {
      for (const player of this.#players) player.load();
    });
    for (const step of steps) this.#timeline.after(step.at, () => this.#do(step));
    this.#timeline.after((steps.at(-1)?.at ?? 0) + 1, () => this.#calm());
    while (!this.#isDone && this.#story.violations.length === 0 && this.#step()) {
      if (this.#timeline.events > EVENTS_LIMIT) this.#story.broken('hang', 'it never comes to rest');
    }
    return {
      events: this.#timeline.events,
      simulatedMs: this.#timeline.now,
      violations: this.#story.violations,
      story: this.#story.lines,
    };
  }

  /** The next thing that happens, and all that follows from it at once. */
  #step(): boolean {
    try {
      const isMore = this.#timeline.step();
      runMicrotasks();
      return isMore;
    } catch (error) {
      const stack = error instanceof Error ? error.stack : String(error);
      this.#story.broken('no bug', `this would have ended the process: ${stack}`);
      return false;
    }
  }

  #draw(random: Random, [low, high]: Range): number {
    return random.skewed(low, high);
  }

  // The gateway.

  #begin(): void {
    this.#isStarting = false;
    this.#story.tell(() => 'the gateway starts');
    const process = new GatewayProcess({
      settings: this.#schedule.settings,
      story: this.#story,
      timeline: this.#timeline,
      ledger: this.#ledger,
      coverage: this.#coverage,
      disk: this.#disk,
      random: this.#machine,
      wallMs: this.#wallMs,
      isStoreFailing: () => this.#timeline.now < this.#errorsUntil,
      networkLatency: () => this.#draw(this.#store, this.#schedule.settings.networkMs),
      onFailure: () => {
        // The process ends by itself, but not in the same moment.
        this.#timeline.after(this.#store.between(0, 30), () => {
          if (this.#process === process) this.#crash(1006, false, 100);
        });
      },
    });
    this.#process = process;
    process.start().catch((error: unknown) => {
      const isPlanned = process.isDead || process.isStopping || this.#ledger.evidence.isFailing;
      if (!isPlanned) this.#story.broken('no bug', `the gateway does not start: ${String(error)}`);
    });
    runMicrotasks();
  }

  #crash(code: number | undefined, isWritten: boolean, downMs: number): void {
    if (this.#process === undefined || this.#process.isDead) return;
    this.#story.tell(() => 'the gateway dies');
    this.#process.die(code, isWritten);
    this.#beginLater(downMs);
  }

  #restart(downMs: number): void {
    const process = this.#process;
    if (process === undefined || process.isDead) return;
    this.#story.tell(() => 'the gateway stops in good order');
    process.stop().then(
      () => this.#beginLater(downMs),
      (error: unknown) => {
        const isPlanned = this.#ledger.evidence.isFailing;
        if (!isPlanned) this.#story.broken('no bug', `the gateway does not stop: ${String(error)}`);
      },
    );
    this.#timeline.after(STOP_MS, () => {
      if (process.isDead || this.#process !== process) return;
      this.#story.broken('hang', 'the gateway does not stop');
    });
  }

  #beginLater(downMs: number): void {
    if (this.#isStarting) return;
    this.#isStarting = true;
    this.#timeline.after(downMs, () => this.#begin());
  }

  #dial(player: SimulatedPlayer): Connection {
    this.#connections += 1;
    const connection = new Connection(
      this.#connections,
      this.#timeline,
      () => this.#draw(this.#network, this.#schedule.settings.networkMs),
      player,
      (accepted) => {
        const { confirms } = player.settings;
        return this.#process?.isDead === false
          ? this.#process.transport.accept(accepted, { confirms })
          : undefined;
      },
    );
    const cut = this.#nextCut.get(player);
    if (cut !== undefined) {
      this.#nextCut.delete(player);
      this.#limit(connection, cut);
    }
    return connection;
  }

  #limit(connection: Connection, { way, bytes, how }: Extract<Step, { kind: 'cut_at' }>): void {
    const pipe = way === 'up' ? connection.up : connection.down;
    pipe.limit(bytes, () => {
      this.#story.tell(() => `connection ${connection.id} is cut (${how}) after ${bytes} bytes ${way}`);
      connection.cut(how);
    });
  }

  // The steps.

  #do(step: Step): void {
    this.#story.tell(() => `--- ${JSON.stringify(step)}`);
    const fault = faultOf(step);
    if (fault !== undefined) this.#coverage.struck(fault);
    if ('player' in step) {
      const player = this.#players[step.player];
      if (player !== undefined) this.#doWith(player, step);
      return;
    }
    switch (step.kind) {
      case 'crash':
        this.#wallMs += step.clockJumpMs;
        return this.#crash(step.isSilent ? undefined : 1006, step.isWritten, step.downMs);
      case 'restart':
        this.#wallMs += step.clockJumpMs;
        return this.#restart(step.downMs);
      case 'slow_disk':
        this.#slowUntil = this.#timeline.now + step.ms;
        this.#slowFactor = step.factor;
        return;
      case 'fail_disk':
        return this.#disk.failNextWrite(step.isWritten);
      case 'store_errors':
        this.#errorsUntil = this.#timeline.now + step.ms;
        return;
    }
  }

  #doWith(player: SimulatedPlayer, step: Extract<Step, { readonly player: number }>): void {
    const { record, connection } = player;
    const place = record && this.#process?.isDead === false ? this.#process.game.find(record.id) : undefined;
    switch (step.kind) {
      case 'say':
        for (let i = 0; i < step.count; i += 1) player.type(step.verb);
        return;
      case 'choose':
        return player.choose(this.#whims.pick(['all', 'none', [1, 4]] as const));
      case 'ask_link':
        return player.ask({ type: 'link' });
      case 'ask_refresh':
        return player.ask({ type: 'refresh' });
      case 'quit':
        return player.quit();
      case 'cut':
        return connection?.cut(step.how);
      case 'cut_at':
        if (step.which === 'next') this.#nextCut.set(player, step);
        else if (connection !== undefined) this.#limit(connection, step);
        return;
      case 'freeze':
        return connection?.down.freeze(step.ms);
      case 'stop_acks':
        return player.stopAcks(step.ms);
      case 'reload':
        return player.load();
      case 'wake':
        return player.wake();
      case 'forget':
        return player.forget();
      case 'copy':
        return this.#copy(player);
      case 'use_link':
        return this.#useLink(player);
      case 'late':
        return this.#process?.isDead === false ? arriveLate(this.#process, record?.id) : undefined;
      case 'print':
        return place?.print(step.what, step.count);
      case 'window':
        if (record === undefined || place === undefined) return;
        record.windowMs = {
          low: Math.min(record.windowMs.low, step.ms),
          high: Math.max(record.windowMs.high, step.ms),
        };
        return place.session.setResumeWindow(step.ms);
      case 'end_session':
        return place?.session.end();
      case 'lose':
        return place?.lose(record && this.#process?.peek(record.id)?.commands.accepted);
      case 'world_down':
        place?.session.state('down');
        if (place) this.#process?.clock.after(step.ms, () => place.session.state('up'));
    }
  }

  #copy(player: SimulatedPlayer): void {
    const { token } = player.kept;
    const id = token === undefined ? undefined : this.#ledger.tokens.idOf(token);
    const chain = id === undefined ? undefined : this.#ledger.tokens.chainOf(id);
    if (chain === undefined) return;
    chain.isCopied = true;
    if (player.record) player.record.isShared = true;
    const copy = player.copy(`${player.name}c${this.#players.length}`);
    this.#players.push(copy);
    copy.load();
  }

  #useLink(player: SimulatedPlayer): void {
    if (player.linkToken === undefined || player.record === undefined) return;
    const from = { kept: { token: player.linkToken } };
    const name = `${player.name}l${this.#players.length}`;
    const other = new SimulatedPlayer(name, player.settings, this.#surroundings, from);
    other.record = player.record;
    player.linkToken = undefined;
    this.#players.push(other);
    other.load();
  }

  // The end: no more faults, and all must be well.

  #calm(): void {
    this.#story.tell(() => '--- calm');
    this.#nextCut.clear();
    for (const player of this.#players) {
      if (!player.hasYielded) player.wake();
    }
    this.#look(this.#timeline.now + CALM_MS);
  }

  #look(until: number): void {
    this.#timeline.after(LOOK_MS, () => {
      const isUp = this.#process !== undefined && !this.#process.isDead && !this.#process.isStopping;
      if (isUp && this.#players.every((player) => this.#isWell(player))) return this.#finish();
      if (this.#timeline.now < until) return this.#look(until);
      const ill = this.#players.filter((player) => !this.#isWell(player));
      const situations = ill.map((player) => {
        const session = player.record && this.#sessionOf(player.record.id);
        return `${player.name}: ${player.situation}, ${JSON.stringify(session?.commands)}`;
      });
      this.#story.broken('return', `not all is well in the end: ${situations.join('; ')}`);
    });
  }

  #isWell(player: SimulatedPlayer): boolean {
    if (player.over !== undefined && !player.hasYielded) {
      player.wake();
      return false;
    }
    const session = player.record && this.#sessionOf(player.record.id);
    if (session === undefined) return player.isSettled;
    const { accepted, taken, sent } = session.commands;
    if (player.over !== undefined) return true;
    const isDrained = session.presence.attached && accepted === taken && taken === sent;
    if (isDrained && player.isSettled) return true;
    player.choose('all');
    return false;
  }

  /** As the gateway has it now; where it has it not in memory, as it is on the disk. */
  #sessionOf(id: string): Session | undefined {
    return this.#process?.peek(id) ?? this.#disk.sessions.get(id)?.session;
  }

  #finish(): void {
    this.#isDone = true;
    this.#ledger.links.finish();
    const { delivery } = this.#schedule.settings;
    const records = this.#ledger.evidence.sessions.values();
    checkFates(this.#story, this.#players, records, delivery, (id) => this.#sessionOf(id));
  }
}
