import type { Piece, ScreenChange, ScreenLine } from './screen.ts';

/** What this needs of `sessionStorage`. */
export type LineStorage = Pick<Storage, 'getItem' | 'setItem' | 'removeItem'>;

/** A line as it is kept. */
export type KeptLine = Omit<ScreenLine, 'id'>;

/** How many lines outlive a reload. */
export const KEPT_LINES = 1000;
/** Lines are kept in blocks, so that a new line does not write all others again. */
const BLOCK_LINES = 50;
/** Blocks go round: a new one takes the place of the oldest. */
const BLOCKS = KEPT_LINES / BLOCK_LINES + 1;
/** In characters. A longer block is not kept: some enormous lines would fill the tab's storage. */
const LONGEST_BLOCK = 100_000;
const SECRET = '••••••';

/**
 * Keeps the last lines of the screen over a reload, in storage that belongs to the tab. What may have a password in it
 * is kept as dots. Where the storage is full or forbidden, nothing is kept.
 */
export class KeptLines {
  readonly #storage: LineStorage;
  /** Blocks of which something has changed. */
  readonly #changed = new Set<number>();

  constructor(storage: LineStorage) {
    this.#storage = storage;
  }

  /** The lines that were kept, oldest first. What is shown again counts as new: it is kept once more. */
  take(): KeptLine[] {
    const blocks = Array.from({ length: BLOCKS }, (_, place) => this.#taken(place)).filter(
      (block) => block !== undefined,
    );
    return blocks
      .toSorted((a, b) => a.block - b.block)
      .flatMap(({ lines }) => lines)
      .slice(-KEPT_LINES);
  }

  /** To be told of each change of the screen. */
  noted({ line }: ScreenChange): void {
    this.#changed.add(blockOf(line));
  }

  /** Writes what has changed, of all the lines of the screen. */
  save(lines: readonly ScreenLine[]): void {
    const newest = lines.at(-1);
    const oldestKept = newest === undefined ? 0 : blockOf(newest) - BLOCKS + 1;
    for (const block of this.#changed) {
      if (block < oldestKept) continue;
      const kept = lines.filter((line) => blockOf(line) === block).map(toKeep);
      this.#write(block, kept);
    }
    this.#changed.clear();
  }

  #write(block: number, lines: readonly KeptLine[]): void {
    const key = keyOf(block % BLOCKS);
    const text = JSON.stringify({ block, lines });
    try {
      if (lines.length > 0 && text.length <= LONGEST_BLOCK) this.#storage.setItem(key, text);
      else this.#storage.removeItem(key);
    } catch {
      // Full, or forbidden: the page plays on without.
    }
  }

  #taken(place: number): { readonly block: number; readonly lines: readonly KeptLine[] } | undefined {
    try {
      const text = this.#storage.getItem(keyOf(place));
      this.#storage.removeItem(keyOf(place));
      // Nobody else writes there: it is as it was written, or not there.
      return text === null ? undefined : JSON.parse(text);
    } catch {
      return undefined;
    }
  }
}

function keyOf(place: number): string {
  return `holdfast.lines.${place}`;
}

function blockOf({ id }: Pick<ScreenLine, 'id'>): number {
  return Math.floor(id / BLOCK_LINES);
}

function toKeep(line: ScreenLine): KeptLine {
  return { ...line, pieces: line.pieces.map(withoutSecret) };
}

/** Nothing waits after a reload: what was not sent then is gone with the page. */
function withoutSecret(piece: Piece): Piece {
  const { isSecret, ...rest } = piece;
  const state = rest.typed === 'waiting' ? ({ typed: 'lost' } as const) : {};
  return { ...rest, ...state, ...(isSecret ? { text: SECRET } : {}) };
}
