import {
  lastSeq,
  outputBytes,
  tokenId,
  type Commit,
  type Decide,
  type DropReason,
  type Operation,
  type Session,
} from '../../src/core/index.ts';
import type { SessionChange } from '../../src/stores/journal.ts';
import { brief, MAXIMUM_TEXT_BYTES, type Evidence, type SessionRecord } from './evidence.ts';
import { numberOf } from './mark.ts';
import type { TokenModel } from './token-model.ts';

/** Looks at every operation of the store, and at every write to the disk. */
export class StoreAudit {
  readonly #evidence: Evidence;
  readonly #tokens: TokenModel;

  constructor(evidence: Evidence, tokens: TokenModel) {
    this.#evidence = evidence;
    this.#tokens = tokens;
  }

  /** One operation, just applied in memory. */
  operated(id: string, operation: Operation, before: Session | undefined, after: Session | undefined): void {
    if (operation.kind === 'commit' && operation.output?.length)
      this.#evidence.recordOf(id).hasWritten = true;
    if (before === undefined || after === undefined) return;
    const isChanged = before !== after;
    this.#evidence.story.tell(() => `  store ${isChanged ? '' : '(no change) '}${brief(operation)}`);
    this.#checkFence(operation, before, isChanged);
    if (!isChanged) return;
    if (operation.kind === 'issue' && operation.link) this.#evidence.recordOf(id).links += 1;
    if (operation.kind === 'revoke') this.#tokens.withdrawn(id);
    if (operation.kind === 'decide') noteSkipped(this.#evidence.recordOf(id), operation, before);
    if (startsClock(operation, before, after)) this.#evidence.recordOf(id).attachedUntil = this.#evidence.now;
    const { limits } = this.#evidence.settings;
    const { output, commands } = after;
    this.#evidence.story.expect(
      output.entries <= limits.backlogEntries && output.bytes <= limits.backlogBytes,
      'bounded',
      () => `the log has ${output.entries} entries, ${output.bytes} bytes`,
    );
    this.#evidence.story.expect(
      commands.taken >= before.commands.taken && commands.accepted >= before.commands.accepted,
      'commands',
      () => `numbers went back, from ${JSON.stringify(before.commands)} to ${JSON.stringify(commands)}`,
    );
    if (operation.kind === 'commit') {
      this.#checkEviction(operation, before, after);
      for (const body of operation.output ?? [])
        if (body.kind === 'dropped') dropsNow(this.#evidence.recordOf(after.id), body);
    }
    if (after.stage === 'closed') this.#closed(operation, before);
  }

  #checkFence(operation: Operation, { presence, chains, lease }: Session, isChanged: boolean): void {
    const { kind } = operation;
    if (!isChanged) return;
    const attachment = 'attachment' in operation ? operation.attachment : undefined;
    const isStale = attachment !== undefined && (!presence.attached || presence.attachment !== attachment);
    this.#evidence.story.expect(
      !isStale,
      'one owner',
      () => `a ${kind} of an older attachment changed the session`,
    );
    const isOther =
      kind === 'confirm' && !chains.some(({ hashes }) => tokenId(hashes.at(-1) ?? '') === operation.tokenId);
    this.#evidence.story.expect(!isOther, 'tokens', () => 'an older token was confirmed');
    const isFenced = kind === 'commit' && operation.lease < lease;
    this.#evidence.story.expect(
      !isFenced,
      'one owner',
      () => `a commit under an older lease changed the session`,
    );
  }

  /** What was evicted had to go: the log was full. */
  #checkEviction(operation: Commit, before: Session, { output }: Session): void {
    if (output.evicted === before.output.evicted) return;
    const { backlogEntries, backlogBytes } = this.#evidence.settings.limits;
    const added = operation.output ?? [];
    const largest = Math.max(MAXIMUM_TEXT_BYTES, ...added.map((body) => outputBytes(body)));
    const isFull = output.entries >= backlogEntries || output.bytes + largest > backlogBytes;
    this.#evidence.story.expect(
      isFull,
      'bounded',
      () => `output was evicted with ${output.entries} entries of ${output.bytes} bytes left`,
    );
  }

  #closed(operation: Operation, { id, ending, stage, clock }: Session): void {
    const record = this.#evidence.recordOf(id);
    record.ended ??= ending ?? operation.kind;
    if (operation.kind !== 'expire') return;
    const awayMs = this.#evidence.now - record.servedUntil;
    // From afar, a connection that was displaced by one that is gone already hears of it late.
    const slackMs = this.#evidence.settings.isRemote ? this.#evidence.slackMs : 1;
    this.#evidence.story.expect(
      stage !== 'playing' ||
        this.#evidence.hasJumps ||
        awayMs >= Math.min(record.windowMs.low, clock.windowMs) - slackMs,
      'time',
      () => `the session expired after ${awayMs} ms, of ${record.windowMs.low}`,
    );
  }

  /** The session is not in memory: what a commit will change once it is there counts now. */
  askedUnseen(id: string, operation: Operation): void {
    if (operation.kind !== 'commit' || this.#evidence.onDisk(id) === undefined) return;
    const record = this.#evidence.recordOf(id);
    for (const body of operation.output ?? []) if (body.kind === 'dropped') dropsNow(record, body);
  }

  /** Nobody saw what the operation changed. */
  answeredUnseen(id: string, { kind }: Operation): void {
    const isStart = kind === 'detach' || kind === 'issue' || kind === 'refresh';
    if (isStart) this.#evidence.recordOf(id).attachedUntil = this.#evidence.now;
  }

  /** The queue was full. */
  refuses(id: string, seqs: readonly number[]): void {
    for (const seq of seqs) this.#evidence.recordOf(id).refused.add(seq);
  }

  /** A change is on the disk: its rows and its counters must agree. */
  written({ id, before, stored }: SessionChange): void {
    const { session, commands, output } = stored;
    const record = this.#evidence.recordOf(id);
    const end = before?.output.end ?? 0;
    for (const entry of output) {
      if (entry.offset <= end) continue;
      if (entry.kind === 'dropped') this.#dropped(record, entry);
      const mark = entry.kind === 'text' ? entry.text : entry.kind === 'gmcp' ? entry.data : undefined;
      if (typeof mark === 'string') noteDurable(record, mark);
    }
    if (session.stage === 'closed') {
      record.ended ??= 'gone';
      return;
    }
    record.epochs = new Set(session.output.epochs.map(({ epoch }) => epoch));
    for (const [seq, reason] of record.droppedNow) {
      if (seq > (reason === 'refused' ? session.commands.told : session.commands.taken)) continue;
      record.droppedNow.delete(seq);
      if (!record.dropped.has(seq)) record.dropped.set(seq, { offset: undefined, reason });
    }
    let bytes = 0;
    for (const entry of output) bytes += outputBytes(entry);
    this.#evidence.story.expect(
      output.length === session.output.entries && bytes === session.output.bytes,
      'bounded',
      () => {
        const { entries, bytes: counted } = session.output;
        return `the log has ${output.length} entries, ${bytes} bytes, and counts ${entries}, ${counted}`;
      },
    );
    let { taken } = session.commands;
    let waiting = 0;
    for (const entry of commands) {
      if (entry.kind !== 'refused') waiting += 1;
      taken = Math.max(taken, lastSeq(entry));
      const isSecret = entry.kind === 'text' && entry.text.startsWith('connect');
      this.#evidence.story.expect(!isSecret, 'private', () => 'a password is on the disk');
    }
    const { accepted } = session.commands;
    this.#evidence.story.expect(
      taken === accepted,
      'durable',
      () => `commands through ${accepted} are accepted, and on the disk there are those through ${taken}`,
    );
    this.#evidence.story.expect(
      waiting <= this.#evidence.settings.limits.queueCommands,
      'bounded',
      () => `${waiting} commands wait`,
    );
  }

  #dropped(
    record: SessionRecord,
    entry: { offset: number; seq: number; through?: number; reason: DropReason },
  ) {
    const { offset, seq, through = seq, reason } = entry;
    for (let each = seq; each <= through; each += 1) {
      const known = record.dropped.get(each);
      this.#evidence.story.expect(
        known?.offset === undefined || known.offset === offset,
        'commands',
        () => `command ${each} was dropped twice: ${known?.reason}, ${reason}`,
      );
      record.dropped.set(each, { offset, reason });
    }
  }
}

/** A number, or a run of them, will not run. */
export function dropsNow(
  { droppedNow }: SessionRecord,
  { seq, through = seq, reason }: { seq: number; through?: number; reason: DropReason },
): void {
  for (let each = seq; each <= through; each += 1) droppedNow.set(each, reason);
}

/** What was shown as held and is not to run, unless the game has it by now. */
function noteSkipped(
  { held, skippedNow }: SessionRecord,
  { choice }: Decide,
  { commands: { taken, handed = taken } }: Session,
): void {
  if (choice === 'all') return;
  for (const seq of held) {
    if (seq > handed && (choice === 'none' || !choice.seqs.includes(seq))) skippedNow.add(seq);
  }
}

function noteDurable({ id, durable }: SessionRecord, text: string): void {
  const mark = numberOf(text, id);
  if (mark !== undefined) durable.set(mark.process, Math.max(durable.get(mark.process) ?? 0, mark.number));
}

/** Somebody came or went, with or without a word, or the clock of a session that nobody is attached to starts anew. */
function startsClock({ kind }: Operation, { presence }: Session, after: Session): boolean {
  const { attachment, attached } = after.presence;
  if (attachment !== presence.attachment || attached !== presence.attached) return true;
  return kind === 'issue' || kind === 'refresh';
}
