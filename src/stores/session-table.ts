import {
  added,
  currentEpoch,
  DEFAULT_LIMITS,
  isKept,
  lastSeq,
  mayKeepLess,
  NONE,
  outputBytes,
  StoreError,
  transition,
  type Awaitable,
  type Clock,
  type CommandEntry,
  type Lease,
  type Missing,
  type Operation,
  type OutcomeOf,
  type OutputEntry,
  type OutputHead,
  type OutputPage,
  type Session,
  type SessionLimits,
  type Store,
  type Transition,
} from '../core/index.ts';
import type { Journal } from './journal.ts';
import { JournalWriter } from './journal-writer.ts';
import type { Changing } from './pending-change.ts';

const MISSING: Missing = { kind: 'missing' };

type Watcher = (session: Session, visibleEnd: number) => void;
type PageLimit = { readonly entries: number; readonly bytes: number };

interface Live extends Changing {
  session: Session;
  readonly commands: CommandEntry[];
  readonly output: OutputEntry[];
  /** The last offset that may be shown. */
  visibleEnd: number;
  /** The newest end that waits to become visible. */
  withheldEnd: number;
  watchers: ReadonlySet<Watcher> | undefined;
}

/** What became of an operation, and when that is durable, where it has to be awaited. */
interface Applied<T> {
  readonly outcome: T;
  readonly written: Promise<void> | undefined;
}

export interface SessionTableOptions {
  readonly journal: Journal;
  readonly clock: Clock;
  /** The number of the first lease, larger than any that an earlier process gave out. */
  readonly firstLease: number;
  readonly limits?: Partial<SessionLimits>;
  /** Sessions that nobody watches leave the memory once they are durable. */
  readonly forgetful: boolean;
  /** The journal failed: nothing can be promised any more, and the process should end. */
  readonly onFailure?: (error: StoreError) => void;
}

/**
 * A store for one process: sessions in use live in memory, where operations take effect at once and in order; a
 * journal makes them durable in groups.
 */
export class SessionTable implements Store {
  readonly #journal: Journal;
  readonly #clock: Clock;
  readonly #limits: SessionLimits;
  readonly #forgetful: boolean;
  readonly #writer: JournalWriter;
  readonly #live = new Map<string, Live>();
  readonly #loading = new Map<string, Promise<Live | undefined>>();
  readonly #watchers = new Map<string, Set<Watcher>>();
  #nextLease: number;

  constructor(options: SessionTableOptions) {
    this.#journal = options.journal;
    this.#clock = options.clock;
    this.#nextLease = options.firstLease;
    this.#limits = { ...DEFAULT_LIMITS, ...options.limits };
    this.#forgetful = options.forgetful;
    this.#writer = new JournalWriter(options.journal, options.clock, {
      written: (id) => this.#forget(id),
      failed: options.onFailure ?? (() => undefined),
    });
  }

  now(): number {
    return this.#clock.now();
  }

  async create(session: Session): Promise<void> {
    const { id } = session;
    const found = await this.#find(id);
    // Asked again without a pause: two may be here at once.
    if (found ?? this.#live.has(id)) throw new StoreError(`session ${id} exists already`, { passing: false });
    this.#writer.change(this.#keep({ session, commands: [], output: [] }), undefined);
    await this.#writer.write('now');
  }

  apply<O extends Operation>(id: string, operation: O): Awaitable<OutcomeOf<O> | Missing> {
    try {
      const found = this.#find(id);
      if (found instanceof Promise) return this.#applyLoaded(found, operation);
      const { outcome, written } = this.#apply(found, operation);
      return written === undefined ? outcome : written.then(() => outcome);
    } catch (error) {
      return Promise.reject(error);
    }
  }

  /** Not a promise of a promise: it would be answered after what is asked for later, and written with it. */
  #applyLoaded<O extends Operation>(
    loading: Promise<Live | undefined>,
    operation: O,
  ): Promise<OutcomeOf<O> | Missing> {
    return new Promise((resolve, reject) => {
      loading
        .then((live) => {
          const { outcome, written } = this.#apply(live, operation);
          if (written === undefined) resolve(outcome);
          else written.then(() => resolve(outcome), reject);
        })
        .catch(reject);
    });
  }

  /** At once in memory. */
  #apply<O extends Operation>(found: Live | undefined, operation: O): Applied<OutcomeOf<O> | Missing> {
    const live = open(found);
    if (live === undefined) return { outcome: MISSING, written: undefined };
    const change = transition(live, operation, this.now(), this.#limits);
    const { session, outcome } = change;
    if (session !== undefined) {
      const written = this.#update(live, session, change, operation);
      this.#tell(live);
      return { outcome, written };
    }
    // The answer rests on what is not durable yet.
    const isDirty = operation.kind !== 'acknowledge' && this.#writer.isDirty(live);
    return { outcome, written: isDirty ? this.#writer.write('now') : undefined };
  }

  async findByHash(hash: string): Promise<string | undefined> {
    this.#check();
    const fresh = this.#writer.findHash(hash);
    return fresh === undefined ? this.#journal.findByHash(hash) : (fresh ?? undefined);
  }

  async findByAccount(world: string, account: string): Promise<readonly string[]> {
    this.#check();
    // What is not durable yet is not found there, or not gone from there; it may become so while we wait.
    const before = this.#dirtySessions();
    const ids = new Set(await this.#journal.findByAccount(world, account));
    for (const [id, session] of [...before, ...this.#dirtySessions()]) {
      const isOne = session?.world === world && session.account === account && session.stage !== 'closed';
      if (isOne) ids.add(id);
      else ids.delete(id);
    }
    return [...ids];
  }

  #dirtySessions(): (readonly [string, Session | undefined])[] {
    return [...this.#writer.dirtyIds()].map((id) => [id, this.#live.get(id)?.session]);
  }

  read(id: string): Awaitable<Session | undefined> {
    const found = this.#find(id);
    return found instanceof Promise ? found.then((live) => open(live)?.session) : open(found)?.session;
  }

  readCommands(id: string, after: number): Awaitable<readonly CommandEntry[]> {
    const found = this.#find(id);
    return found instanceof Promise ? found.then((live) => waiting(live, after)) : waiting(found, after);
  }

  readOutput(id: string, after: number, limit: PageLimit): Awaitable<OutputPage> {
    const found = this.#find(id);
    return found instanceof Promise
      ? found.then((live) => page(live, after, limit))
      : page(found, after, limit);
  }

  watch(id: string, changed: Watcher): () => void {
    const watchers = this.#watchers.get(id) ?? new Set();
    const watcher: Watcher = (session, visibleEnd) => changed(session, visibleEnd);
    this.#watch(id, watchers.add(watcher));
    void this.#tellFirst(id, watcher).catch(() => undefined);
    return () => {
      if (!watchers.delete(watcher) || watchers.size > 0) return;
      this.#watch(id, undefined);
      this.#forget(id);
    };
  }

  #watch(id: string, watchers: Set<Watcher> | undefined): void {
    if (watchers) this.#watchers.set(id, watchers);
    else this.#watchers.delete(id);
    const live = this.#live.get(id);
    if (live) live.watchers = watchers;
  }

  /** Never from within the call of `watch`: the watcher is not ready yet. */
  async #tellFirst(id: string, watcher: Watcher): Promise<void> {
    await Promise.resolve();
    const live = open(await this.#find(id));
    if (live && this.#watchers.get(id)?.has(watcher)) watcher(live.session, live.visibleEnd);
  }

  acquireLease(): Promise<Lease> {
    const number = this.#nextLease;
    this.#nextLease += 1;
    return Promise.resolve({ number });
  }

  async *list(): AsyncIterable<Session> {
    this.#check();
    for await (const durable of this.#journal.list()) {
      const session = this.#live.get(durable.id)?.session ?? durable;
      if (session.stage !== 'closed') yield session;
    }
  }

  async due(limit: number): Promise<readonly string[]> {
    this.#check();
    return this.#journal.due(this.now(), limit);
  }

  async close(): Promise<void> {
    await this.#writer.close();
    await this.#journal.close();
  }

  #check(): void {
    if (this.#writer.failure) throw this.#writer.failure;
  }

  /** From memory, else from the journal. */
  #find(id: string): Awaitable<Live | undefined> {
    this.#check();
    const loading = this.#loading.size === 0 ? undefined : this.#loading.get(id);
    return loading ?? this.#live.get(id) ?? this.#load(id);
  }

  /** Who asks while it loads comes after those who asked before, in order. */
  #load(id: string): Promise<Live | undefined> {
    const loading = this.#journal.load(id).then((stored) => {
      this.#check();
      if (stored === undefined) return undefined;
      // Whoever waits for it uses it in this turn of the event loop, or watches it.
      this.#clock.after(0, () => this.#forget(id));
      const { session, commands, output } = stored;
      return this.#keep({ session, commands: [...commands], output: [...output] });
    });
    const done = (): void => {
      this.#loading.delete(id);
    };
    // Before any who waits: in the moment in which the first of them goes on, all others are in line.
    void loading.then(done, done);
    this.#loading.set(id, loading);
    return loading;
  }

  #keep({ session, commands, output }: Pick<Live, 'session' | 'commands' | 'output'>): Live {
    const { id } = session;
    const watchers = this.#watchers.get(id);
    const visibleEnd = session.output.end;
    const live: Live = {
      session,
      commands,
      output,
      visibleEnd,
      withheldEnd: 0,
      watchers,
      pending: undefined,
    };
    this.#live.set(id, live);
    return live;
  }

  #forget(id: string): void {
    const live = this.#live.get(id);
    if (live === undefined || live.watchers || this.#writer.isDirty(live)) return;
    const mayGo = this.#forgetful || live.session.stage === 'closed';
    if (mayGo && this.#journal.release(id)) this.#live.delete(id);
  }

  /** As it is when each of them is told: one before may have changed it. */
  #tell(live: Live): void {
    if (live.watchers) for (const watcher of live.watchers) watcher(live.session, live.visibleEnd);
  }

  /** Applies the change in memory and passes it on to be written. */
  #update(
    live: Live,
    session: Session,
    change: Transition<unknown>,
    operation: Operation,
  ): Promise<void> | undefined {
    const before = live.session;
    const pending = this.#writer.change(live, before);
    live.session = session;
    for (const entry of change.commands ?? NONE) {
      // A run of refusals that grew takes the place of what it was.
      if (live.commands.at(-1)?.seq === entry.seq) live.commands.pop();
      live.commands.push(entry);
    }
    for (const entry of change.output ?? NONE) live.output.push(entry);
    for (const hash of change.addedHashes ?? NONE) pending.addHash(hash);
    for (const hash of change.forgottenHashes ?? NONE) pending.forgetHash(hash);
    trimCommands(live.commands, session.commands.taken);
    // The oldest entries are in no cache, and most changes leave them alone.
    if (mayKeepLess(before.output, session.output)) trimOutput(live.output, session.output);
    return this.#write(live, before, operation);
  }

  /**
   * Output of a commit that takes commands becomes visible when durable, and so does the first of an epoch: else a client
   * could have a position in an epoch of which a crash left nothing. Other output does at once, in order. Nobody waits for
   * what may be lost.
   */
  #write(live: Live, before: Session, operation: Operation): Promise<void> | undefined {
    const { end } = live.session.output;
    const takes = operation.kind === 'commit' && operation.taken !== undefined;
    const begins = currentEpoch(before.output) !== currentEpoch(live.session.output);
    const isWithholding = live.withheldEnd > live.visibleEnd;
    const adds = end > Math.max(live.visibleEnd, live.withheldEnd);
    if (adds && (takes || begins || isWithholding)) {
      live.withheldEnd = end;
      return this.#writer.write('now', () => {
        live.visibleEnd = Math.max(live.visibleEnd, end);
        this.#tell(live);
      });
    }
    if (adds) live.visibleEnd = end;
    if (!isLazy(operation)) return this.#writer.write('now');
    void this.#writer.write('soon');
    return undefined;
  }
}

/** A session that is over is not there any more. */
function open(live: Live | undefined): Live | undefined {
  return live?.session.stage === 'closed' ? undefined : live;
}

/** What may be lost in a crash without a promise being broken, so that no write need be forced for it. */
function isLazy(operation: Operation): boolean {
  switch (operation.kind) {
    case 'acknowledge':
    case 'describe':
      return true;
    case 'commit': {
      const { taken, suspect, data, stage, worldState, account, windowMs, overflow, ending, settled } =
        operation;
      const other =
        taken ?? suspect ?? stage ?? worldState ?? account ?? windowMs ?? overflow ?? ending ?? settled;
      return data === undefined && other === undefined;
    }
    default:
      return false;
  }
}

/** What the world has is first in line. */
function trimCommands(commands: CommandEntry[], taken: number): void {
  for (let first = commands[0]; first !== undefined && lastSeq(first) <= taken; first = commands[0]) {
    commands.shift();
  }
}

/** What the log does not keep any more is in front, but for what stays among it. */
function trimOutput(output: OutputEntry[], head: OutputHead): void {
  const through = Math.max(head.acked, head.evicted);
  let at = 0;
  let kept = 0;
  for (; at < output.length; at += 1) {
    const entry = output[at];
    if (entry === undefined || entry.offset > through) break;
    if (isKept(entry, head)) {
      output[kept] = entry;
      kept += 1;
    }
  }
  if (at > kept) output.splice(kept, at - kept);
}

function waiting(found: Live | undefined, after: number): readonly CommandEntry[] {
  const kept = open(found)?.commands ?? NONE;
  const first = kept.findIndex((entry) => lastSeq(entry) > after);
  return first < 0 ? NONE : kept.slice(first);
}

/** Where the first entry after this offset is: nearly always the last one, and those far before it are in no cache. */
function firstAfter(output: readonly OutputEntry[], offset: number): number {
  let high = output.length;
  let low = high;
  for (let step = 1; low > 0 && (output[low - 1]?.offset ?? 0) > offset; step *= 2) {
    high = low;
    low = Math.max(0, low - step);
  }
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((output[middle]?.offset ?? Infinity) > offset) high = middle;
    else low = middle + 1;
  }
  return low;
}

function page(found: Live | undefined, after: number, limit: PageLimit): OutputPage {
  const live = open(found);
  if (live === undefined) return { entries: NONE, visibleEnd: 0 };
  let entries: OutputEntry[] = NONE;
  let bytes = 0;
  for (let index = firstAfter(live.output, after); index < live.output.length; index += 1) {
    const entry = live.output[index];
    if (entry === undefined || entry.offset > live.visibleEnd) break;
    bytes += outputBytes(entry);
    if (entries.length > 0 && (bytes > limit.bytes || entries.length >= limit.entries)) break;
    entries = added(entries, entry);
  }
  return { entries, visibleEnd: live.visibleEnd };
}
