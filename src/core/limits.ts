/** What a session may hold. Every limit has one defined outcome when it is crossed. */
export interface SessionLimits {
  /** Commands accepted and not yet taken; one more is refused. */
  readonly queueCommands: number;
  /** Unread output entries; over it the oldest go, with a gap. */
  readonly backlogEntries: number;
  /** Unread output in bytes; over it the oldest go, with a gap. A larger single entry becomes a gap itself. */
  readonly backlogBytes: number;
  /** How long a held command waits for its player, in ms. */
  readonly heldCommandTtlMs: number;
  /** Chains (devices) of one session; over it the one unused for longest is revoked. */
  readonly chains: number;
  /** Spent tokens remembered for each chain, to recognise theft. */
  readonly spentTokens: number;
  /** How long the owner's own late attempt with the last spent token is asked to come again, in ms. */
  readonly lateAttemptMs: number;
  /** Packages whose last value is kept; over it the one set least recently is forgotten. */
  readonly statePackages: number;
  /** Bytes of these values together; over it the same. A single value that is larger is not kept. */
  readonly stateBytes: number;
  /** Epochs that positions are understood of. */
  readonly epochs: number;
}

export const DEFAULT_LIMITS: SessionLimits = {
  queueCommands: 100,
  backlogEntries: 4096,
  backlogBytes: 262_144,
  heldCommandTtlMs: 60_000,
  chains: 4,
  spentTokens: 64,
  lateAttemptMs: 10_000,
  statePackages: 64,
  stateBytes: 262_144,
  epochs: 8,
};
