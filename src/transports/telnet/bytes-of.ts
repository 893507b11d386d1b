import type { Wire } from '../../telnet/index.ts';

/** The bytes of what is sent. */
export function bytesOf(data: Wire): Uint8Array {
  return typeof data === 'string' ? Buffer.from(data, 'latin1') : data;
}
