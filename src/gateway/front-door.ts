import type {
  CommandEntry,
  FrontDoor as Policy,
  NewCommand,
  NewOutput,
  ReconnectionToken,
  Session,
  Store,
  World,
} from '../core/index.ts';
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
   * A token for whoever just logged in, by which the kept session is theirs alone: who had an old one may not be the
   * same person. `undefined` where that session has ended meanwhile.
   */
  async claim(kept: Session): Promise<ReconnectionToken | undefined> {
    await this.#store.apply(kept.id, { kind: 'revoke' });
    this.#onEvent({ kind: 'revoked', sessionId: kept.id, reason: 'welcome_back' });
    return this.#desk.issue(kept, {});
  }

  /** Sends whoever is attached to the new session to the kept one. Nothing is appended to the new one any more: it ends. */
  async resume(sessionId: string, kept: Session, token: ReconnectionToken): Promise<void> {
    try {
      await this.#bring(sessionId, kept.id);
      this.#registry.attached(sessionId)?.welcome(this.#desk.grant(token));
    } finally {
      // Also where something failed: what it has may be in the kept one, and must not run here too.
      await this.#store.apply(sessionId, { kind: 'close', reason: 'welcome_back' });
    }
  }

  /**
   * What the new session accepted and its world was not given stands behind what waits in the kept one. A process that
   * dies then leaves it there once: a session that was not in the game ends with its process.
   */
  async #bring(sessionId: string, keptId: string): Promise<void> {
    const session = await this.#store.read(sessionId);
    const { taken = 0, handed = 0 } = session?.commands ?? {};
    const waiting = await this.#store.readCommands(sessionId, Math.max(taken, handed));
    const commands = waiting.flatMap(anew);
    if (commands.length === 0) return;
    // In one go: while somebody is attached, the numbers that come next are theirs to give.
    const detached = this.#store.apply(keptId, { kind: 'detach' });
    await Promise.all([detached, this.#store.apply(keptId, { kind: 'append', commands })]);
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

/** As it is said in another session. One that is private was sealed for its own: it cannot be opened there, and is dropped. */
function anew(entry: CommandEntry): readonly NewCommand[] {
  switch (entry.kind) {
    case 'text':
      return [{ kind: entry.kind, text: entry.text }];
    case 'private':
      return [{ kind: entry.kind, sealed: entry.sealed }];
    case 'gmcp': {
      const { kind, package: name, data } = entry;
      return [data === undefined ? { kind, package: name } : { kind, package: name, data }];
    }
    case 'passing':
    case 'refused':
      // Nothing is to become of it any more; a refused one was not accepted.
      return [];
  }
}
