import type { DropReason } from './command-log.ts';
import type { Draft } from './draft.ts';
import type { Json } from './json.ts';
import type { SessionLimits } from './limits.ts';
import { added, NONE } from './lists.ts';
import { utf8Length } from './utf8-length.ts';

/** Why entries are not there any more. */
export const GAP_REASONS = ['bound', 'oversize', 'epoch', 'crash', 'delivered'] as const;
export type GapReason = (typeof GAP_REASONS)[number];

/** One entry of the output log: `offset` is its number, `at` when it was written, in ms since 1970. */
export type OutputEntry = { readonly offset: number; readonly at: number } & OutputBody;

export type OutputBody =
  | { readonly kind: 'text'; readonly text: string; readonly prompt?: true }
  /** The game hides (false) or shows what the player types. */
  | { readonly kind: 'echo'; readonly on: boolean }
  /** `passing`: read later it would be wrong, as a sound is. */
  | { readonly kind: 'gmcp'; readonly package: string; readonly data?: Json; readonly passing?: true }
  | {
      readonly kind: 'dropped';
      readonly seq: number;
      readonly through?: number;
      readonly reason: DropReason;
    }
  /** Numbered in the log itself: output was lost before it (`crash`), or it alone was too large (`oversize`). */
  | { readonly kind: 'gap'; readonly reason: 'crash' | 'oversize'; readonly bytes?: number };

/**
 * What a world may write. Of GMCP messages `state` marks a value that replaces the last one of its package, and `passing` one
 * that is only for who is attached now: to a player who is away, or comes back, it is not sent.
 */
export type NewOutput =
  | Extract<OutputBody, { kind: 'text' | 'echo' | 'dropped' }>
  | (Extract<OutputBody, { kind: 'gmcp' }> & { readonly state?: true });

/**
 * One unbroken run of a session's output. When a store loses history the next run gets a new epoch, because
 * offsets alone lie: a client at 3 of [1,2,3] that came back to a rebuilt [1,2,3,4] would be given 4 and believe
 * that it had seen the first three.
 */
export interface Epoch {
  readonly epoch: string;
  /** Its first offset. */
  readonly first: number;
}

export interface OutputHead {
  /** The last offset that was written; 0 before the first. */
  readonly end: number;
  /** The player has everything through here: it is gone from the log. */
  readonly acked: number;
  /** What could be evicted is gone through here. */
  readonly evicted: number;
  /** Fates of commands are gone through here: they go only when nothing else is left to go. */
  readonly evictedFates: number;
  /**
   * Bytes that were evicted since the player last had everything up to `evicted`: at most so many are missing to who
   * reads on. Absent: none, also in what an older version kept.
   */
  readonly evictedBytes?: number | undefined;
  /** Bytes of all entries that are kept. */
  readonly bytes: number;
  /** Entries that are kept. */
  readonly entries: number;
  /** The newest epochs, oldest first. */
  readonly epochs: readonly Epoch[];
  /** True while an epoch's writer has not said that it ends here: found so by the next writer, it was a crash. */
  readonly open: boolean;
  /** Where the newest `echo` entry is; it outlives the text around it. */
  readonly echoAt: number;
}

export function draftOutput(head: OutputHead): Draft<OutputHead> {
  return {
    end: head.end,
    acked: head.acked,
    evicted: head.evicted,
    evictedFates: head.evictedFates,
    evictedBytes: head.evictedBytes,
    bytes: head.bytes,
    entries: head.entries,
    epochs: head.epochs,
    open: head.open,
    echoAt: head.echoAt,
  };
}

export const NO_OUTPUT: OutputHead = {
  end: 0,
  acked: 0,
  evicted: 0,
  evictedFates: 0,
  bytes: 0,
  entries: 0,
  epochs: [],
  open: false,
  echoAt: 0,
};

/** What an entry counts against the bounds: the UTF-8 bytes of its text or data. */
export function outputBytes(body: OutputBody): number {
  if (body.kind === 'text') return utf8Length(body.text);
  return body.kind === 'gmcp' ? messageBytes(body) : 0;
}

/** The same for a message of GMCP. */
export function messageBytes({
  package: name,
  data,
}: {
  readonly package: string;
  readonly data?: Json;
}): number {
  return name.length + (data === undefined ? 0 : utf8Length(JSON.stringify(data)));
}

/** Whether the log still has this entry: a fate is never evicted before text, nor is the echo state. */
export function isKept(entry: OutputEntry, head: OutputHead): boolean {
  if (entry.offset <= head.acked) return false;
  if (entry.offset > head.evicted || entry.offset === head.echoAt) return true;
  return entry.kind === 'dropped' && entry.offset > head.evictedFates;
}

/** Whether an entry that was kept before may be kept no more: without a look at any. */
export function mayKeepLess(before: OutputHead, head: OutputHead): boolean {
  return (
    head.acked !== before.acked ||
    head.evicted !== before.evicted ||
    head.evictedFates !== before.evictedFates ||
    head.echoAt !== before.echoAt
  );
}

/** The epoch that an offset was written in. */
export function epochOf(offset: number, head: OutputHead): string | undefined {
  // Nearly always it is the newest.
  const newest = head.epochs.at(-1);
  if (newest !== undefined && newest.first <= offset) return newest.epoch;
  return head.epochs.findLast(({ first }) => first <= offset)?.epoch;
}

/** The newest epoch, in which the next entry will be if its writer goes on. */
export function currentEpoch(head: OutputHead): string | undefined {
  return head.epochs.at(-1)?.epoch;
}

/** Adds entries after the end that the draft has so far. An entry larger than the whole backlog becomes a gap in its own place. */
export function appendOutput(
  head: Draft<OutputHead>,
  bodies: readonly OutputBody[],
  now: number,
  limits: SessionLimits,
): OutputEntry[] {
  let entries: OutputEntry[] = NONE;
  for (const body of bodies) entries = added(entries, appendEntry(head, body, now, limits));
  return entries;
}

function appendEntry(
  head: Draft<OutputHead>,
  body: OutputBody,
  now: number,
  limits: SessionLimits,
): OutputEntry {
  head.end += 1;
  head.entries += 1;
  const { end: offset, echoAt } = head;
  if (body.kind === 'echo') {
    // The echo before may have been kept beyond its time.
    if (echoAt > head.acked && echoAt <= head.evicted) head.entries -= 1;
    head.echoAt = offset;
  }
  const bytes = outputBytes(body);
  if (bytes > limits.backlogBytes) return { offset, at: now, kind: 'gap', reason: 'oversize', bytes };
  head.bytes += bytes;
  return entryOf(offset, now, body);
}

/** Nearly all are text, and have one shape. */
function entryOf(offset: number, at: number, body: OutputBody): OutputEntry {
  return body.kind === 'text' && !body.prompt
    ? { offset, at, kind: 'text', text: body.text }
    : { offset, at, ...body };
}

/** Forgets what the player has: everything through `offset`. */
export function acknowledge(head: OutputHead, kept: readonly OutputEntry[], offset: number): OutputHead {
  const next = draftOutput(head);
  next.acked = Math.min(Math.max(offset, head.acked), head.end);
  for (const entry of kept) {
    if (entry.offset > next.acked) break;
    next.bytes -= outputBytes(entry);
    next.entries -= 1;
  }
  if (next.acked >= head.evicted) next.evictedBytes = undefined;
  return next;
}

/** True where the log holds more than it may. */
export function isOver(head: OutputHead, limits: SessionLimits): boolean {
  return head.bytes > limits.backlogBytes || head.entries > limits.backlogEntries;
}

/** True from half of the bounds on: a world that can wait should, until the player has read some of it. */
export function isCrowded(head: OutputHead, limits: SessionLimits): boolean {
  return head.bytes * 2 > limits.backlogBytes || head.entries * 2 > limits.backlogEntries;
}

/** Evicts the oldest until the log is within its bounds again; `kept` are its entries, in order. */
export function evict(head: OutputHead, kept: readonly OutputEntry[], limits: SessionLimits): OutputHead {
  const next = draftOutput(head);
  for (const entry of kept) {
    if (!isOver(next, limits)) return next;
    if (entry.offset <= next.evicted) continue;
    next.evicted = entry.offset;
    if (isKept(entry, next)) continue;
    const bytes = outputBytes(entry);
    // A gap that is evicted leaves what it stood for to the one that takes its place.
    const missing = entry.kind === 'gap' ? (entry.bytes ?? 0) : bytes;
    next.evictedBytes = (next.evictedBytes ?? 0) + missing;
    next.bytes -= bytes;
    next.entries -= 1;
  }
  for (const { kind, offset } of kept) {
    if (!isOver(next, limits)) return next;
    if (kind !== 'dropped' || offset <= next.evictedFates) continue;
    next.evictedFates = offset;
    next.entries -= 1;
  }
  return next;
}

/** A client's position: it has everything through `offset` of that epoch's run. */
export interface Position {
  readonly epoch?: string;
  readonly offset?: number;
}

/**
 * Where a client at this position continues. The offset is the last that needs no replay; `lost` says that the
 * position means nothing here, so that all before the oldest kept entry is one `epoch` gap.
 */
export function locate(position: Position, head: OutputHead): { after: number; lost: boolean } {
  const { epoch, offset } = position;
  if (offset === undefined) return { after: head.acked, lost: false };
  if (offset === 0) return { after: 0, lost: false };
  const index = head.epochs.findIndex((known) => known.epoch === epoch);
  if (index < 0) return { after: 0, lost: true };
  const next = head.epochs[index + 1];
  return { after: Math.min(offset, next ? next.first - 1 : head.end), lost: false };
}
