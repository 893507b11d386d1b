/** Time, given to whoever needs it, so that a simulation can own it. */
export interface Clock {
  /** Milliseconds since 1970, from a source that never goes back while the process runs. */
  now(): number;
  /** Runs once, `ms` from now, unless the returned function is called before. */
  after(ms: number, run: () => void): () => void;
}
