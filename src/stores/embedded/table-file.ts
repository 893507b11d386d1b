import { maskedCrc32c } from './crc32c.ts';
import { unsnappy, readVarint } from './snappy.ts';

/**
 * LevelDB's table: blocks, each `contents kind(1) crc32c(4)`, then a footer of fixed size that says where the index
 * is: a block whose values say where the blocks of rows are. All little-endian.
 */
const TRAILER_BYTES = 5;
const FOOTER_BYTES = 48;
const MAGIC = 0xdb4775248b80fb57n;

const PLAIN = 0;
const SNAPPY = 1;

interface Handle {
  readonly offset: number;
  readonly size: number;
}

/**
 * True for a table of which every byte is as it was written. LevelDB itself does not look: it would miss rows, or end
 * the process.
 */
export function isSoundTable(table: Buffer): boolean {
  const footer = table.length - FOOTER_BYTES;
  if (footer < 0 || table.readBigUInt64LE(table.length - 8) !== MAGIC) return false;
  const meta = readHandle(table, footer);
  const index = meta && readHandle(table, meta.next);
  if (!meta || !index || !isSoundBlock(table, index.handle)) return false;
  const rows = blocksOf(table, index.handle);
  if (rows === undefined) return false;
  const filter = between(rows.at(-1), meta.handle);
  // Without holes: what no handle names cannot be trusted to be nothing.
  let at = 0;
  for (const block of [...rows, ...filter, meta.handle, index.handle]) {
    if (block.offset !== at || !isSoundBlock(table, block)) return false;
    at = endOf(block);
  }
  return at === footer;
}

function endOf({ offset, size }: Handle): number {
  return offset + size + TRAILER_BYTES;
}

/** The filter's block, if there is one: what is between the rows and the meta index. */
function between(last: Handle | undefined, meta: Handle): Handle[] {
  const offset = last ? endOf(last) : 0;
  return offset === meta.offset ? [] : [{ offset, size: meta.offset - offset - TRAILER_BYTES }];
}

function readHandle(
  bytes: Buffer,
  at: number,
): { readonly handle: Handle; readonly next: number } | undefined {
  const offset = readVarint(bytes, at);
  const size = offset && readVarint(bytes, offset.next);
  return offset && size && { handle: { offset: offset.value, size: size.value }, next: size.next };
}

function isSoundBlock(table: Buffer, { offset, size }: Handle): boolean {
  const end = offset + size + 1;
  if (size < 0 || end + 4 > table.length - FOOTER_BYTES) return false;
  return table.readUInt32LE(end) === maskedCrc32c(table, offset, end);
}

/** What the index says, in its order. */
function blocksOf(table: Buffer, { offset, size }: Handle): Handle[] | undefined {
  const stored = table.subarray(offset, offset + size);
  const kind = table[offset + size];
  const index = kind === SNAPPY ? unsnappy(stored) : kind === PLAIN ? stored : undefined;
  if (index === undefined || index.length < 4) return undefined;
  // At the end stand the restart points and their number.
  const end = index.length - 4 * (index.readUInt32LE(index.length - 4) + 1);
  const blocks: Handle[] = [];
  for (let at = 0; at < end;) {
    const shared = readVarint(index, at);
    const own = shared && readVarint(index, shared.next);
    const length = own && readVarint(index, own.next);
    if (!own || !length) return undefined;
    const block = readHandle(index, length.next + own.value);
    if (block === undefined) return undefined;
    blocks.push(block.handle);
    at = length.next + own.value + length.value;
  }
  return blocks;
}
