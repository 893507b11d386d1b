/** A length of time, as short as a person would say it: `3 s`, `4 min`, `2 h`. */
export function shortDuration(ms: number): string {
  const seconds = Math.max(0, Math.round(ms / 1000));
  if (seconds < 60) return `${seconds} s`;
  const minutes = Math.round(seconds / 60);
  if (minutes < 60) return `${minutes} min`;
  const hours = Math.floor(minutes / 60);
  if (hours < 48) return minutes % 60 === 0 ? `${hours} h` : `${hours} h ${minutes % 60} min`;
  return `${Math.round(hours / 24)} days`;
}

export function counted(count: number, noun: string): string {
  return `${count.toLocaleString('en')} ${noun}${count === 1 ? '' : 's'}`;
}

/** The head of what was missed; `lines` is absent until all of it is there. */
export function awayText(ms: number, lines?: number): string {
  const time = shortDuration(ms);
  if (lines === undefined) return `While you were away (${time})`;
  if (lines === 0) return `Back after ${time}. Nothing new.`;
  return `While you were away: ${counted(lines, 'line')}, ${time}`;
}

/** What stands where output is missing. `delivered` is no loss, and the others say how much is gone where it is known. */
export function gapText(reason: string, bytes?: number): string {
  const size =
    bytes === undefined
      ? ''
      : ` (${bytes < 1000 ? `${bytes} bytes` : `${Math.round(bytes / 1000).toLocaleString('en')} kB`})`;
  switch (reason) {
    case 'delivered':
      return 'What came before was read on another device.';
    case 'bound':
      return `Some output is missing here${size}: more came than is kept.`;
    case 'oversize':
      return `Some output is missing here${size}: it was too much at once.`;
    case 'crash':
      return 'The gateway was restarted. The last half second before may be missing here.';
    default:
      return `Some output may be missing here${size}.`;
  }
}

const DROPPED: Readonly<Record<string, string>> = {
  expired: 'the wait was too long',
  refused: 'too many were waiting',
  failed: 'the game failed at it',
  private: 'a password may have been in it, so it was not kept. Please type it again',
  vetoed: 'it made no sense any more',
  world_lost: 'the game was restarted',
};

/** Why `count` commands did not run; `words` are those that are known. */
export function droppedText(reason: string, count: number, words: readonly string[]): string {
  const all = words.length === count && count <= 4;
  const named = all
    ? words.map((word) => `“${word}”`).join(', ')
    : count === 1
      ? 'A command'
      : counted(count, 'command');
  const were = count === 1 ? 'was' : 'were';
  if (reason === 'skipped') return `${named} ${were} skipped.`;
  if (reason === 'uncertain')
    return `It is not known whether ${named} ${were} carried out. It will not run again.`;
  const why = DROPPED[reason];
  return `${named} ${were} not carried out${why === undefined ? '' : `: ${why}`}.`;
}
