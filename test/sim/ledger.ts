import {
  lastSeq,
  outputBytes,
  ReconnectionToken,
  tokenId,
  type Commit,
  type DropReason,
  type Operation,
  type Session,
  type WorldCommand,
} from '../../src/core/index.ts';
import type { ClientFrame, ServerFrame } from '../../src/protocol/index.ts';
import type { GatewayEvent } from '../../src/gateway/event.ts';
import type { SessionChange } from '../../src/stores/journal.ts';
import type { SessionTable } from '../../src/stores/session-table.ts';
import type { Disk, DiskRows } from './disk.ts';
import { markOf, numberOf } from './mark.ts';
import type { WrittenRecord } from './reader.ts';
import type { Schedule } from './schedule.ts';
import type { Story } from './story.ts';
import type { Timeline } from './timeline.ts';
import { TokenModel } from './token-model.ts';
import type { LinkWatcher, SimulatedLink } from './transport.ts';
import { WindowModel } from './window-model.ts';

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
  /** When somebody was attached last, in ms of the simulation. */
  attachedUntil = 0;
  /** The window that the game set, the shortest and the longest so far, in ms. */
  windowMs: { low: number; high: number };
  owner: SimulatedLink | undefined;
  /** Held commands that the player who came back does not want any more. */
  readonly skipped = new Set<number>();
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

/** What is known of one connection at the gateway's side. */
interface LinkRecord {
  readonly window: WindowModel;
  shown: string | undefined;
  record: SessionRecord | undefined;
  chainToken: string | undefined;
  isReady: boolean;
  wish: 'run' | 'skip' | 'ask';
  /** Numbers that came over this connection and have not been answered. */
  readonly unanswered: Set<number>;
}

/** Compares all that happens with what was promised. It sees every frame, every operation and every write. */
export class Ledger implements LinkWatcher {
  readonly sessions = new Map<string, SessionRecord>();
  readonly tokens: TokenModel;
  readonly #story: Story;
  readonly #timeline: Timeline;
  readonly #schedule: Schedule;
  readonly #links = new Map<SimulatedLink, LinkRecord>();
  readonly #hasJumps: boolean;
  disk: Disk | undefined;
  process: CurrentProcess | undefined;

  constructor(story: Story, timeline: Timeline, schedule: Schedule) {
    const { limits } = schedule.settings;
    this.#story = story;
    this.#timeline = timeline;
    this.#schedule = schedule;
    this.tokens = new TokenModel(story, limits.lateAttemptMs, limits.spentTokens);
    this.#hasJumps = schedule.steps.some(
      (step) => (step.kind === 'crash' || step.kind === 'restart') && step.clockJumpMs !== 0,
    );
  }

  recordOf(id: string): SessionRecord {
    let record = this.sessions.get(id);
    if (record === undefined) {
      record = new SessionRecord(id, this.#schedule.settings.windowMs);
      this.sessions.set(id, record);
    }
    return record;
  }

  /** The session of this link. */
  sessionOf(link: SimulatedLink): SessionRecord | undefined {
    return this.#links.get(link)?.record;
  }

  // The gateway's side of connections.

  accepted(link: SimulatedLink): void {
    this.#links.set(link, {
      window: new WindowModel(this.#story, this.#timeline, this.#schedule.settings.wire),
      shown: undefined,
      record: undefined,
      chainToken: undefined,
      isReady: false,
      wish: 'run',
      unanswered: new Set(),
    });
  }

  received(link: SimulatedLink, frame: ClientFrame): void {
    this.#story.tell(() => `  gateway ${link.connection.id} <- ${brief(frame)}`);
    const known = this.#links.get(link);
    if (known === undefined) return;
    if (frame.type === 'hello' && frame.resume) {
      known.shown = this.tokens.idOf(frame.resume.token);
      if (known.shown !== undefined) this.tokens.shown(known.shown);
      known.wish = frame.resume.commands ?? 'run';
    }
    if (frame.type === 'command' || frame.type === 'gmcp') known.unanswered.add(frame.seq);
    if (frame.type === 'ack' && known.isReady) known.window.acknowledged(frame.offset);
    if (frame.type === 'stored') {
      known.isReady ||= frame.id === known.chainToken;
      if (known.record?.owner === link) this.tokens.stored(frame.id, this.#timeline.now, this.#boot);
    }
    if (frame.type === 'gmcp' && frame.package.startsWith('Core.')) known.record?.passing.add(frame.seq);
  }

  sent(link: SimulatedLink, frame: ServerFrame): void {
    this.#story.tell(() => `  gateway ${link.connection.id} -> ${brief(frame)}`);
    const known = this.#links.get(link);
    if (known === undefined) return;
    if (frame.type === 'welcome' || frame.type === 'resumed') this.#opened(link, known, frame);
    if (frame.type === 'error') return this.#refused(link, known, frame);
    if (frame.type === 'bye') return this.#dismissed(frame);
    const { record } = known;
    if (record === undefined) return;
    if (!this.#schedule.settings.isRemote) {
      const { owner } = record;
      this.#story.expect(
        owner === link,
        'one owner',
        () => `connection ${link.connection.id} is served after ${owner?.connection.id} took over`,
      );
    }
    if (frame.type === 'token' && frame.value !== undefined) {
      this.#isDurableToken(record, frame.id);
      const windowMs = frame.link ? record.windowMs.low : undefined;
      this.tokens.issued(record.id, frame.id, frame.value, this.#timeline.now, windowMs);
      if (!frame.link) known.chainToken = frame.id;
    }
    if (frame.type === 'accepted') {
      this.#isDurableCommand(record, frame.seq);
      this.#isAnswered(record, known, frame.seq);
    }
    if (frame.type === 'output') this.#isDurableAnswer(record, frame.text);
    if (frame.type === 'gap') {
      this.#isGone(record, frame);
      // A log full of fates loses even those.
      known.unanswered.clear();
    }
    if (frame.type === 'dropped') {
      this.#dropsNow(record.id, frame);
      for (let seq = frame.seq; seq <= (frame.through ?? frame.seq); seq += 1) known.unanswered.delete(seq);
    }
    known.window.sent(frame);
  }

  ended(link: SimulatedLink, reason: string): void {
    this.#story.tell(() => `  gateway ${link.connection.id} ends: ${reason}`);
    const known = this.#links.get(link);
    this.#links.delete(link);
    known?.window.ended(reason);
    const record = known?.record;
    if (record?.owner !== link) return;
    record.owner = undefined;
    record.attachedUntil = this.#timeline.now;
  }

  #opened(
    link: SimulatedLink,
    known: LinkRecord,
    frame: Extract<ServerFrame, { type: 'welcome' | 'resumed' }>,
  ): void {
    const record = this.recordOf(frame.session);
    const now = this.#timeline.now;
    known.record = record;
    if (record.owner === undefined && frame.type === 'resumed' && !this.#hasJumps) {
      const awayMs = now - record.attachedUntil;
      this.#story.expect(
        awayMs <= record.windowMs.high + SWEEP_SLACK_MS + this.#slackMs,
        'time',
        () => `session is back after ${awayMs} ms, of ${record.windowMs.high}`,
      );
    }
    record.owner = link;
    record.attachedUntil = now;
    known.isReady = frame.type === 'welcome' || !link.traits.confirms;
    if (frame.type === 'welcome') return;
    known.chainToken = frame.token.id;
    if (known.wish === 'skip') for (const { seq } of frame.held) record.skipped.add(seq);
    this.#isDurableToken(record, frame.token.id);
    this.tokens.resumed(known.shown ?? '', frame.token.id, frame.token.value, now, this.#boot);
  }

  /** A client may be given the token of another session: the one that its account has. */
  #dismissed({ token }: Extract<ServerFrame, { type: 'bye' }>): void {
    if (token?.value === undefined) return;
    const kept = ReconnectionToken.decode(token.value)?.sessionId ?? '';
    this.#isDurableToken(this.recordOf(kept), token.id);
    this.tokens.issued(kept, token.id, token.value, this.#timeline.now, undefined);
  }

  /** A resume was answered with an error: was that right? */
  #refused(link: SimulatedLink, known: LinkRecord, { code }: Extract<ServerFrame, { type: 'error' }>): void {
    const isOurFault = code === 'internal' || code.startsWith('bad_') || code === 'unexpected_frame';
    const failed = this.process?.table === undefined || this.isFailing;
    this.#story.expect(!isOurFault || failed, 'no bug', () => `${link.connection.id} was told ${code}`);
    if (known.record !== undefined || known.shown === undefined) return;
    const { shown } = known;
    const expected = this.tokens.expected(shown, this.#timeline.now, this.#boot);
    const chain = this.tokens.chainOf(shown);
    if (chain === undefined) return;
    if (code === 'too_soon') {
      const isRight = expected === 'late' || expected === 'unclear' || this.#hasJumps;
      // Attempts that race are told to come again too.
      this.#story.expect(
        isRight || this.#schedule.settings.isRemote,
        'tokens',
        () => `${shown} was told to come later, and is ${expected}`,
      );
    }
    if (code !== 'token_refused') return;
    const reason = this.#lastRefusal?.reason;
    const isSurplus =
      reason === 'revoked' && this.recordOf(chain.sessionId).links >= this.#schedule.settings.limits.chains;
    const isKnownTheft = chain.isCopied && reason === 'revoked' && this.#isStolen(chain.sessionId, shown);
    if (isKnownTheft) chain.isRevoked = true;
    const isOver = this.#isOver(chain.sessionId) || isSurplus || isKnownTheft;
    this.#story.expect(
      isOver || expected !== 'good',
      'no lost key',
      () => `the owner showed ${shown}, which is good, and was refused`,
    );
    this.#story.expect(
      isOver || expected !== 'late',
      'no lost key',
      () => `the owner showed ${shown} a moment late, and was refused`,
    );
    if (expected === 'reused' && !isOver) {
      chain.isRevoked = true;
      const isTold = reason === 'reused' && this.#lastRefusal?.sessionId === chain.sessionId;
      // The process that saw it first may have died before it could say so.
      this.#story.expect(
        isTold || this.#isStolen(chain.sessionId, shown),
        'theft',
        () => `${shown} was shown again, and the audit trail says ${reason}`,
      );
    }
    if (expected === 'unclear' && reason === 'reused') chain.isRevoked = true;
  }

  /** The disk says that theft was seen in the chain of this token. */
  #isStolen(sessionId: string, token: string): boolean {
    const chains = this.disk?.sessions.get(sessionId)?.session.chains ?? [];
    return chains.some(({ hashes, revoked }) => {
      return revoked === 'reused' && hashes.some((hash) => tokenId(hash) === token);
    });
  }

  #lastRefusal: Extract<GatewayEvent, { kind: 'refused' }> | undefined;
  /** The disk failed, or the process is about to end. */
  isFailing = false;

  event(event: GatewayEvent): void {
    this.#story.tell(() => `  event ${JSON.stringify(event)}`);
    if (event.kind === 'refused') this.#lastRefusal = event;
    if (event.kind !== 'failed' || this.isFailing) return;
    // A stop leaves what was asked in its last moment without an answer.
    const isPlanned =
      event.error instanceof Error && /^(planned|the store is closed)/.test(event.error.message);
    this.#story.expect(isPlanned, 'no bug', () => `${event.where}: ${String(event.error)}`);
  }

  /** The session is gone, or about to be: its time is over. */
  #isOver(sessionId: string): boolean {
    const session = this.disk?.sessions.get(sessionId)?.session;
    if (session === undefined) return true;
    const now = this.process?.clock.now() ?? 0;
    return (session.clock.endsAt ?? Infinity) <= now || this.recordOf(sessionId).ended !== undefined;
  }

  // What must be durable before it is said.

  #isDurableToken({ id }: SessionRecord, token: string): void {
    const chains = this.disk?.sessions.get(id)?.session.chains;
    // A session that ended meanwhile has nothing on the disk any more.
    if (chains === undefined) return;
    const isThere = chains.some(({ hashes }) => hashes.some((hash) => tokenId(hash) === token));
    this.#story.expect(isThere, 'durable', () => `token ${token} was sent before it was on the disk`);
  }

  #isDurableCommand({ id }: SessionRecord, seq: number): void {
    const session = this.disk?.sessions.get(id)?.session;
    if (session === undefined) return;
    this.#story.expect(
      session.commands.accepted >= seq,
      'durable',
      () => `command ${seq} was acknowledged with ${session.commands.accepted} on the disk`,
    );
  }

  /** A refusal is told before its number is acknowledged. */
  #isAnswered({ refused }: SessionRecord, { unanswered }: LinkRecord, seq: number): void {
    for (const each of unanswered) {
      if (each > seq) continue;
      unanswered.delete(each);
      const isUntold = refused.has(each);
      this.#story.expect(
        !isUntold,
        'commands',
        () => `${each} was acknowledged, and not yet said to be refused`,
      );
    }
  }

  #isDurableAnswer({ id }: SessionRecord, text: string): void {
    if (this.#schedule.settings.delivery !== 'commit') return;
    const [, mark, count] = text.split(' ', 3);
    const session = this.disk?.sessions.get(id)?.session;
    if (mark !== 'did' || session === undefined) return;
    this.#story.expect(
      countOf(session) >= Number(count),
      'durable',
      () => `the answer to command number ${count} was shown before its commit was on the disk`,
    );
  }

  #isGone({ id }: SessionRecord, { from, to, reason }: Extract<ServerFrame, { type: 'gap' }>): void {
    if (to === undefined || reason === 'oversize' || this.isFailing) return;
    const page = this.process?.table.readOutput(id, from - 1, { entries: 1, bytes: Infinity });
    if (page === undefined || page instanceof Promise) return;
    const kept = page.entries[0]?.offset ?? Infinity;
    this.#story.expect(
      kept > to,
      'output',
      () => `${reason} gap from ${from} to ${to}, and ${kept} is there`,
    );
  }

  // The store.

  /** One operation, just applied in memory. */
  operated(id: string, operation: Operation, before: Session | undefined, after: Session | undefined): void {
    if (operation.kind === 'commit' && operation.output?.length) this.recordOf(id).hasWritten = true;
    if (before === undefined || after === undefined) return;
    const isChanged = before !== after;
    this.#story.tell(() => `  store ${isChanged ? '' : '(no change) '}${brief(operation)}`);
    this.#checkFence(operation, before, isChanged);
    if (!isChanged) return;
    if (operation.kind === 'issue' && operation.link) this.recordOf(id).links += 1;
    if (operation.kind === 'revoke') this.tokens.withdrawn(id);
    // Both start the clock of a session that nobody is attached to.
    if (operation.kind === 'issue' || operation.kind === 'refresh') {
      this.recordOf(id).attachedUntil = this.#timeline.now;
    }
    const { limits } = this.#schedule.settings;
    const { output, commands } = after;
    this.#story.expect(
      output.entries <= limits.backlogEntries && output.bytes <= limits.backlogBytes,
      'bounded',
      () => `the log has ${output.entries} entries, ${output.bytes} bytes`,
    );
    this.#story.expect(
      commands.taken >= before.commands.taken && commands.accepted >= before.commands.accepted,
      'commands',
      () => `numbers went back, from ${JSON.stringify(before.commands)} to ${JSON.stringify(commands)}`,
    );
    if (operation.kind === 'commit') {
      this.#checkEviction(operation, before, after);
      for (const body of operation.output ?? []) if (body.kind === 'dropped') this.#dropsNow(after.id, body);
    }
    if (after.stage === 'closed') this.#closed(operation, before);
  }

  #dropsNow(
    id: string,
    { seq, through = seq, reason }: { seq: number; through?: number; reason: DropReason },
  ): void {
    const { droppedNow } = this.recordOf(id);
    for (let each = seq; each <= through; each += 1) droppedNow.set(each, reason);
  }

  #checkFence(operation: Operation, { presence, chains, lease }: Session, isChanged: boolean): void {
    const { kind } = operation;
    if (!isChanged) return;
    const attachment = 'attachment' in operation ? operation.attachment : undefined;
    const isStale = attachment !== undefined && (!presence.attached || presence.attachment !== attachment);
    this.#story.expect(!isStale, 'one owner', () => `a ${kind} of an older attachment changed the session`);
    const isOther =
      kind === 'confirm' && !chains.some(({ hashes }) => tokenId(hashes.at(-1) ?? '') === operation.tokenId);
    this.#story.expect(!isOther, 'tokens', () => 'an older token was confirmed');
    const isFenced = kind === 'commit' && operation.lease < lease;
    this.#story.expect(!isFenced, 'one owner', () => `a commit under an older lease changed the session`);
  }

  /** What was evicted had to go: the log was full. */
  #checkEviction(operation: Commit, before: Session, { output }: Session): void {
    if (output.evicted === before.output.evicted) return;
    const { backlogEntries, backlogBytes } = this.#schedule.settings.limits;
    const added = operation.output ?? [];
    const largest = Math.max(MAXIMUM_TEXT_BYTES, ...added.map((body) => outputBytes(body)));
    const isFull = output.entries >= backlogEntries || output.bytes + largest > backlogBytes;
    this.#story.expect(
      isFull,
      'bounded',
      () => `output was evicted with ${output.entries} entries of ${output.bytes} bytes left`,
    );
  }

  #closed(operation: Operation, { id, ending, stage, clock }: Session): void {
    const record = this.recordOf(id);
    record.ended ??= ending ?? operation.kind;
    if (operation.kind !== 'expire') return;
    const awayMs = this.#timeline.now - record.attachedUntil;
    this.#story.expect(
      stage !== 'playing' || this.#hasJumps || awayMs >= Math.min(record.windowMs.low, clock.windowMs) - 1,
      'time',
      () => `the session expired after ${awayMs} ms, of ${record.windowMs.low}`,
    );
  }

  /** The queue was full. */
  refuses(id: string, seqs: readonly number[]): void {
    for (const seq of seqs) this.recordOf(id).refused.add(seq);
  }

  /** A change is on the disk: its rows and its counters must agree. */
  written({ id, output: added }: SessionChange, rows: DiskRows | undefined): void {
    const record = this.recordOf(id);
    for (const entry of added) {
      if (entry.kind === 'dropped') this.#dropped(record, entry);
      const mark = entry.kind === 'text' ? entry.text : entry.kind === 'gmcp' ? entry.data : undefined;
      if (typeof mark === 'string') noteDurable(record, mark);
    }
    if (rows === undefined) {
      record.ended ??= 'gone';
      return;
    }
    const { session, commands, output } = rows;
    record.epochs = new Set(session.output.epochs.map(({ epoch }) => epoch));
    for (const [seq, reason] of record.droppedNow) {
      if (seq > (reason === 'refused' ? session.commands.told : session.commands.taken)) continue;
      record.droppedNow.delete(seq);
      if (!record.dropped.has(seq)) record.dropped.set(seq, { offset: undefined, reason });
    }
    let bytes = 0;
    for (const entry of output.values()) bytes += outputBytes(entry);
    this.#story.expect(
      output.size === session.output.entries && bytes === session.output.bytes,
      'bounded',
      () => {
        const { entries, bytes: counted } = session.output;
        return `the log has ${output.size} entries, ${bytes} bytes, and counts ${entries}, ${counted}`;
      },
    );
    let { taken } = session.commands;
    let waiting = 0;
    for (const entry of commands.values()) {
      if (entry.kind !== 'refused') waiting += 1;
      taken = Math.max(taken, lastSeq(entry));
      const isSecret = entry.kind === 'text' && entry.text.startsWith('connect');
      this.#story.expect(!isSecret, 'private', () => 'a password is on the disk');
    }
    const { accepted } = session.commands;
    this.#story.expect(
      taken === accepted,
      'durable',
      () => `commands through ${accepted} are accepted, and on the disk there are those through ${taken}`,
    );
    this.#story.expect(
      waiting <= this.#schedule.settings.limits.queueCommands,
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
      this.#story.expect(
        known?.offset === undefined || known.offset === offset,
        'commands',
        () => `command ${each} was dropped twice: ${known?.reason}, ${reason}`,
      );
      record.dropped.set(each, { offset, reason });
    }
  }

  // The game.

  /** The game was given a command. `done` is how many it knows to have carried out. */
  handed(session: { readonly id: string }, { seq }: WorldCommand, done: number | undefined): void {
    const record = this.recordOf(session.id);
    if (this.#schedule.settings.delivery === 'mark') {
      const taken = this.disk?.sessions.get(session.id)?.session.commands.taken ?? seq;
      this.#story.expect(
        taken >= seq,
        'commands',
        () => `command ${seq} left before it was marked; on the disk is ${taken}`,
      );
    }
    // What was carried out before a crash, and not durably, is forgotten by a game whose data is ours.
    if (done !== undefined) record.ran.length = Math.min(record.ran.length, done);
    if (!this.#schedule.settings.isRemote) this.#checkWanted(record, seq);
    const last = record.ran.at(-1)?.seq ?? 0;
    this.#story.expect(seq > last, 'commands', () => `command ${seq} came after ${last} was carried out`);
    const dropped = record.dropped.get(seq);
    this.#story.expect(
      dropped === undefined,
      'commands',
      () => `command ${seq} came, and was dropped as ${dropped?.reason}`,
    );
  }

  /** The world's end knows at once who is there; from afar, a command may be on its way already. */
  #checkWanted({ owner, skipped }: SessionRecord, seq: number): void {
    const isReady = owner === undefined || this.#links.get(owner)?.isReady !== false;
    this.#story.expect(isReady, 'commands', () => `command ${seq} came before the client had its token`);
    this.#story.expect(!skipped.has(seq), 'commands', () => `command ${seq} came, and was to be skipped`);
  }

  ran({ id }: { readonly id: string }, command: { readonly seq: number; readonly id: string }): number {
    const { ran } = this.recordOf(id);
    const isTwice = ran.some((done) => done.id === command.id);
    this.#story.expect(!isTwice, 'commands', () => `${command.id} was carried out twice`);
    ran.push(command);
    return ran.length;
  }

  /** The mark of the game's next text in this session. */
  mark(id: string): string {
    const { written } = this.recordOf(id);
    const number = (written.get(this.#boot) ?? 0) + 1;
    written.set(this.#boot, number);
    return markOf(this.#boot, number, id);
  }

  /** All came to rest. */
  finish(): void {
    for (const { window } of this.#links.values()) window.check();
  }

  // The process.

  get #boot(): number {
    return this.process?.number ?? 0;
  }

  get #slackMs(): number {
    const { networkMs, diskMs } = this.#schedule.settings;
    return 2 * networkMs[1] + 40 * diskMs[1];
  }

  /** The process is gone: it had ended all in good order, had begun to, or had no time for it. */
  processGone(how: 'stopped' | 'stopping' | 'running'): void {
    for (const record of this.sessions.values()) {
      record.owner = undefined;
      if (how !== 'stopped') record.droppedNow.clear();
      record.refused.clear();
      if (record.hasWritten && how === 'running') record.unclean.add(this.#boot);
      if (record.hasWritten && how === 'stopping') record.perhapsUnclean.add(this.#boot);
      record.hasWritten = false;
    }
    this.#links.clear();
  }

  /** A process begins: who was attached counts as detached from now on. */
  processBegan(process: CurrentProcess): void {
    this.process = process;
    this.isFailing = false;
    for (const id of this.disk?.attached() ?? []) this.recordOf(id).attachedUntil = this.#timeline.now;
  }
}

/** A session may be resumed in the last moment, and closed one sweep later, in ms. */
const SWEEP_SLACK_MS = 1500;

/** The largest text of the simulated game that is not `oversize`. */
export const MAXIMUM_TEXT_BYTES = 400;

/** How many commands the simulated game has carried out, as it keeps it. */
export function countOf({ data }: Pick<Session, 'data'>): number {
  return typeof data === 'number' ? data : 0;
}

function noteDurable({ id, durable }: SessionRecord, text: string): void {
  const mark = numberOf(text, id);
  if (mark !== undefined) durable.set(mark.process, Math.max(durable.get(mark.process) ?? 0, mark.number));
}

function brief(said: ClientFrame | ServerFrame | Operation): string {
  const left = ['limits', 'value', 'token', 'hash', 'candidate', 'lease'];
  return JSON.stringify(said, (key, value: unknown) => (left.includes(key) ? undefined : value));
}
