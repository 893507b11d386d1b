/** Commands of common games that have a password in their arguments. */
export const DEFAULT_PRIVATE_LINES: readonly string[] = ['connect', 'create', '@password'];

/** Whether a line is one of these commands with arguments. */
export function privateLineMatcher(
  commands: readonly string[] = DEFAULT_PRIVATE_LINES,
): (line: string) => boolean {
  if (commands.length === 0) return () => false;
  const words = commands.map((command) => command.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&'));
  const pattern = new RegExp(`^\\s*(?:${words.join('|')})\\s+\\S`, 'i');
  return (line) => pattern.test(line);
}
