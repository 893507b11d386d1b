import type { SettingName } from './settings.ts';
import type { Raw } from './settings-type.ts';

/** A setting as one source gives it, and where, as a message names the place: `holdfast.yaml:3: telnet`. */
export interface Given {
  readonly where: string;
  readonly raw: Raw;
}

/** What the flags, the environment or the file say, and what in them could not even be told to be a setting. */
export interface SettingsSource {
  readonly given: ReadonlyMap<SettingName, Given>;
  readonly problems: readonly string[];
}
