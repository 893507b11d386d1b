import { fileURLToPath } from 'node:url';

/** Paths of a self-signed certificate for localhost, and of its key. */
export function certificate(name: 'first' | 'second'): {
  readonly certificate: string;
  readonly key: string;
} {
  const path = (kind: string): string =>
    fileURLToPath(new URL(`certificates/${name}.${kind}`, import.meta.url));
  return { certificate: path('crt'), key: path('key') };
}
