import type { DropReason, Operation, Session } from '../../src/core/index.ts';
import type { ClientFrame, ServerFrame } from '../../src/protocol/index.ts';
import type { SessionTable } from '../../src/stores/session-table.ts';
import type { Disk } from './disk.ts';
import type { WrittenRecord } from './reader.ts';
import type { Schedule, Settings } from './schedule.ts';
import type { Story } from './story.ts';
import type { Timeline } from './timeline.ts';
import type { SimulatedLink } from './transport.ts';

/** What became of one command number, when it did not run. */
interface Dropped {
  /** Its entry's, where that was ever on the disk by itself. */
  readonly offset: number | undefined;
  readonly reason: DropReason;
}

/** What the simulation knows of one session, from outside of it. */
export class SessionRecord implements WrittenRecord {
  readonly id: string;
  readonly durable = new Map<number, number>();
  readonly unclean = new Set<number>();
  readonly perhapsUnclean = new Set<number>();
  epochs: ReadonlySet<string> = new Set();
  /** By process: how many texts the game wrote. */
  readonly written = new Map<number, number>();
  /** What the game carried out, in order; after a crash only what it still knows. */
  readonly ran: { readonly seq: number; readonly id: string }[] = [];
  readonly dropped = new Map<number, Dropped>();
  /** What the process that runs has dropped, durably or not: its entry may go before it was ever on the disk. */
  readonly droppedNow = new Map<number, DropReason>();
  /** Numbers that consumed themselves only. */
  readonly passing = new Set<number>();
  /** The process that runs has written output of any kind. */
  hasWritten = false;
  /** Why it is over. */
  ended: string | undefined;
  /** When somebody was served last, in ms of the simulation: a crash cannot take that back. */
  servedUntil = 0;
  /** When its clock may have started last: somebody attached without a word, or a token was made for it. */
  attachedUntil = 0;
  /** The window that the game set, the shortest and the longest so far, in ms. */
  windowMs: { low: number; high: number };
  /** Whose connection serves it. */
  owner: SimulatedLink | undefined;
  /** The owner has its token: commands may be handed on. */
  isReady = false;
  /** Held commands that the player who came back does not want any more. */
  readonly skipped = new Set<number>();
  /** The same by a choice that only the process that runs is sure to know: a crash may take it back. */
  readonly skippedNow = new Set<number>();
  /** What the player who came back last was shown as held. */
  held: readonly number[] = [];
  /** Numbers that the queue had no room for. */
  readonly refused = new Set<number>();
  /** Tokens made for other devices: each may displace an older one. */
  links = 0;
  /** More than one client has had a token of it. */
  isShared = false;

  constructor(id: string, windowMs: number) {
    this.id = id;
    this.windowMs = { low: windowMs, high: windowMs };
  }

  wasServed(now: number): void {
    this.servedUntil = now;
    this.attachedUntil = now;
  }

  /** Why a command did not run, if it was dropped. */
  dropReason(seq: number): DropReason | undefined {
    return this.dropped.get(seq)?.reason ?? this.droppedNow.get(seq);
  }
}

/** The process that runs now. */
export interface CurrentProcess {
  readonly number: number;
  readonly table: SessionTable;
  readonly clock: { now(): number };
}

/** What was seen so far, for all who judge it. */
export class Evidence {
  readonly story: Story;
  readonly settings: Settings;
  /** Clocks were set while the gateway was down: its times mean little. */
  readonly hasJumps: boolean;
  readonly sessions = new Map<string, SessionRecord>();
  readonly #timeline: Timeline;
  disk: Disk | undefined;
  process: CurrentProcess | undefined;
  /** The disk failed: the process is about to end. */
  isFailing = false;

  constructor(story: Story, timeline: Timeline, { settings, steps }: Schedule) {
    this.story = story;
    this.#timeline = timeline;
    this.settings = settings;
    this.hasJumps = steps.some(
      (step) => (step.kind === 'crash' || step.kind === 'restart') && step.clockJumpMs !== 0,
    );
  }

  /** In ms of the simulation. */
  get now(): number {
    return this.#timeline.now;
  }

  get boot(): number {
    return this.process?.number ?? 0;
  }

  /** What a message and its write may take, in ms. */
  get slackMs(): number {
    const { networkMs, diskMs } = this.settings;
    return 2 * networkMs[1] + 40 * diskMs[1];
  }

  recordOf(id: string): SessionRecord {
    let record = this.sessions.get(id);
    if (record === undefined) {
      record = new SessionRecord(id, this.settings.windowMs);
      this.sessions.set(id, record);
    }
    return record;
  }

  /** `undefined` for a session that is over, too. */
  onDisk(id: string): Session | undefined {
    return this.disk?.sessions.get(id)?.session;
  }

  /** The process is gone: it had ended all in good order, had begun to, or had no time for it. */
  processGone(how: 'stopped' | 'stopping' | 'running'): void {
    for (const record of this.sessions.values()) {
      record.owner = undefined;
      if (how !== 'stopped') record.droppedNow.clear();
      if (how === 'stopped') for (const seq of record.skippedNow) record.skipped.add(seq);
      record.skippedNow.clear();
      record.refused.clear();
      if (record.hasWritten && how === 'running') record.unclean.add(this.boot);
      if (record.hasWritten && how === 'stopping') record.perhapsUnclean.add(this.boot);
      record.hasWritten = false;
    }
  }

  /** A process begins: who was attached counts as detached from now on. */
  processBegan(process: CurrentProcess): void {
    this.process = process;
    this.isFailing = false;
    for (const id of this.disk?.attached() ?? []) this.recordOf(id).wasServed(this.now);
  }
}

/** The largest text of the simulated game that is not `oversize`, in bytes. */
export const MAXIMUM_TEXT_BYTES = 400;

/** How many commands the simulated game has carried out, as it keeps it. */
export function countOf({ data }: Pick<Session, 'data'>): number {
  return Array.isArray(data) ? Number(data[0]) : 0;
}

/** For the story: without what is long and tells nothing. */
export function brief(said: ClientFrame | ServerFrame | Operation): string {
  const left = ['limits', 'value', 'token', 'hash', 'candidate', 'lease'];
  return JSON.stringify(said, (key, value: unknown) => (left.includes(key) ? undefined : value));
}
