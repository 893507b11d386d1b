/** Commands of common games that have a password in their arguments. */
export const DEFAULT_PRIVATE_LINES: readonly string[] = ['connect', 'create', '@password'];

const COMMAND_WITH_ARGUMENT = /^\s*(\S+)\s+\S/;

/** Whether a line is one of these commands with arguments. */
export function privateLineMatcher(
  commands: readonly string[] = DEFAULT_PRIVATE_LINES,
): (line: string) => boolean {
  const known = new Set(commands.map((command) => command.toLowerCase()));
  return (line) => {
    const [, command = ''] = COMMAND_WITH_ARGUMENT.exec(line) ?? [];
    return known.has(command.toLowerCase());
  };
}
