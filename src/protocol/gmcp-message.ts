/** `JSON.parse` reads any depth, `JSON.stringify` throws at some: what passes here can be stored and sent on. */
export const MAXIMUM_DATA_DEPTH = 64;

/** Whether a client may name a GMCP package so: 1 to 128 characters of `A-Za-z0-9._-`. */
export function isGmcpPackage(name: string): boolean {
  return /^[\w.-]{1,128}$/.test(name);
}

/** Whether JSON is nested at most so deep, and has no key `__proto__`. */
export function isGmcpData(value: unknown, depth: number = MAXIMUM_DATA_DEPTH): boolean {
  if (typeof value !== 'object' || value === null) return value !== undefined;
  if (depth === 0 || Object.hasOwn(value, '__proto__')) return false;
  return Object.values(value).every((item) => isGmcpData(item, depth - 1));
}
