import { ByteReader } from './bytes.ts';
import { damaged } from './damaged.ts';
import { afterPlay, readPlayed, type Played } from './played.ts';
import { writeRows, type SessionRows } from './session-rows.ts';
import { readTraffic, type Frame } from './traffic-files.ts';

/**
 * Makes rows of what was played with the process of that number, which had begun so many traffic files. May be done again
 * where it was interrupted.
 */
export async function foldTraffic(rows: SessionRows, boot: number, begun: number): Promise<void> {
  const frames = await readTraffic(rows.folder, boot, begun);
  const batch = rows.batch();
  const through = { boot, number: frames.at(-1)?.number ?? 0 };
  for (const [id, played] of playedIn(rows.folder, frames)) {
    const found = await rows.read(id).catch(changedRow);
    // It was closed since; or whoever asks for it is told that its rows changed, and the others play.
    if (found === undefined || found === 'changed') continue;
    const told = found.played.boot === boot ? found.played.number : 0;
    const untold = played.filter(({ number }) => number > told).map((each) => each.played);
    if (untold.length > 0) writeRows(batch, found.stored, afterPlay(found.stored, untold), through);
  }
  await batch.write({ sync: true });
}

interface Numbered {
  readonly number: number;
  readonly played: Played;
}

/** By session, in order. */
function playedIn(folder: string, frames: readonly Frame[]): Map<string, Numbered[]> {
  const found = new Map<string, Numbered[]>();
  for (const frame of frames) {
    const { number } = frame;
    for (const played of readFrame(folder, frame)) {
      const known = found.get(played.id);
      if (known) known.push({ number, played });
      else found.set(played.id, [{ number, played }]);
    }
  }
  return found;
}

/** Where one session's part cannot be read, nobody knows whose parts are behind it. */
function readFrame(folder: string, { number, body }: Frame): readonly Played[] {
  const all: Played[] = [];
  try {
    for (const bytes = new ByteReader(body); !bytes.isAtEnd;) all.push(readPlayed(bytes));
  } catch (cause) {
    throw damaged(folder, `frame ${number} of its traffic cannot be read (${String(cause)})`, cause);
  }
  return all;
}

/** A row that is not as it was written is its session's loss alone. What has a cause is the disk's, and may be over the next time. */
function changedRow(error: unknown): 'changed' {
  if (error instanceof Error && error.cause === undefined) return 'changed';
  throw error;
}
