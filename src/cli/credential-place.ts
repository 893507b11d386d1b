import { join } from 'node:path';
import { CREDENTIAL_VARIABLE, type Environment } from './settings-environment.ts';
import type { Settings } from './settings.ts';

/** Where the operator's credential is: a variable of the environment, or a file. */
export function credentialPlace(
  { operatorCredentialFile, data }: Settings,
  environment: Environment,
): { readonly variable: string; readonly credential: string } | { readonly file: string } {
  const credential = environment[CREDENTIAL_VARIABLE];
  if (credential !== undefined && credential !== '') return { variable: CREDENTIAL_VARIABLE, credential };
  return { file: operatorCredentialFile ?? join(data, 'operator-credential') };
}
