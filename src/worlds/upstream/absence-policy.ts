/** What the game hears of a player's absence. Lines are sent only to a game that the player is in. */
export interface AbsencePolicy {
  /**
   * When the player has been gone for `afterMs`: nothing, a line, or that the connection is closed, as it would be
   * without a gateway. The session stays; after a close its player returns to the game's login.
   */
  readonly drop: 'nothing' | 'close' | { readonly line: string };
  /** A player who is back by then was never gone, as far as the game knows. */
  readonly afterMs: number;
  /** Said at the return of one whose going was said. */
  readonly returnLine?: string | undefined;
  /** Said before the connection is closed because the session ran out, or its player left by the client's `quit`. */
  readonly endLine?: string | undefined;
}

export const SILENT: AbsencePolicy = { drop: 'nothing', afterMs: 0 };
