/** Commands of common games that have a password in their arguments. */
export const DEFAULT_PRIVATE_LINES: readonly string[] = ['connect', 'create', '@password'];

/** Whether a line is one of these commands with arguments. */
export function privateLineMatcher(
  commands: readonly string[] = DEFAULT_PRIVATE_LINES,
): (line: string) => boolean {
  const known = new Set(commands.map((command) => command.toLowerCase()));
  return (line) => {
    const [command = '', argument] = line.trimStart().split(/\s+/, 2);
    return argument !== undefined && argument !== '' && known.has(command.toLowerCase());
  };
}
