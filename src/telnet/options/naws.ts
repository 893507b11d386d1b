/** The size of the player's text window (RFC 1073). 0 means that the client does not know. */
export interface WindowSize {
  readonly columns: number;
  readonly rows: number;
}

/** The payload of NAWS: two numbers of two bytes. Sizes out of range become the nearest that is in it. */
export function encodeWindowSize({ columns, rows }: WindowSize): Uint8Array {
  const width = toUint16(columns);
  const height = toUint16(rows);
  return Uint8Array.of(width >> 8, width & 0xff, height >> 8, height & 0xff);
}

/** Reads a NAWS payload; `undefined` when it is not one. */
export function decodeWindowSize(payload: Uint8Array): WindowSize | undefined {
  if (payload.length !== 4) return undefined;
  const [width1 = 0, width0 = 0, height1 = 0, height0 = 0] = payload;
  return { columns: (width1 << 8) | width0, rows: (height1 << 8) | height0 };
}

function toUint16(size: number): number {
  return Math.max(0, Math.min(0xffff, Math.trunc(size) || 0));
}
