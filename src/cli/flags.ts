import { flagOf, unknownSetting } from './settings-name.ts';
import type { Given, SettingsSource } from './settings-source.ts';
import { SETTING_NAMES, SETTINGS, type SettingName } from './settings.ts';
import { type Raw, yesOrNo } from './settings-type.ts';

/**
 * Reads flags: `--name value` or `--name=value`. A value that begins with `--` needs the second form. A yes-or-no flag
 * without a value is true.
 */
export function readFlags(args: readonly string[]): SettingsSource {
  const known = new Map(SETTING_NAMES.map((name) => [flagOf(name), name]));
  const given = new Map<SettingName, Given>();
  const problems: string[] = [];
  const waiting = [...args];
  for (let argument = waiting.shift(); argument !== undefined; argument = waiting.shift()) {
    if (!argument.startsWith('--')) {
      problems.push(`${JSON.stringify(argument)}: expected a flag, such as --telnet`);
      continue;
    }
    const [flag = '', ...inline] = argument.split('=');
    const hasValue = inline.length > 0 || waiting[0]?.startsWith('--') === false;
    const text = inline.length > 0 ? inline.join('=') : hasValue ? waiting.shift() : undefined;
    const name = known.get(flag);
    if (name === undefined) problems.push(`${flag}: ${unknownSetting(flag, [...known.keys()])}`);
    else if (given.has(name)) problems.push(`${flag}: given twice`);
    else given.set(name, { where: flag, raw: rawValue(name, text) });
  }
  return { given, problems };
}

function rawValue(name: SettingName, text: string | undefined): Raw {
  if (text !== undefined) return { kind: 'text', text };
  return SETTINGS[name].type === yesOrNo
    ? { kind: 'text', text: 'true' }
    : { kind: 'other', found: 'nothing' };
}
