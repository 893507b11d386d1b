import { isIP } from 'node:net';
import type { IncomingMessage } from 'node:http';
import { ApiError } from './api-error.ts';
import type { Credential } from './credential.ts';

/** A longer address is refused, in characters. */
const URL_LENGTH_LIMIT = 2048;

/**
 * Refuses a request for another name than this server's. A page of somebody else's whose name was made to lead here
 * (DNS rebinding) sends its own name; addresses and `localhost` cannot be rebound. `names` are in small letters.
 */
export function checkHost(request: IncomingMessage, names: readonly string[]): void {
  if ((request.url ?? '').length > URL_LENGTH_LIMIT) throw new ApiError('uri_too_long');
  const host = hostName(request.headers.host ?? '');
  const isKnown = host === 'localhost' || isIP(host) !== 0 || names.includes(host);
  if (!isKnown) throw new ApiError('wrong_host');
}

/** Refuses what a browser sends for a page of another site. */
export function checkSite({ headers }: IncomingMessage): void {
  const site = headers['sec-fetch-site'];
  if (site !== undefined && site !== 'same-origin' && site !== 'none') throw new ApiError('cross_site');
  const { origin, host } = headers;
  if (origin !== undefined && origin !== `http://${host}` && origin !== `https://${host}`) {
    throw new ApiError('cross_site');
  }
}

export function checkCredential({ headers }: IncomingMessage, credential: Credential): void {
  const [, given] = /^Bearer ([\x21-\x7e]{1,1024})$/i.exec(headers.authorization ?? '') ?? [];
  if (given === undefined || !credential.matches(given)) throw new ApiError('unauthorized');
}

/** Without the port, and without the brackets of an IPv6 address. */
function hostName(host: string): string {
  const [, address, name] = /^(?:\[([^\]]*)\]|([^:]*))(?::\d+)?$/.exec(host.toLowerCase()) ?? [];
  return address ?? name ?? '';
}
