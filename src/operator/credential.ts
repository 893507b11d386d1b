import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';

/** A shorter one could be guessed; a longer one is a mistake. In characters. */
const SHORTEST = 20;
const LONGEST = 512;

/** Of a credential that is made here: 256 bits. */
const RANDOM_BYTES = 32;

/**
 * The operator's password for the API, of which only a hash is kept here. It is compared in a time that does not depend
 * on where two differ.
 */
export class Credential {
  readonly #hash: Buffer;

  /** Throws where it is too short, too long, or could not stand in a header. */
  constructor(text: string) {
    if (text.length < SHORTEST || text.length > LONGEST || !/^[\x21-\x7e]+$/.test(text)) {
      throw new Error(
        `the operator's credential must have ${SHORTEST} to ${LONGEST} visible ASCII characters without spaces`,
      );
    }
    this.#hash = digest(text);
  }

  matches(text: string): boolean {
    return timingSafeEqual(digest(text), this.#hash);
  }
}

/** Reads a credential from a file, without the line's end. */
export async function readCredential(path: string): Promise<string> {
  return (await readFile(path, 'utf8')).trim();
}

/**
 * The credential in this file, which is made, for its owner's eyes only, where it is not there yet. Rejects with the
 * system's error.
 */
export async function keepCredential(path: string): Promise<string> {
  const made = randomBytes(RANDOM_BYTES).toString('base64url');
  try {
    await writeFile(path, `${made}\n`, { mode: 0o600, flag: 'wx' });
    return made;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST') return readCredential(path);
    throw error;
  }
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
