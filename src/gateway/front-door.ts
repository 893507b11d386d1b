import type { FrontDoor as Policy, NewOutput, Session, Store, World } from '../core/index.ts';
import type { OnEvent } from './event.ts';
import type { Registry } from './registry.ts';
import type { TokenDesk } from './token-desk.ts';

/** What came in: as `playing`, or not, because an older session of the account takes its place. */
export type Entrance =
  /** With what was unread in sessions that were closed for it. */
  | { readonly kind: 'enters'; readonly unread: readonly NewOutput[] }
  | { readonly kind: 'resumes'; readonly kept: Session };

const PAGE = { entries: 256, bytes: 65_536 };

/** Decides what happens when an account logs in while another session of it is kept. */
export class FrontDoor {
  readonly #store: Store;
  readonly #desk: TokenDesk;
  readonly #registry: Registry;
  readonly #world: string;
  readonly #policy: Policy;
  readonly #onEvent: OnEvent;

  constructor(store: Store, desk: TokenDesk, registry: Registry, world: World, onEvent: OnEvent) {
    this.#store = store;
    this.#onEvent = onEvent;
    this.#desk = desk;
    this.#registry = registry;
    this.#world = world.name;
    this.#policy = world.frontDoor ?? (world.delivery === 'commit' ? 'resume' : 'close');
  }

  async enter(sessionId: string, account: string): Promise<Entrance> {
    if (this.#policy === 'keep') return { kind: 'enters', unread: [] };
    const others = await this.#others(sessionId, account);
    const kept = others.filter(({ ending }) => ending === undefined);
    const newest = kept.at(-1);
    if (newest !== undefined && this.#policy === 'resume') return { kind: 'resumes', kept: newest };
    const unread: NewOutput[] = [];
    // Also of one that its world has ended: a game may end it because the account came in anew.
    for (const { id } of others) {
      unread.push(...(await this.#unread(id)));
      await this.#store.apply(id, { kind: 'close', reason: 'closed' });
    }
    return { kind: 'enters', unread };
  }

  /**
   * Gives the kept session to whoever is attached to the new one, by a new token: who had an old one may not be
   * the person who just logged in.
   */
  async resume(sessionId: string, kept: Session): Promise<void> {
    await this.#store.apply(kept.id, { kind: 'revoke' });
    this.#onEvent({ kind: 'revoked', sessionId: kept.id, reason: 'welcome_back' });
    const token = await this.#desk.issue(kept, {});
    if (token) this.#registry.attached(sessionId)?.welcome(this.#desk.grant(token));
    await this.#store.apply(sessionId, { kind: 'close', reason: 'welcome_back' });
  }

  /** The account's other sessions, the newest last. */
  async #others(sessionId: string, account: string): Promise<readonly Session[]> {
    const ids = await this.#store.findByAccount(this.#world, account);
    const others: Session[] = [];
    for (const id of ids) {
      const session = id === sessionId ? undefined : await this.#store.read(id);
      if (session?.stage === 'playing') others.push(session);
    }
    return others.toSorted((a, b) => a.createdAt - b.createdAt);
  }

  /** The text that nobody has acknowledged. */
  async #unread(sessionId: string): Promise<readonly NewOutput[]> {
    const unread: NewOutput[] = [];
    for (let after = 0; ;) {
      const { entries } = await this.#store.readOutput(sessionId, after, PAGE);
      const last = entries.at(-1);
      if (last === undefined) return unread;
      after = last.offset;
      for (const entry of entries) if (entry.kind === 'text') unread.push({ kind: 'text', text: entry.text });
    }
  }
}
