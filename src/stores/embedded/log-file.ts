import { maskedCrc32c } from './crc32c.ts';

/** LevelDB's write-ahead log: blocks of records, each `crc32c(4) length(2) kind(1) payload`, little-endian. */
const BLOCK_BYTES = 32_768;
const HEADER_BYTES = 7;

const FULL = 1;
const FIRST = 2; // 3 is one in the middle
const LAST = 4;

/** The kind and the end of the record that begins here, if it is a whole one. */
function recordAt(log: Buffer, at: number, blockEnd: number): { kind: number; end: number } | undefined {
  if (at + HEADER_BYTES > blockEnd) return undefined;
  const kind = log.readUInt8(at + 6);
  const end = at + HEADER_BYTES + log.readUInt16LE(at + 4);
  if (kind < FULL || kind > LAST || end > blockEnd) return undefined;
  return log.readUInt32LE(at) === maskedCrc32c(log, at + 6, end) ? { kind, end } : undefined;
}

/** True if a batch begins anywhere from here on, at whatever byte. */
function hasBatchAfter(log: Buffer, from: number): boolean {
  for (let at = from; at < log.length; at += 1) {
    const kind = log[at + 6];
    if (kind !== FULL && kind !== FIRST) continue;
    const blockEnd = Math.min(log.length, at - (at % BLOCK_BYTES) + BLOCK_BYTES);
    if (recordAt(log, at, blockEnd)) return true;
  }
  return false;
}

/** Where the first record is that cannot be read, or that does not belong there; the end where there is none. */
function soundEnd(log: Buffer): number {
  let batchAt: number | undefined;
  for (let block = 0; block < log.length; block += BLOCK_BYTES) {
    const blockEnd = Math.min(log.length, block + BLOCK_BYTES);
    for (let at = block; at + HEADER_BYTES <= blockEnd;) {
      const record = recordAt(log, at, blockEnd);
      if (record === undefined) return at;
      const begins = record.kind === FULL || record.kind === FIRST;
      if (begins !== (batchAt === undefined)) return batchAt ?? at;
      if (record.kind === FIRST) batchAt = at;
      if (record.kind === LAST) batchAt = undefined;
      at = record.end;
    }
  }
  return log.length;
}

/**
 * The byte at which a log is damaged, or `undefined`. A torn tail is no damage: it is the write during which the
 * process or the machine died, which nobody was told of. A record that cannot be read is damage when a batch
 * follows it, for batches are written one after the other; LevelDB itself would leave out what is between.
 */
export function findDamage(log: Buffer): number | undefined {
  const end = soundEnd(log);
  return end < log.length && hasBatchAfter(log, end + 1) ? end : undefined;
}
