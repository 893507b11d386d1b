import { close, constants, fdatasync, open, write } from 'node:fs';
import { open as openFolder, readdir, readFile, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { crc32 } from 'node:zlib';
import { damaged } from './damaged.ts';

/**
 * A frame is what one write brought: `checksum(4) length(4) boot(8) number(8) oldest(8)`, big-endian, the last three as
 * doubles, and then so many bytes as `length` says. The checksum is the CRC-32 of all behind it.
 */
export const FRAME_HEADER_BYTES = 32;
const BOOT_AT = 8;

/** A file that is longer is followed by another one: what nobody needs any more goes by the file. */
const FILE_BYTES = 4 * 1024 * 1024;
/**
 * A file is made longer by so many zeros at a time: what is written over them changes nothing of the file but its bytes,
 * which takes the disk half as long.
 */
const GROWTH_BYTES = 262_144;
const SUFFIX = '.traffic';

/** On Linux what is written is durable with the write itself, which saves a way to another thread and back. */
const WRITES_DURABLY = process.platform === 'linux';
const NEW_FILE = constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL;

const openFile = promisify(open);
const closeFile = promisify(close);

/** What one write brought, as it is read again. */
export interface Frame {
  /** Of the process that wrote it, counted from 1. */
  readonly number: number;
  /** Frames before it are needed no more, and may be gone. */
  readonly oldest: number;
  readonly body: Buffer;
}

interface TrafficFile {
  readonly path: string;
  readonly fd: number;
  /** Its last frame. */
  last: number;
  /** Of frames; zeros follow. */
  bytes: number;
  size: number;
}

/** The frames of one process, in files that are only appended to. */
export class TrafficFiles {
  readonly #folder: string;
  readonly #boot: number;
  readonly #begun: (files: number) => Promise<void>;
  /** The last one is written to. */
  readonly #files: TrafficFile[] = [];
  #made = 0;
  #bytes = 0;

  /**
   * `boot`: the number of this process; a folder has no two with the same. `begun` is told, and awaited, how many files there
   * were with each that is begun, so that the loss of the last one is noticed.
   */
  constructor(folder: string, boot: number, begun: (files: number) => Promise<void>) {
    this.#folder = folder;
    this.#boot = boot;
    this.#begun = begun;
  }

  get boot(): number {
    return this.#boot;
  }

  /** Of all files. */
  get bytes(): number {
    return this.#bytes;
  }

  /**
   * Durable when it resolves. `frame` has room for the header in front. One at a time, and by number; those before `oldest`
   * are needed no more.
   */
  async append(frame: Buffer, number: number, oldest: number): Promise<void> {
    frame.writeUInt32BE(frame.length - FRAME_HEADER_BYTES, 4);
    frame.writeDoubleBE(this.#boot, BOOT_AT);
    frame.writeDoubleBE(number, BOOT_AT + 8);
    frame.writeDoubleBE(oldest, BOOT_AT + 16);
    frame.writeUInt32BE(crc32(frame.subarray(4)), 0);
    let file = this.#files.at(-1);
    if (file === undefined || file.bytes >= FILE_BYTES) file = await this.#next();
    await this.#write(file, frame);
    file.last = number;
    file.bytes += frame.length;
    this.#bytes += frame.length;
  }

  #write(file: TrafficFile, frame: Buffer): Promise<void> {
    const end = file.bytes + frame.length;
    if (end <= file.size) return writeDurably(file.fd, frame, file.bytes);
    file.size = end + GROWTH_BYTES;
    return writeDurably(file.fd, Buffer.concat([frame], file.size - file.bytes), file.bytes);
  }

  async #next(): Promise<TrafficFile> {
    this.#made += 1;
    const path = join(this.#folder, nameOf(this.#boot, this.#made));
    const fd = await openFile(path, WRITES_DURABLY ? NEW_FILE | constants.O_DSYNC : NEW_FILE, 0o600);
    const file = { path, fd, last: 0, bytes: 0, size: 0 };
    this.#files.push(file);
    await syncFolder(this.#folder);
    await this.#begun(this.#made);
    return file;
  }

  /** Removes files in which nothing from `oldest` on is: once what is told elsewhere of it is durable there. */
  async removeBefore(oldest: number): Promise<void> {
    for (let first = this.#files[0]; first !== undefined && first.last < oldest; first = this.#files[0]) {
      if (this.#files.length === 1) return;
      this.#files.shift();
      this.#bytes -= first.bytes;
      await closeFile(first.fd);
      await unlink(first.path);
    }
  }

  async close(): Promise<void> {
    for (const { fd } of this.#files.splice(0)) await closeFile(fd);
  }
}

/**
 * All that is left of what the process with this number wrote, in order; it had begun so many files. A torn end is the write
 * during which it died. Rejects with a `StoreError` where a frame is damaged, or one that is needed is missing.
 */
export async function readTraffic(folder: string, boot: number, begun: number): Promise<readonly Frame[]> {
  const names = (await trafficFiles(folder)).filter((name) => name.startsWith(`${inOrder(boot)}-`));
  if (begun > 0 && !names.includes(nameOf(boot, begun))) throw damaged(folder, 'a traffic file is gone');
  const frames: Frame[] = [];
  for (const [index, name] of names.entries()) {
    const file = await readFile(join(folder, name));
    const end = readFrames(file, frames);
    const mayBeTorn = index === names.length - 1 && !hasFrameAfter(file, end, boot);
    if (!mayBeTorn && file.subarray(end).some((byte) => byte !== 0)) {
      throw damaged(folder, `${name} is damaged at byte ${end}`);
    }
  }
  const [first] = frames;
  let expected = first?.number ?? 1;
  if (expected > (frames.at(-1)?.oldest ?? 1)) throw damaged(folder, 'a traffic file is gone');
  for (const { number } of frames) {
    if (number !== expected) throw damaged(folder, `there is no traffic ${expected}`);
    expected += 1;
  }
  return frames;
}

/** Once all is told elsewhere. */
export async function removeTraffic(folder: string): Promise<void> {
  for (const name of await trafficFiles(folder)) await unlink(join(folder, name));
}

export function isTrafficFile(name: string): boolean {
  return name.endsWith(SUFFIX);
}

/** By name, which is by age. */
async function trafficFiles(folder: string): Promise<readonly string[]> {
  return (await readdir(folder)).filter(isTrafficFile).toSorted();
}

/** Up to the first byte that belongs to no sound frame: gives back where that is. */
function readFrames(file: Buffer, frames: Frame[]): number {
  let at = 0;
  for (let end = frameEnd(file, at); end !== undefined; end = frameEnd(file, at)) {
    const [number, oldest] = [file.readDoubleBE(at + BOOT_AT + 8), file.readDoubleBE(at + BOOT_AT + 16)];
    frames.push({ number, oldest, body: file.subarray(at + FRAME_HEADER_BYTES, end) });
    at = end;
  }
  return at;
}

/** Where the frame ends that begins here, if it is a sound one. */
function frameEnd(file: Buffer, at: number): number | undefined {
  if (at + FRAME_HEADER_BYTES > file.length) return undefined;
  const end = at + FRAME_HEADER_BYTES + file.readUInt32BE(at + 4);
  if (end > file.length) return undefined;
  return crc32(file.subarray(at + 4, end)) === file.readUInt32BE(at) ? end : undefined;
}

/** Frames are written one after the other: where a sound one follows, what is before it was no torn end. */
function hasFrameAfter(file: Buffer, from: number, boot: number): boolean {
  const mark = Buffer.alloc(8);
  mark.writeDoubleBE(boot);
  for (let at = file.indexOf(mark, from); at >= 0; at = file.indexOf(mark, at + 1)) {
    if (at - BOOT_AT > from && frameEnd(file, at - BOOT_AT) !== undefined) return true;
  }
  return false;
}

function nameOf(boot: number, number: number): string {
  return `${inOrder(boot)}-${inOrder(number)}${SUFFIX}`;
}

function inOrder(number: number): string {
  return String(number).padStart(10, '0');
}

/** Without a `FileHandle`, whose promises cost as much as two players' lines. */
function writeDurably(fd: number, bytes: Buffer, position: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const writeFrom = (from: number): void => {
      write(fd, bytes, from, bytes.length - from, position + from, (error, written) => {
        if (error) reject(error);
        else if (from + written < bytes.length) writeFrom(from + written);
        else if (WRITES_DURABLY) resolve();
        else fdatasync(fd, (failure) => (failure ? reject(failure) : resolve()));
      });
    };
    writeFrom(0);
  });
}

/** So that a new file is found again. */
async function syncFolder(folder: string): Promise<void> {
  // Windows has no such thing, and needs none.
  if (process.platform === 'win32') return;
  const handle = await openFolder(folder);
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
