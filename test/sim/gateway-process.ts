import type { Awaitable, Missing, Operation, OutcomeOf, OutputPage, Session } from '../../src/core/index.ts';
import { createGateway, type Gateway } from '../../src/gateway/gateway.ts';
import { SessionTable, type SessionTableOptions } from '../../src/stores/session-table.ts';
import type { Coverage } from './coverage.ts';
import type { Disk, ProcessJournal } from './disk.ts';
import { fastCrypto } from './fast-crypto.ts';
import { Game } from './game.ts';
import type { Ledger } from './ledger.ts';
import type { Random } from './random.ts';
import { RemoteStore } from './remote-store.ts';
import type { Settings } from './schedule.ts';
import type { Story } from './story.ts';
import { ProcessClock, type Timeline } from './timeline.ts';
import { SimulatedTransport } from './transport.ts';

export interface ProcessSurroundings {
  readonly settings: Settings;
  readonly story: Story;
  readonly timeline: Timeline;
  readonly ledger: Ledger;
  readonly coverage: Coverage;
  readonly disk: Disk;
  readonly random: Random;
  /** What the wall clock said when the simulation began, by this process's machine. */
  readonly wallMs: number;
  readonly isStoreFailing: () => boolean;
  readonly networkLatency: () => number;
  /** The store failed for good: the process ends. */
  readonly onFailure: () => void;
}

/** A session's output is read so often in one event only by a gateway that hangs. */
const READS_PER_EVENT = 2000;

/** The real store engine, with the ledger looking at each operation, in the order in which they take effect. */
class WatchedTable extends SessionTable {
  readonly #surroundings: ProcessSurroundings;
  #readsAt = 0;
  #reads = 0;

  constructor(options: SessionTableOptions, surroundings: ProcessSurroundings) {
    super(options);
    this.#surroundings = surroundings;
  }

  override apply<O extends Operation>(id: string, operation: O): Awaitable<OutcomeOf<O> | Missing> {
    const { ledger, coverage } = this.#surroundings;
    const before = this.peek(id);
    const outcome = super.apply(id, operation);
    ledger.store.operated(id, operation, before, this.peek(id) ?? ended(before));
    if (before === undefined) ledger.store.askedUnseen(id, operation);
    // Before whoever asked goes on.
    const answered = (answer: OutcomeOf<O> | Missing): void => {
      if (answer.kind === 'accepted') ledger.store.refuses(id, answer.refused);
      if (before === undefined) ledger.store.answeredUnseen(id, operation);
    };
    if (outcome instanceof Promise) outcome.then(answered, () => undefined);
    else answered(outcome);
    coverage.count(operation, outcome);
    return outcome;
  }

  /** The session where it is in memory; who looks where it is not only has it loaded sooner. */
  peek(id: string): Session | undefined {
    try {
      const found = this.read(id);
      if (!(found instanceof Promise)) return found;
      found.catch(() => undefined);
      return undefined;
    } catch {
      // The store failed, or is closed.
      return undefined;
    }
  }

  override readOutput(id: string, after: number, limit: { entries: number; bytes: number }): Output {
    const { timeline, story } = this.#surroundings;
    if (this.#readsAt !== timeline.now) this.#reads = 0;
    this.#readsAt = timeline.now;
    this.#reads += 1;
    if (this.#reads === READS_PER_EVENT) story.broken('hang', 'the gateway reads the same output for ever');
    if (this.#reads >= READS_PER_EVENT) throw new Error('planned: out of the endless loop');
    return super.readOutput(id, after, limit);
  }
}

type Output = OutputPage | Promise<OutputPage>;

/** A session that is over is not read any more. */
function ended(before: Session | undefined): Session | undefined {
  return before && { ...before, stage: 'closed' };
}

/** One life of the gateway: the real one, on a simulated machine. */
export class GatewayProcess {
  readonly number: number;
  readonly clock: ProcessClock;
  readonly table: WatchedTable;
  readonly transport: SimulatedTransport;
  readonly game: Game;
  readonly gateway: Gateway;
  readonly #surroundings: ProcessSurroundings;
  readonly #journal: ProcessJournal;
  readonly #remote: RemoteStore | undefined;
  #phase: 'running' | 'stopping' | 'stopped' = 'running';
  #isDead = false;

  constructor(surroundings: ProcessSurroundings) {
    const { settings, story, timeline, ledger, disk, random, wallMs } = surroundings;
    this.#surroundings = surroundings;
    this.number = disk.boot();
    this.clock = new ProcessClock(timeline, wallMs);
    this.#journal = disk.mount();
    this.table = new WatchedTable(
      {
        journal: this.#journal,
        clock: this.clock,
        firstLease: this.number * 1000,
        forgetful: true,
        limits: settings.limits,
        onFailure: () => {
          ledger.evidence.isFailing = true;
          surroundings.onFailure();
        },
      },
      surroundings,
    );
    this.transport = new SimulatedTransport(
      this.clock,
      { ...settings.wire, queue_commands: settings.limits.queueCommands },
      ledger.links,
    );
    this.game = new Game({ settings, story, audit: ledger.game, random, clock: this.clock });
    this.#remote = settings.isRemote ? this.#remoteStore() : undefined;
    this.gateway = createGateway({
      store: this.#remote ?? this.table,
      world: this.game,
      transports: [this.transport],
      tokenTtlSeconds: settings.windowMs / 1000,
      limits: settings.limits,
      wire: settings.wire,
      clock: this.clock,
      crypto: fastCrypto(random),
      onEvent: (event) => {
        if (!this.#isDead) ledger.tokenAudit.event(event);
      },
    });
  }

  get isDead(): boolean {
    return this.#isDead;
  }

  /** A session, where it is in memory. */
  peek(id: string): Session | undefined {
    return this.table.peek(id);
  }

  get isStopping(): boolean {
    return this.#phase !== 'running';
  }

  /** What `openEmbeddedStore` and `holdfast serve` do. */
  async start(): Promise<void> {
    this.#surroundings.ledger.evidence.processBegan(this);
    const detached = this.#surroundings.disk
      .attached()
      .map(async (id) => this.table.apply(id, { kind: 'detach' }));
    await Promise.all(detached);
    await this.gateway.listen();
  }

  async stop(): Promise<void> {
    this.#phase = 'stopping';
    await this.gateway.close();
    if (this.#isDead) return;
    if (!this.#surroundings.ledger.evidence.isFailing) this.#phase = 'stopped';
    this.#end(false);
  }

  /** `code` is what players hear, if they hear anything. `isWritten`: a write under way is on the disk. */
  die(code: number | undefined, isWritten: boolean): void {
    if (this.#isDead) return;
    this.transport.die(code);
    this.#end(isWritten);
  }

  #end(isWritten: boolean): void {
    this.#isDead = true;
    this.#journal.die(isWritten);
    this.clock.stop();
    this.#remote?.die();
    this.#surroundings.ledger.evidence.processGone(this.#phase);
  }

  #remoteStore(): RemoteStore {
    const { timeline, random, networkLatency, isStoreFailing } = this.#surroundings;
    return new RemoteStore(this.table, {
      timeline,
      random,
      latency: networkLatency,
      isFailing: isStoreFailing,
    });
  }
}
