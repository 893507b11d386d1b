import { DEFAULT_LIMITS } from '../../src/core/index.ts';
import type { ServerFrame } from '../../src/protocol/index.ts';
import { numberOf, SOUND } from './mark.ts';
import type { Story } from './story.ts';

/** What a reader asks about the session that it reads. */
export interface WrittenRecord {
  readonly id: string;
  /** By process: the number of the last text that is, or was, on the disk. */
  readonly durable: ReadonlyMap<number, number>;
  /** Processes that died before they could end what they wrote. */
  readonly unclean: ReadonlySet<number>;
  /** Those that died while they did. */
  readonly perhapsUnclean: ReadonlySet<number>;
  /** The runs that the session on the disk has by name. */
  readonly epochs: ReadonlySet<string>;
}

/**
 * Reads over the shoulder of one client, across all its connections: each entry once and in order, and nothing
 * missing without a gap in its place.
 */
export class Reader {
  readonly #story: Story;
  readonly #name: string;
  #record: WrittenRecord | undefined;
  #offset = 0;
  #epoch: string | undefined;
  /** The last text seen. */
  #process = 0;
  #number = 0;
  /** A gap since then, and how many entries it stood for. */
  #gap: { entries: number; hasCrash: boolean } | undefined;
  /** False for one that came without a position of its own: what was before is not its. */
  #knows = true;
  #replayTo: number | undefined;

  constructor(story: Story, name: string) {
    this.#story = story;
    this.#name = name;
  }

  /** The same for a copy of this client. */
  copy(name: string): Reader {
    const copy = new Reader(this.#story, name);
    copy.#record = this.#record;
    copy.#offset = this.#offset;
    copy.#epoch = this.#epoch;
    copy.#process = this.#process;
    copy.#number = this.#number;
    copy.#gap = this.#gap && { ...this.#gap };
    copy.#knows = this.#knows;
    return copy;
  }

  began(record: WrittenRecord): void {
    this.#record = record;
    this.#offset = 0;
    this.#epoch = undefined;
    this.#process = 0;
    this.#number = 0;
    this.#gap = undefined;
    this.#knows = true;
    this.#replayTo = undefined;
  }

  /** `hasPosition`: the client asked to continue from where it was. */
  resumed(
    record: WrittenRecord,
    { output, epoch }: Extract<ServerFrame, { type: 'resumed' }>,
    hasPosition: boolean,
  ): void {
    if (record !== this.#record || !hasPosition) {
      this.began(record);
      this.#knows = hasPosition;
    }
    const start = output.from - 1;
    if (this.#epoch !== undefined && !record.epochs.has(this.#epoch)) {
      this.#story.expect(
        record.epochs.size >= DEFAULT_LIMITS.epochs,
        'output',
        () => `the run that ${this.#name} was in is not known any more, and what it has comes again`,
      );
      this.#process = 0;
      this.#number = 0;
      this.#knows = false;
    }
    if (hasPosition) {
      this.#story.expect(
        start <= this.#offset,
        'output',
        () => `${this.#name} was at ${this.#offset} and is told that it is at ${start}`,
      );
    }
    this.#offset = start;
    this.#epoch = epoch;
    this.#replayTo = output.to;
  }

  took(frame: ServerFrame): void {
    if ('epoch' in frame) this.#epoch = frame.epoch ?? this.#epoch;
    switch (frame.type) {
      case 'output':
        this.#moved(frame.offset, frame.offset);
        return this.#text(frame.text);
      case 'gmcp':
        if (frame.offset === undefined) return;
        this.#moved(frame.offset, frame.offset);
        if (frame.package === SOUND) this.#heard(frame.offset);
        if (typeof frame.data === 'string') this.#text(frame.data);
        return;
      case 'echo':
      case 'dropped':
        return this.#moved(frame.offset, frame.offset);
      case 'gap':
        return this.#skipped(frame);
      case 'caught_up': {
        const to = this.#replayTo ?? 0;
        const { offset } = frame;
        const isThere = this.#offset >= to && offset === to;
        this.#story.expect(
          isThere,
          'output',
          () => `${this.#name} is told to have caught up with ${offset} at ${this.#offset}, of ${to}`,
        );
        this.#replayTo = undefined;
        return;
      }
      default:
        return;
    }
  }

  #moved(from: number, to: number): void {
    this.#story.expect(
      from === this.#offset + 1 && to >= from,
      'output',
      () => `${this.#name} was at ${this.#offset} and got ${from}`,
    );
    this.#offset = to;
  }

  #heard(offset: number): void {
    const isLive = this.#replayTo === undefined || offset > this.#replayTo;
    this.#story.expect(
      isLive,
      'output',
      () => `${this.#name} hears late what was for the moment, at ${offset}`,
    );
  }

  #skipped({ from, to, reason }: Extract<ServerFrame, { type: 'gap' }>): void {
    const last = to ?? from;
    this.#moved(from, last);
    this.#gap ??= { entries: 0, hasCrash: false };
    // What a crash took was never durable: nobody counts it.
    if (reason === 'crash') this.#gap.hasCrash = true;
    else this.#gap.entries += last - from + 1;
  }

  #text(text: string): void {
    const mark = this.#record && numberOf(text, this.#record.id);
    if (mark !== undefined && this.#record) this.#saw(mark.process, mark.number, this.#record);
  }

  #saw(process: number, number: number, record: WrittenRecord): void {
    const before = `#${this.#process}.${this.#number}`;
    const isLater =
      process > this.#process || (process === this.#process && number > this.#number) || !this.#knows;
    this.#story.expect(isLater, 'output', () => `${this.#name} got #${process}.${number} after ${before}`);
    if (this.#knows) this.#checkMissing(process, number, record, before);
    this.#process = process;
    this.#number = number;
    this.#knows = true;
    this.#gap = undefined;
  }

  #checkMissing(process: number, number: number, record: WrittenRecord, before: string): void {
    const gap = this.#gap;
    let missing = 0;
    let isBroken = false;
    for (let each = Math.max(1, this.#process); each < process; each += 1) {
      const durable = record.durable.get(each) ?? 0;
      missing += Math.max(0, durable - (each === this.#process ? this.#number : 0));
      if (durable > 0 && record.unclean.has(each)) isBroken = true;
    }
    missing += number - 1 - (process === this.#process ? this.#number : 0);
    const covered = gap?.entries ?? 0;
    this.#story.expect(
      missing <= covered,
      'output',
      () => `${this.#name} misses ${missing} texts between ${before} and #${process}.${number}`,
    );
    this.#story.expect(
      !isBroken || gap !== undefined,
      'output',
      () => `${this.#name} is not told of the crash between ${before} and #${process}.${number}`,
    );
    this.#story.expect(
      gap?.hasCrash !== true || hasUnclean(record, this.#process, process),
      'output',
      () => `${this.#name} is told of a crash that was none, after ${before}`,
    );
  }
}

function hasUnclean({ unclean, perhapsUnclean }: WrittenRecord, from: number, to: number): boolean {
  for (let each = Math.max(1, from); each < to; each += 1) {
    if (unclean.has(each) || perhapsUnclean.has(each)) return true;
  }
  return false;
}
