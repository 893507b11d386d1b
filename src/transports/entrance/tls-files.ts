import { readFileSync, unwatchFile, watchFile } from 'node:fs';
import { createSecureContext } from 'node:tls';

/** How often the files are looked at, in ms. A new certificate has days to be noticed. */
const WATCH_MS = 5000;

/** The contents of the files. */
export interface TlsContents {
  readonly cert: Buffer;
  readonly key: Buffer;
}

export interface TlsFilesOptions {
  /** PEM: the certificate, and behind it those that lead to the root. */
  readonly certificate: string;
  /** PEM, without a passphrase. */
  readonly key: string;
  /** New files are in use. */
  readonly onReload?: () => void;
  /** New files cannot be used, and the old ones stay in use. The sentence quotes nothing of what is in them. */
  readonly onProblem?: (problem: string) => void;
  /** Default 5000. */
  readonly watchMs?: number;
}

/**
 * A certificate and its key, in files that change: when they are renewed the new ones are used for whoever connects from then
 * on. Files that do not go together, as while they are being replaced, change nothing.
 */
export class TlsFiles {
  readonly #options: TlsFilesOptions;
  readonly #listeners: ((contents: TlsContents) => void)[] = [];
  readonly #secondLook: NodeJS.Timeout;
  #current: TlsContents;

  /** Reads the files, and throws a sentence for a person where they cannot be used. */
  constructor(options: TlsFilesOptions) {
    this.#options = options;
    this.#current = read(options);
    const interval = options.watchMs ?? WATCH_MS;
    for (const path of [options.certificate, options.key]) {
      watchFile(path, { interval, persistent: false }, this.#changed);
    }
    // Files that change before the system has looked at them for the first time are not changed to it.
    this.#secondLook = setTimeout(this.#changed, interval).unref();
  }

  get current(): TlsContents {
    return this.#current;
  }

  onChange(listener: (contents: TlsContents) => void): void {
    this.#listeners.push(listener);
  }

  /** Looks at the files now. */
  reload(): void {
    const { onReload, onProblem } = this.#options;
    let contents: TlsContents;
    try {
      contents = read(this.#options);
    } catch (error) {
      return onProblem?.(error instanceof Error ? error.message : String(error));
    }
    if (contents.cert.equals(this.#current.cert) && contents.key.equals(this.#current.key)) return;
    this.#current = contents;
    for (const listener of this.#listeners) listener(contents);
    onReload?.();
  }

  /** Looks no more. */
  close(): void {
    clearTimeout(this.#secondLook);
    for (const path of [this.#options.certificate, this.#options.key]) unwatchFile(path, this.#changed);
  }

  readonly #changed = (): void => this.reload();
}

function read({ certificate, key }: TlsFilesOptions): TlsContents {
  const contents = { cert: readOne('certificate', certificate), key: readOne('key', key) };
  try {
    createSecureContext(contents);
  } catch (error) {
    // OpenSSL's own words, which name what is wrong and quote nothing.
    const reason = error instanceof Error ? error.message.replace(/^error:\w*:/, '') : String(error);
    throw new Error(`the TLS certificate ${certificate} and key ${key} cannot be used: ${reason}`, {
      cause: error,
    });
  }
  return contents;
}

function readOne(what: string, path: string): Buffer {
  try {
    return readFileSync(path);
  } catch (error) {
    const reason = error instanceof Error && 'code' in error ? String(error.code) : String(error);
    throw new Error(`the TLS ${what} ${path} cannot be read: ${reason}`, { cause: error });
  }
}
