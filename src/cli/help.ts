import { flagOf, keyOf } from './settings-name.ts';
import { SETTING_NAMES, SETTINGS, type SettingName } from './settings.ts';

/** What `holdfast help` and `holdfast help serve` print. */
export function helpText(about: 'holdfast' | 'serve'): string {
  return about === 'serve' ? SERVE : HOLDFAST;
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

const HOLDFAST = `holdfast keeps players in the game when their connection drops.

Usage:
  holdfast serve [flags]   Run the gateway, with its demo world or in front of a game.
  holdfast help serve      Show the flags.
  holdfast --version       Show the version.
`;

const SERVE = `Usage: holdfast serve [flags]

Runs the gateway until it is stopped (Ctrl-C).

${SETTING_NAMES.map(flagHelp).join('\n')}

Each flag is also a key of the file that --config names (--backlog-bytes: backlog_bytes) and an environment
variable (HOLDFAST_BACKLOG_BYTES). Flags win over variables, variables over the file.
`;
