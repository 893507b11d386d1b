import { unknownSetting, variableOf } from './settings-name.ts';
import type { Given, SettingsSource } from './settings-source.ts';
import { SETTING_NAMES, type SettingName } from './settings.ts';

export type Environment = Readonly<Record<string, string | undefined>>;

const PREFIX = 'HOLDFAST_';

/** The operator's credential, instead of its file. No setting, so that it can be neither a flag nor in a shared file. */
export const CREDENTIAL_VARIABLE = 'HOLDFAST_OPERATOR_CREDENTIAL';

/** Reads `HOLDFAST_…` variables. An empty one counts as unset, as it comes so out of compose files. */
export function readEnvironment(environment: Environment): SettingsSource {
  const known = new Map(SETTING_NAMES.map((name) => [variableOf(name), name]));
  const given = new Map<SettingName, Given>();
  const problems: string[] = [];
  for (const [variable, text] of Object.entries(environment)) {
    if (!variable.startsWith(PREFIX) || text === undefined || text === '') continue;
    const name = known.get(variable);
    if (name !== undefined) given.set(name, { where: variable, raw: { kind: 'text', text } });
    else if (!isSomeoneElses(variable, text)) {
      problems.push(`${variable}: ${unknownSetting(variable, [...known.keys()])}`);
    }
  }
  return { given, problems };
}

/** The credential, the tests' own variables, and those that Kubernetes sets beside a service whose name begins with "holdfast". */
function isSomeoneElses(variable: string, text: string): boolean {
  return (
    variable === CREDENTIAL_VARIABLE ||
    variable.startsWith(`${PREFIX}TEST_`) ||
    /_SERVICE_(HOST|PORT)|_PORT_\d+_/.test(variable) ||
    /^(tcp|udp|sctp):\/\//.test(text)
  );
}
