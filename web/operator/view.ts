import type { Status } from '../../src/operator/api.ts';
import type { Api } from './api.ts';

/** What views share. */
export interface Desk {
  readonly api: Api;
  /** The last answer of `status`. */
  readonly status: Status | undefined;
  /** The gateway's time, in ms since 1970. */
  readonly now: number;
  /** Does something, says how it went, and looks again. */
  act(work: () => Promise<unknown>, done: string): void;
  /** Something else is asked for: looks again at once. */
  refresh(): void;
}

/** One view of the page; only the one that is shown is updated. */
export interface View {
  /** What is behind the view's name in the address. */
  open(desk: Desk, path: readonly string[], query: URLSearchParams): void;
  /** Asks the gateway and shows the answer. Called every few seconds. */
  update(desk: Desk): Promise<void>;
}
