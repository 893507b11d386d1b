import { statSync } from 'node:fs';
import type { Logger } from 'pino';
import { keepCredential, Operator, readCredential } from '../operator/index.ts';
import { credentialPlace } from './credential-place.ts';
import type { Environment } from './settings-environment.ts';
import type { Settings } from './settings.ts';
import { version } from './version.ts';

/**
 * The operator's side of a gateway, as the settings want it; `undefined` where it is off. To be called when the data
 * folder is there. Rejects where there is no credential to be had.
 */
export async function openOperator(
  settings: Settings,
  environment: Environment,
  log: Logger,
): Promise<Operator | undefined> {
  const { operator: port, operatorHost: host, operatorNames: names } = settings;
  if (port === 'off') return undefined;
  return new Operator({
    port,
    host,
    names,
    credential: await credentialOf(settings, environment, log),
    version: version(),
    onAction: (action, address) => log.info({ action, address }, 'operator'),
    onFailure: (error) => {
      log.error({ err: error instanceof Error ? error : new Error(String(error)) }, 'operator failed');
    },
  });
}

async function credentialOf(settings: Settings, environment: Environment, log: Logger): Promise<string> {
  const place = credentialPlace(settings, environment);
  if ('credential' in place) return place.credential;
  const { file } = place;
  // Only a file of our own is made: one that was named and is not there is a mistake.
  const credential = await (settings.operatorCredentialFile === undefined
    ? keepCredential(file)
    : readCredential(file));
  if ((statSync(file).mode & 0o077) !== 0) {
    log.warn({ file }, "the operator's credential can be read by other users");
  }
  return credential;
}
