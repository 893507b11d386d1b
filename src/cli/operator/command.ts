import type { Arguments, Flags } from './arguments.ts';
import type { ApiClient } from './client.ts';

/** What a command has to say: for people, and for programs. */
export interface Result {
  readonly text: string;
  readonly json: unknown;
  /** Default: done. */
  readonly exitCode?: number;
}

/** A command that asks a gateway which runs already. */
export interface OperatorCommand {
  readonly name: string;
  readonly summary: string;
  /** Ways to call it, behind `holdfast`. */
  readonly usage: readonly string[];
  readonly flags: Flags;
  /** Whether it wants words that are no flags; it looks at them itself. */
  readonly takesWords?: true;
  /** Rejects with a `CommandError`. */
  run(args: Arguments, api: ApiClient): Promise<Result>;
}
