import { JSON_FLAG, PLACE_SETTINGS } from './operator/arguments.ts';
import type { OperatorCommand } from './operator/command.ts';
import { OPERATOR_COMMANDS } from './operator/index.ts';
import { CREDENTIAL_VARIABLE } from './settings-environment.ts';
import { flagOf, keyOf } from './settings-name.ts';
import { SETTING_NAMES, SETTINGS, type SettingName } from './settings.ts';

/** What help can be about: the program, `serve`, or a command that asks a gateway. */
export type HelpTopic = 'holdfast' | 'serve' | OperatorCommand;

/** What `holdfast help` and `holdfast help` with a command's name print. */
export function helpText(about: HelpTopic): string {
  if (about === 'holdfast') return HOLDFAST;
  return about === 'serve' ? SERVE : commandHelp(about);
}

/** A setting's row in `docs/configuration.md`: key, what it takes, default, meaning. */
export function settingRow(name: SettingName): readonly string[] {
  const { type, default: fallback, doc } = SETTINGS[name];
  return [keyOf(name), type.expected, fallback ?? '', doc];
}

function flagHelp(name: SettingName): string {
  const { type, default: fallback, doc } = SETTINGS[name];
  const ending = fallback === undefined ? '' : ` [default: ${fallback}]`;
  return `  ${flagOf(name)} <${type.placeholder}>\n      ${doc}${ending}`;
}

function commandHelp({ summary, usage, flags }: OperatorCommand): string {
  const own = Object.entries({ ...flags, json: JSON_FLAG }).map(([name, { placeholder, doc }]) => {
    return `  --${name}${placeholder === undefined ? '' : ` <${placeholder}>`}\n      ${doc}`;
  });
  return `Usage:
${usage.map((line) => `  holdfast ${line}`).join('\n')}

${summary}

${own.join('\n')}

Which gateway, as for holdfast serve:

${PLACE_SETTINGS.map(flagHelp).join('\n')}

The credential is read from that file, or from the environment variable ${CREDENTIAL_VARIABLE}.
`;
}

const HOLDFAST = `holdfast keeps players in the game when their connection drops.

Usage:
  holdfast serve [flags]   Run the gateway, with its demo world or in front of a game.

Ask a gateway that runs with --operator:
${OPERATOR_COMMANDS.map(({ name, summary }) => `  holdfast ${name.padEnd(15)} ${summary}`).join('\n')}

  holdfast help COMMAND    Show the flags of a command, such as serve.
  holdfast --version       Show the version.
`;

const SERVE = `Usage: holdfast serve [flags]

Runs the gateway until it is stopped (Ctrl-C).

${SETTING_NAMES.map(flagHelp).join('\n')}

Each flag is also a key of the file that --config names (--backlog-bytes: backlog_bytes) and an environment
variable (HOLDFAST_BACKLOG_BYTES). Flags win over variables, variables over the file.
`;
