/**
 * What becomes of a token, told truthfully.
 *
 * - `locked`: it lies in the browser for one tab, behind a lock. It outlives a reload, and a copy of the tab cannot
 *   show it while the first one has it.
 * - `tab`: it lies in the tab's own storage. It outlives a reload; a copy of the tab would show it too.
 * - `device`: it outlives the page and the program.
 * - `memory`: it is gone with the page or the program.
 */
export type Keeping = 'locked' | 'tab' | 'device' | 'memory';

/** What a storage tells the session that opened it. Once it has left, nothing of it is heard. */
export interface StorageEvents {
  /** Somebody else has the token now: `open` waits. */
  blocked(): void;
  /** Somebody else took the token over: nothing may be saved any more. */
  lost(): void;
}

/**
 * Where a session's token and its place in the output are kept, as one text. Whatever may answer later can: what the
 * gateway is told about a token waits until `save` is done. A `save` that fails (full, forbidden) is no error: the
 * session goes on, and says `memory`.
 */
export interface TokenStorage {
  readonly keeps: Keeping;
  /**
   * Resolves with what was saved last, once it is this session's alone. Saves nothing itself. Rejected, nothing else is
   * called: what is there may be good, and is read another time.
   */
  open(events: StorageEvents): string | null | undefined | Promise<string | null | undefined>;
  /** Replaces what was saved before. Called again before the last one is done only by who needs no order. */
  save(text: string): void | Promise<void>;
  remove(): void | Promise<void>;
  /** Lets others have it. It may be opened again. */
  close?(): void;
  /** While `open` waits: asks who has the token to let it go. */
  takeOver?(): void;
}
