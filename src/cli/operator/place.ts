import { readFileSync } from 'node:fs';
import { credentialPlace } from '../credential-place.ts';
import { loadSettings } from '../settings-load.ts';
import type { Environment } from '../settings-environment.ts';
import { ApiClient, CommandError } from './client.ts';

/**
 * The API of the gateway that these settings are about: the same flags, variables and file as for `serve`. Throws a
 * `CommandError` that says what is missing.
 */
export function connect(settingFlags: readonly string[], environment: Environment): ApiClient {
  const loaded = loadSettings(settingFlags, environment, (path) => readFileSync(path, 'utf8'));
  if ('problems' in loaded) throw new CommandError(loaded.problems.join('\n'));
  const { operator: port, operatorHost } = loaded.settings;
  if (port === 'off' || port === 0) {
    throw new CommandError(
      'where is the gateway? Say the port that its operator listens on with --operator, or name its file with --config',
    );
  }
  const place = credentialPlace(loaded.settings, environment);
  const credential = 'credential' in place ? place.credential : readCredentialFile(place.file);
  return new ApiClient(`http://${hostOf(operatorHost)}:${port}`, credential);
}

function readCredentialFile(file: string): string {
  try {
    return readFileSync(file, 'utf8').trim();
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new CommandError(
      `the operator's credential cannot be read: ${reason}. Name the data folder with --data, the file with ` +
        '--operator-credential-file, or set HOLDFAST_OPERATOR_CREDENTIAL',
    );
  }
}

/** Where to connect to, for an address to listen on. */
function hostOf(host: string): string {
  if (host === '0.0.0.0') return '127.0.0.1';
  if (host === '::') return '[::1]';
  return host.includes(':') ? `[${host}]` : host;
}
