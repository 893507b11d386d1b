import type { Harbour } from '../harbour.ts';
import { nearest } from '../nearest.ts';
import type { Answer, Player } from '../player.ts';
import { usage, type Command } from './command.ts';
import { general } from './general.ts';
import { having } from './having.ts';
import { directions, moving } from './moving.ts';
import { talking } from './talking.ts';
import { trying } from './trying.ts';

/** Longer words are not looked up. */
const WORD_LENGTH_LIMIT = 20;

const help: Command = {
  names: ['help', '?'],
  takes: '[command]',
  help: 'This list, or more about one command.',
  run: (_player, rest) => {
    if (rest === '') return FAMILIES.map(listed).join('\n');
    const command = COMMANDS.get(rest.toLowerCase());
    if (command === undefined) return unknown(rest);
    const [, ...others] = command.names;
    const short = others.length > 0 ? ` Also: ${others.join(', ')}.` : '';
    return `${usage(command)}: ${command.help}${short}`;
  },
};

interface Family {
  readonly title: string;
  readonly commands: readonly Command[];
}

const FAMILIES: readonly Family[] = [
  { title: 'Going about', commands: moving },
  { title: 'Talking', commands: talking },
  { title: 'Things', commands: having },
  { title: 'Trying out sessions', commands: trying },
  { title: 'And', commands: [...general, help] },
];

const COMMANDS: ReadonlyMap<string, Command> = new Map(
  [...FAMILIES.flatMap(({ commands }) => commands), ...directions].flatMap((command) =>
    command.names.map((name) => [name, command] as const),
  ),
);

/** Carries out one clean line. */
export function perform(player: Player, line: string, harbour: Harbour): Answer | Promise<Answer> {
  if (line === '') return '';
  // 'hello and :waves need no space.
  const [, word = '', rest = ''] = /^(['":]|\S+) ?(.*)$/u.exec(line) ?? [];
  const command = COMMANDS.get(word.toLowerCase());
  return command ? command.run(player, rest, harbour) : unknown(word);
}

function listed({ title, commands }: Family): string {
  return `${title}: ${commands.map(({ names: [name] }) => name).join(', ')}.`;
}

function unknown(typed: string): string {
  const word = typed.toLowerCase();
  const meant = word.length > WORD_LENGTH_LIMIT ? undefined : nearest(word, [...COMMANDS.keys()]);
  return meant === undefined
    ? 'Nobody here knows how to do that. Try: help'
    : `Nobody here knows how to do that. Did you mean: ${meant}?`;
}
