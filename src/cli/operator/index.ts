import type { Environment } from '../settings-environment.ts';
import { readArguments } from './arguments.ts';
import { CommandError, EXIT } from './client.ts';
import type { OperatorCommand } from './command.ts';
import { drain } from './drain.ts';
import { events } from './events.ts';
import { connect } from './place.ts';
import { sessions } from './sessions.ts';
import { status } from './status.ts';
import { tokens } from './tokens.ts';

/** The commands that ask a gateway which runs already, by their names. */
export const OPERATOR_COMMANDS: readonly OperatorCommand[] = [status, sessions, tokens, events, drain];

export interface Outcome {
  /** For standard output. */
  readonly said: string;
  /** For standard error. */
  readonly problems: readonly string[];
  readonly exitCode: number;
}

/** Runs one of them with the arguments behind its name. */
export async function operate(
  command: OperatorCommand,
  args: readonly string[],
  environment: Environment,
): Promise<Outcome> {
  const read = readArguments(args, command.flags);
  if ('problems' in read) return { said: '', problems: read.problems, exitCode: EXIT.failed };
  const [surplus] = read.words;
  if (surplus !== undefined && !command.takesWords) {
    const problem = `${JSON.stringify(surplus)}: expected a flag; see holdfast help ${command.name}`;
    return { said: '', problems: [problem], exitCode: EXIT.failed };
  }
  try {
    const { text, json, exitCode = EXIT.done } = await command.run(read, connect(read.settings, environment));
    const said = read.flags['json'] === undefined ? text : JSON.stringify(json, undefined, 2);
    return { said, problems: [], exitCode };
  } catch (error) {
    if (!(error instanceof CommandError)) throw error;
    return { said: '', problems: error.message.split('\n'), exitCode: error.exitCode };
  }
}
