/** A number in seven bits a byte, the lowest first; `undefined` where it does not end, or is larger than 2^49. */
export function readVarint(
  bytes: Buffer,
  at: number,
): { readonly value: number; readonly next: number } | undefined {
  let value = 0;
  for (let place = 0; place < 7; place += 1) {
    const byte = bytes[at + place];
    if (byte === undefined) return undefined;
    value += (byte & 127) * 2 ** (7 * place);
    if (byte < 128) return { value, next: at + place + 1 };
  }
  return undefined;
}

/** Undoes Snappy's compression (its format description, sections 1 and 2); `undefined` for what it is not. */
export function unsnappy(bytes: Buffer): Buffer | undefined {
  const length = readVarint(bytes, 0);
  // Nothing is smaller by more than this: a copy of 64 bytes takes three.
  if (length === undefined || length.value > bytes.length * 64) return undefined;
  const plain = Buffer.alloc(length.value);
  let to = 0;
  for (let at = length.next; at < bytes.length;) {
    const element = elementAt(bytes, at);
    if (element === undefined || to + element.length > plain.length) return undefined;
    if (element.back === 0) bytes.copy(plain, to, element.next - element.length, element.next);
    else if (element.back > to) return undefined;
    // Byte for byte: a copy may reach into what it writes.
    else for (let i = to; i < to + element.length; i += 1) plain[i] = plain[i - element.back] ?? 0;
    to += element.length;
    at = element.next;
  }
  return to === plain.length ? plain : undefined;
}

/** A literal (`back` is 0, and its bytes end at `next`), or a copy from so far back. */
function elementAt(
  bytes: Buffer,
  at: number,
): { readonly length: number; readonly back: number; readonly next: number } | undefined {
  const tag = bytes[at] ?? 0;
  const kind = tag & 3;
  if (kind === 0) {
    const short = tag >> 2;
    const extra = short < 60 ? 0 : short - 59;
    if (at + 1 + extra > bytes.length) return undefined;
    const length = (extra === 0 ? short : bytes.readUIntLE(at + 1, extra)) + 1;
    const next = at + 1 + extra + length;
    return next > bytes.length ? undefined : { length, back: 0, next };
  }
  const extra = kind === 1 ? 1 : kind === 2 ? 2 : 4;
  const next = at + 1 + extra;
  if (next > bytes.length) return undefined;
  const low = bytes.readUIntLE(at + 1, extra);
  const back = kind === 1 ? ((tag >> 5) << 8) | low : low;
  const length = kind === 1 ? ((tag >> 2) & 7) + 4 : (tag >> 2) + 1;
  return back === 0 ? undefined : { length, back, next };
}
