import type { HelpTopic } from './help.ts';
import type { OperatorCommand } from './operator/command.ts';
import { OPERATOR_COMMANDS } from './operator/index.ts';
import { nearest } from './settings-name.ts';

/** What the command line asks for. */
export type Command =
  | { readonly kind: 'serve'; readonly flags: readonly string[] }
  /** One of the commands that ask a gateway which runs already. */
  | { readonly kind: 'operate'; readonly command: OperatorCommand; readonly args: readonly string[] }
  | { readonly kind: 'help'; readonly about: HelpTopic }
  | { readonly kind: 'version' }
  | { readonly kind: 'unknown'; readonly problem: string };

/** Reads the arguments after `node main.js`. What is behind a command's name is left to the command. */
export function readCommand(args: readonly string[]): Command {
  const [first = 'help', ...rest] = args;
  const command = OPERATOR_COMMANDS.find(({ name }) => name === first);
  if (command !== undefined) {
    return isHelpAsked(rest) ? { kind: 'help', about: command } : { kind: 'operate', command, args: rest };
  }
  switch (first) {
    case 'serve':
      return isHelpAsked(rest) ? { kind: 'help', about: 'serve' } : { kind: 'serve', flags: rest };
    case 'help': {
      const about = OPERATOR_COMMANDS.find(({ name }) => name === rest[0]);
      return { kind: 'help', about: about ?? (rest[0] === 'serve' ? 'serve' : 'holdfast') };
    }
    case '--help':
    case '-h':
      return { kind: 'help', about: 'holdfast' };
    case '--version':
      return { kind: 'version' };
    default:
      return { kind: 'unknown', problem: unknownCommand(first) };
  }
}

function isHelpAsked(flags: readonly string[]): boolean {
  return flags.includes('--help') || flags.includes('-h');
}

function unknownCommand(written: string): string {
  if (written.startsWith('-')) return `${written}: expected a command first: holdfast serve ${written}`;
  const meant = nearest(written, ['serve', 'help', ...OPERATOR_COMMANDS.map(({ name }) => name)]);
  return `unknown command ${JSON.stringify(written)}; ${meant === undefined ? 'see holdfast help' : `did you mean ${meant}?`}`;
}
