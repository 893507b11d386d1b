import { stateOf, type Session, type SessionState, type WorldState } from '../core/index.ts';
import { Histogram } from './histogram.ts';

/** How all sessions stand at one moment. */
export interface Counts extends Readonly<Record<Exclude<SessionState, 'closed'>, number>> {
  readonly queued: number;
  readonly backlogEntries: number;
  /** Of each session. */
  readonly backlogBytes: Histogram;
  /** By the world's name. */
  readonly worlds: ReadonlyMap<string, Readonly<Record<WorldState, number>>>;
}

/** Sessions counted one by one. */
export class Census {
  readonly #states = { connecting: 0, authenticating: 0, playing: 0, disconnected: 0, closed: 0 };
  readonly #backlogBytes = new Histogram();
  readonly #worlds = new Map<string, Record<WorldState, number>>();
  #queued = 0;
  #backlogEntries = 0;

  static async of(sessions: AsyncIterable<Session>): Promise<Counts> {
    const census = new Census();
    for await (const session of sessions) census.count(session);
    return census.counts;
  }

  count(session: Session): void {
    this.#states[stateOf(session)] += 1;
    this.#queued += queuedOf(session);
    this.#backlogEntries += session.output.entries;
    this.#backlogBytes.record(session.output.bytes);
    const world = this.#worlds.get(session.world) ?? { up: 0, login: 0, down: 0 };
    world[session.worldState] += 1;
    this.#worlds.set(session.world, world);
  }

  get counts(): Counts {
    const { closed: _, ...states } = this.#states;
    return {
      ...states,
      queued: this.#queued,
      backlogEntries: this.#backlogEntries,
      backlogBytes: this.#backlogBytes,
      worlds: this.#worlds,
    };
  }
}

/** Commands that wait for the world. */
export function queuedOf({ commands }: Session): number {
  return commands.accepted - commands.taken;
}
