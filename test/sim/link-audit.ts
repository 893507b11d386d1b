import { ReconnectionToken, tokenId } from '../../src/core/index.ts';
import type { ClientFrame, ServerFrame } from '../../src/protocol/index.ts';
import { brief, countOf, type Evidence, type SessionRecord } from './evidence.ts';
import { dropsNow } from './store-audit.ts';
import { numberOf } from './mark.ts';
import type { TokenAudit } from './token-audit.ts';
import type { TokenModel } from './token-model.ts';
import type { LinkWatcher, SimulatedLink } from './transport.ts';
import { WindowModel } from './window-model.ts';

/** What is known of one connection at the gateway's side. */
interface LinkRecord {
  readonly window: WindowModel;
  /** The token that its client showed, and when. */
  shown: { readonly id: string; readonly at: number } | undefined;
  record: SessionRecord | undefined;
  /** The newest token that was sent over it. */
  chainToken: string | undefined;
  wish: 'run' | 'skip' | 'ask';
  /** Numbers that came over it and have not been answered. */
  readonly unanswered: Set<number>;
}

type FrameOf<T extends ServerFrame['type']> = Extract<ServerFrame, { readonly type: T }>;

/** A session may be resumed in the last moment, and closed one sweep later, in ms. */
const SWEEP_SLACK_MS = 1500;

/** Looks at every frame at the gateway's side, in the moment in which it is sent. */
export class LinkAudit implements LinkWatcher {
  readonly #evidence: Evidence;
  readonly #tokens: TokenModel;
  readonly #tokenAudit: TokenAudit;
  readonly #links = new Map<SimulatedLink, LinkRecord>();

  constructor(evidence: Evidence, tokens: TokenModel, tokenAudit: TokenAudit) {
    this.#evidence = evidence;
    this.#tokens = tokens;
    this.#tokenAudit = tokenAudit;
  }

  accepted(link: SimulatedLink): void {
    this.#links.set(link, {
      window: new WindowModel(this.#evidence),
      shown: undefined,
      record: undefined,
      chainToken: undefined,
      wish: 'run',
      unanswered: new Set(),
    });
  }

  received(link: SimulatedLink, frame: ClientFrame): void {
    this.#evidence.story.tell(() => `  gateway ${link.connection.id} <- ${brief(frame)}`);
    const known = this.#links.get(link);
    if (known === undefined) return;
    switch (frame.type) {
      case 'hello':
        if (frame.resume === undefined) return;
        this.#shown(known, frame.resume.token);
        known.wish = frame.resume.commands ?? 'run';
        return;
      case 'gmcp':
        if (frame.package.startsWith('Core.')) known.record?.passing.add(frame.seq);
        known.unanswered.add(frame.seq);
        return;
      case 'command':
        known.unanswered.add(frame.seq);
        return;
      case 'stored':
        return this.#stored(link, known, frame.id);
      case 'ack':
        if (known.record?.owner === link && known.record.isReady) known.window.acknowledged(frame.offset);
        return;
      default:
        return;
    }
  }

  sent(link: SimulatedLink, frame: ServerFrame): void {
    this.#evidence.story.tell(() => `  gateway ${link.connection.id} -> ${brief(frame)}`);
    const known = this.#links.get(link);
    if (known === undefined) return;
    if (frame.type === 'welcome' || frame.type === 'resumed') this.#opened(link, known, frame);
    if (frame.type === 'error') return this.#failed(link, known, frame);
    if (frame.type === 'bye') return this.#dismissed(frame);
    if (known.record === undefined) return;
    this.#checkOwner(link, known.record);
    this.#served(known, known.record, frame);
    known.window.sent(frame);
  }

  ended(link: SimulatedLink, reason: string): void {
    this.#evidence.story.tell(() => `  gateway ${link.connection.id} ends: ${reason}`);
    const known = this.#links.get(link);
    this.#links.delete(link);
    known?.window.ended(reason);
    const record = known?.record;
    if (record?.owner !== link) return;
    record.owner = undefined;
    record.wasServed(this.#evidence.now);
  }

  /** All came to rest. */
  finish(): void {
    for (const { window } of this.#links.values()) window.check();
  }

  #shown(known: LinkRecord, token: string): void {
    const { now: at } = this.#evidence;
    const id = this.#tokens.idOf(token);
    if (id === undefined) return;
    known.shown = { id, at };
    this.#tokens.shown(id, at);
  }

  #stored(link: SimulatedLink, known: LinkRecord, id: string): void {
    const { settings, now, boot } = this.#evidence;
    if (known.record?.owner !== link) return;
    known.record.isReady ||= id === known.chainToken;
    // From afar it may come too late to count, and nobody hears of it.
    this.#tokens.stored(id, now, settings.isRemote ? undefined : boot);
  }

  #opened(link: SimulatedLink, known: LinkRecord, frame: FrameOf<'welcome' | 'resumed'>): void {
    const { story, now, boot, hasJumps, slackMs } = this.#evidence;
    const record = this.#evidence.recordOf(frame.session);
    if (record.owner === undefined && frame.type === 'resumed') {
      const awayMs = now - record.attachedUntil;
      story.expect(
        hasJumps || awayMs <= record.windowMs.high + SWEEP_SLACK_MS + slackMs,
        'time',
        () => `session is back after ${awayMs} ms, of ${record.windowMs.high}`,
      );
    }
    known.record = record;
    record.owner = link;
    record.wasServed(now);
    record.isReady = frame.type === 'welcome' || !link.traits.confirms;
    if (frame.type === 'welcome') return;
    known.chainToken = frame.token.id;
    record.held = frame.held.map(({ seq }) => seq);
    if (known.wish === 'skip') for (const seq of record.held) record.skipped.add(seq);
    this.#checkDurableToken(record, frame.token.id);
    this.#tokens.resumed(known.shown?.id ?? '', frame.token.id, frame.token.value, now, boot);
  }

  #failed(link: SimulatedLink, { record, shown }: LinkRecord, { code }: FrameOf<'error'>): void {
    const isOurFault = code === 'internal' || code.startsWith('bad_') || code === 'unexpected_frame';
    const { story, isFailing } = this.#evidence;
    story.expect(!isOurFault || isFailing, 'no bug', () => `${link.connection.id} was told ${code}`);
    if (record === undefined && shown !== undefined) this.#tokenAudit.answered(shown, code);
  }

  /** A client may be given the token of another session: the one that its account has. */
  #dismissed({ token }: FrameOf<'bye'>): void {
    if (token?.value === undefined) return;
    const kept = ReconnectionToken.decode(token.value)?.sessionId ?? '';
    this.#checkDurableToken(this.#evidence.recordOf(kept), token.id);
    this.#tokens.issued(kept, token.id, token.value, this.#evidence.now, undefined);
  }

  #served(known: LinkRecord, record: SessionRecord, frame: ServerFrame): void {
    switch (frame.type) {
      case 'token': {
        if (frame.value === undefined) return;
        this.#checkDurableToken(record, frame.id);
        const windowMs = frame.link ? record.windowMs.low : undefined;
        this.#tokens.issued(record.id, frame.id, frame.value, this.#evidence.now, windowMs);
        if (!frame.link) known.chainToken = frame.id;
        return;
      }
      case 'accepted':
        this.#checkDurableCommand(record, frame.seq);
        return this.#checkAnswered(record, known, frame.seq);
      case 'output':
        return this.#checkDurableAnswer(record, frame.text);
      case 'gap':
        // A log full of fates loses even those.
        known.unanswered.clear();
        return this.#checkGone(record, frame);
      case 'dropped':
        for (let seq = frame.seq; seq <= (frame.through ?? frame.seq); seq += 1) known.unanswered.delete(seq);
        return dropsNow(record, frame);
      default:
        return;
    }
  }

  #checkOwner(link: SimulatedLink, { owner }: SessionRecord): void {
    const { story, settings } = this.#evidence;
    // From afar, the older one hears of it a little later.
    story.expect(
      settings.isRemote || owner === link,
      'one owner',
      () => `connection ${link.connection.id} is served after ${owner?.connection.id} took over`,
    );
  }

  // What must be so before it is said. A session that ended meanwhile has nothing on the disk any more.

  #checkDurableToken({ id, links }: SessionRecord, token: string): void {
    const chains = this.#evidence.onDisk(id)?.chains;
    const isThere = chains?.some(({ hashes }) => hashes.some((hash) => tokenId(hash) === token));
    // Many tokens for other devices, made in one moment, displace each other at once.
    const isSurplus = links >= this.#evidence.settings.limits.chains;
    this.#evidence.story.expect(
      isThere !== false || isSurplus,
      'durable',
      () => `token ${token} was sent before it was on the disk`,
    );
  }

  #checkDurableCommand({ id }: SessionRecord, seq: number): void {
    const accepted = this.#evidence.onDisk(id)?.commands.accepted ?? seq;
    this.#evidence.story.expect(
      accepted >= seq,
      'durable',
      () => `command ${seq} was acknowledged with ${accepted} on the disk`,
    );
  }

  #checkDurableAnswer({ id }: SessionRecord, text: string): void {
    const [, mark, count] = text.split(' ', 3);
    const session = this.#evidence.onDisk(id);
    if (this.#evidence.settings.delivery !== 'commit' || mark !== 'did' || session === undefined) return;
    // What was unread in the account's older session answered a command of that one.
    if (numberOf(text, id) === undefined) return;
    this.#evidence.story.expect(
      countOf(session) >= Number(count),
      'durable',
      () => `the answer to command number ${count} was shown before its commit was on the disk`,
    );
  }

  /** A refusal is told before its number is acknowledged. */
  #checkAnswered({ refused }: SessionRecord, { unanswered }: LinkRecord, seq: number): void {
    for (const each of unanswered) {
      if (each > seq) continue;
      unanswered.delete(each);
      this.#evidence.story.expect(
        !refused.has(each),
        'commands',
        () => `${each} was acknowledged, and not yet said to be refused`,
      );
    }
  }

  #checkGone({ id }: SessionRecord, { from, to, reason }: FrameOf<'gap'>): void {
    const { story, process, isFailing } = this.#evidence;
    if (to === undefined || reason === 'oversize' || isFailing) return;
    const page = process?.table.readOutput(id, from - 1, { entries: 1, bytes: Infinity });
    if (page === undefined || page instanceof Promise) return;
    const kept = page.entries[0]?.offset ?? Infinity;
    story.expect(kept > to, 'output', () => `${reason} gap from ${from} to ${to}, and ${kept} is there`);
  }
}
