import { flagOf, nearest } from '../settings-name.ts';
import type { SettingName } from '../settings.ts';

/** A flag of an operator's command. */
export interface Flag {
  /** What stands for its value in the help; absent: it has none. */
  readonly placeholder?: string;
  readonly doc: string;
}

export type Flags = Readonly<Record<string, Flag>>;

/** The settings that say where the gateway's operator listens, and what the credential is. */
export const PLACE_SETTINGS: readonly SettingName[] = [
  'config',
  'operator',
  'operatorHost',
  'operatorCredentialFile',
  'data',
];

/** Goes with every command. */
export const JSON_FLAG: Flag = { doc: "Print the API's answer as JSON." };

export interface Arguments {
  readonly words: readonly string[];
  /** By the flag's name; one without a value is `''`. */
  readonly flags: Readonly<Record<string, string>>;
  /** Flags that are settings, as they were written. */
  readonly settings: readonly string[];
}

/** Takes apart what is behind a command's name. Problems are whole sentences for people. */
export function readArguments(
  args: readonly string[],
  known: Flags,
): Arguments | { readonly problems: readonly string[] } {
  const places = new Set(PLACE_SETTINGS.map((name) => flagOf(name)));
  const all: Flags = { ...known, json: JSON_FLAG };
  const words: string[] = [];
  const settings: string[] = [];
  const flags: Record<string, string> = {};
  const problems: string[] = [];
  const waiting = [...args];
  for (let argument = waiting.shift(); argument !== undefined; argument = waiting.shift()) {
    if (!argument.startsWith('--')) {
      words.push(argument);
      continue;
    }
    const [flag = '', ...inline] = argument.split('=');
    const own = Object.hasOwn(all, flag.slice(2)) ? all[flag.slice(2)] : undefined;
    const wantsValue = own === undefined ? places.has(flag) : own.placeholder !== undefined;
    const hasNext = waiting[0]?.startsWith('--') === false;
    const value = inline.length > 0 ? inline.join('=') : wantsValue && hasNext ? waiting.shift() : undefined;
    if (places.has(flag)) settings.push(value === undefined ? flag : `${flag}=${value}`);
    else if (own === undefined)
      problems.push(unknownFlag(flag, [...Object.keys(all).map((name) => `--${name}`), ...places]));
    else if (Object.hasOwn(flags, flag.slice(2))) problems.push(`${flag}: given twice`);
    else if (wantsValue && value === undefined) problems.push(`${flag}: expected a value behind it`);
    else if (!wantsValue && inline.length > 0) problems.push(`${flag}: takes no value`);
    else flags[flag.slice(2)] = value ?? '';
  }
  return problems.length > 0 ? { problems } : { words, flags, settings };
}

function unknownFlag(flag: string, known: readonly string[]): string {
  const meant = nearest(flag, known);
  return meant === undefined ? `${flag}: unknown flag` : `${flag}: unknown flag; did you mean ${meant}?`;
}
