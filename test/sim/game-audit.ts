import type { WorldCommand } from '../../src/core/index.ts';
import type { Evidence, SessionRecord } from './evidence.ts';
import { markOf } from './mark.ts';

/** Looks at what the game is given, and numbers what it says. */
export class GameAudit {
  readonly #evidence: Evidence;

  constructor(evidence: Evidence) {
    this.#evidence = evidence;
  }

  /** The game was given a command. `done` is how many it knows to have carried out. */
  handed(session: { readonly id: string }, { seq }: WorldCommand, done: number | undefined): void {
    const record = this.#evidence.recordOf(session.id);
    if (this.#evidence.settings.delivery === 'mark') {
      const taken = this.#evidence.onDisk(session.id)?.commands.taken ?? seq;
      this.#evidence.story.expect(
        taken >= seq,
        'commands',
        () => `command ${seq} left before it was marked; on the disk is ${taken}`,
      );
    }
    // What was carried out before a crash, and not durably, is forgotten by a game whose data is ours.
    if (done !== undefined) record.ran.length = Math.min(record.ran.length, done);
    if (!this.#evidence.settings.isRemote) this.#checkWanted(record, seq);
    const last = record.ran.at(-1)?.seq ?? 0;
    this.#evidence.story.expect(
      seq > last,
      'commands',
      () => `command ${seq} came after ${last} was carried out`,
    );
    const dropped = record.dropped.get(seq);
    this.#evidence.story.expect(
      dropped === undefined,
      'commands',
      () => `command ${seq} came, and was dropped as ${dropped?.reason}`,
    );
  }

  /** The world's end knows at once who is there; from afar, a command may be on its way already. */
  #checkWanted({ isReady, skipped, skippedNow }: SessionRecord, seq: number): void {
    this.#evidence.story.expect(
      isReady,
      'commands',
      () => `command ${seq} came before the client had its token`,
    );
    this.#evidence.story.expect(
      !skipped.has(seq) && !skippedNow.has(seq),
      'commands',
      () => `command ${seq} came, and was to be skipped`,
    );
  }

  ran({ id }: { readonly id: string }, command: { readonly seq: number; readonly id: string }): number {
    const { ran } = this.#evidence.recordOf(id);
    const isTwice = ran.some((done) => done.id === command.id);
    this.#evidence.story.expect(!isTwice, 'commands', () => `${command.id} was carried out twice`);
    ran.push(command);
    return ran.length;
  }

  /** The mark of the game's next text in this session. */
  mark(id: string): string {
    const { written } = this.#evidence.recordOf(id);
    const number = (written.get(this.#evidence.boot) ?? 0) + 1;
    written.set(this.#evidence.boot, number);
    return markOf(this.#evidence.boot, number, id);
  }
}
