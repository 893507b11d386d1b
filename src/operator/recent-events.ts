import type { EventsPage, EventView } from './api.ts';

/** Which events are asked for: all that fit every field that is given. */
export interface EventFilter {
  readonly kind?: string;
  readonly reason?: string;
  readonly session?: string;
  readonly transport?: string;
  /** Only newer ones than this. */
  readonly after?: number;
  /** Only older ones than this. */
  readonly before?: number;
  readonly limit: number;
}

/** The newest so many events; an older one is forgotten. */
export class RecentEvents {
  readonly #capacity: number;
  readonly #ring: EventView[] = [];
  #next = 1;

  constructor(capacity: number) {
    this.#capacity = capacity;
  }

  get nextId(): number {
    return this.#next;
  }

  add(event: EventView): void {
    this.#ring[(event.id - 1) % this.#capacity] = event;
    this.#next = event.id + 1;
  }

  /** Newest first. `next` is there where older ones may fit too. */
  select(filter: EventFilter): EventsPage {
    const events: EventView[] = [];
    const oldest = Math.max(this.#next - this.#capacity, 1, (filter.after ?? 0) + 1);
    for (let id = Math.min(this.#next, filter.before ?? Infinity) - 1; id >= oldest; id -= 1) {
      const event = this.#ring[(id - 1) % this.#capacity];
      if (event === undefined || !fits(event, filter)) continue;
      events.push(event);
      if (events.length >= filter.limit) return id > oldest ? { events, next: id } : { events };
    }
    return { events };
  }
}

function fits(event: EventView, { kind, reason, session, transport }: EventFilter): boolean {
  return (
    (kind === undefined || event.kind === kind) &&
    (reason === undefined || event.reason === reason) &&
    (session === undefined || event.session === session) &&
    (transport === undefined || event.transport === transport)
  );
}
