import { constants, type Deflate } from 'node:zlib';

/** What a text comes to in a stream that goes on. */
export async function deflated(deflate: Deflate, text: string): Promise<Buffer> {
  deflate.write(text);
  await new Promise<void>((resolve) => deflate.flush(constants.Z_SYNC_FLUSH, resolve));
  const read: unknown = deflate.read();
  return Buffer.isBuffer(read) ? read : Buffer.alloc(0);
}
