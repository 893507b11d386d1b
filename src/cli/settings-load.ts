import { readConfigFile } from './config-file.ts';
import { readFlags } from './flags.ts';
import { type Environment, readEnvironment } from './settings-environment.ts';
import type { SettingsSource } from './settings-source.ts';
import { SETTING_NAMES, SETTINGS, type SettingName, type Settings } from './settings.ts';
import { describeRaw, type Reading } from './settings-type.ts';

const byPlace = new Intl.Collator('en', { numeric: true }).compare;

export type LoadedSettings = { readonly settings: Settings } | { readonly problems: readonly string[] };

/**
 * Settles every setting: a flag wins over an environment variable, that over the file named by `config`, that over the
 * default. Reports all problems of all sources at once, also of values that another source overrules, each as one line
 * that begins with where it is, in the order of the places.
 *
 * @param flags the arguments after `serve`
 * @param readFile gives a file's text or throws as `node:fs` does; called at most once
 */
export function loadSettings(
  flags: readonly string[],
  environment: Environment,
  readFile: (path: string) => string,
): LoadedSettings {
  const sources = [readFlags(flags), readEnvironment(environment)];
  const config = settle('config', sources).value;
  if (config !== undefined) sources.push(readNamedFile(config, readFile));

  const problems = sources.flatMap((source) => source.problems);
  const settled: Partial<Record<SettingName, unknown>> = {};
  for (const name of SETTING_NAMES) {
    const setting = settle(name, sources);
    settled[name] = setting.value;
    problems.push(...setting.problems);
  }
  // The table's type pairs each name with its values; only the loop over names cannot show it.
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion
  const settings = settled as Settings;
  problems.push(...contradictions(settings));
  return problems.length === 0 ? { settings } : { problems: problems.toSorted(byPlace) };
}

function readNamedFile(path: string, readFile: (path: string) => string): SettingsSource {
  let text: string;
  try {
    text = readFile(path);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return { given: new Map(), problems: [`${path}: cannot be read: ${reason}`] };
  }
  return readConfigFile(text, path);
}

/** The value that counts, if it is a right one, and what is wrong with any that was given. */
function settle<Name extends SettingName>(
  name: Name,
  sources: readonly SettingsSource[],
): { readonly value: Settings[Name] | undefined; readonly problems: readonly string[] } {
  const { type, default: fallback } = SETTINGS[name];
  const given = sources.flatMap((source) => source.given.get(name) ?? []);
  if (fallback !== undefined) given.push({ where: 'default', raw: { kind: 'text', text: fallback } });

  const readings: Reading<Settings[Name]>[] = [];
  const problems: string[] = [];
  for (const { where, raw } of given) {
    const reading = type.read(raw);
    readings.push(reading);
    if ('expected' in reading)
      problems.push(`${where}: expected ${reading.expected}, found ${describeRaw(raw)}`);
  }
  const [first] = readings;
  return { value: first !== undefined && 'value' in first ? first.value : undefined, problems };
}

/** Settings that are each right but cannot hold together. One that could not be settled contradicts nothing. */
function contradictions(settings: Partial<Settings>): readonly string[] {
  const { host = '', telnet, telnetTls, http, https, upstream } = settings;
  const { commandBytes = 0, frameBytes = Infinity } = settings;
  const problems: string[] = [];
  if ([telnet, telnetTls, http, https].every((port) => port === 'off'))
    problems.push('telnet, telnet_tls, http and https: all are off, so nobody could come in');
  if (typeof telnet === 'number' && telnet !== 0 && telnet === http) {
    problems.push(`telnet and http: both have port ${telnet}`);
  }
  if (upstream !== undefined && upstream.port === telnet && isSameHost(upstream.host, host)) {
    problems.push(
      `upstream: port ${upstream.port} is the gateway's own; give the gateway another with --telnet`,
    );
  }
  if (commandBytes > frameBytes) {
    problems.push(`command_bytes: ${commandBytes} do not fit into a frame of frame_bytes (${frameBytes})`);
  }
  return problems;
}

function isSameHost(upstream: string, listening: string): boolean {
  const isHere = ['localhost', '127.0.0.1', '::1'].includes(upstream);
  return upstream === listening || (isHere && ['localhost', '0.0.0.0', '::'].includes(listening));
}
