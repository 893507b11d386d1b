/** The known word that was probably meant: the shortest that begins like it, or else one that is two letters off. */
export function nearest(word: string, known: readonly string[]): string | undefined {
  const beginning = known.filter((name) => name.startsWith(word)).toSorted((a, b) => a.length - b.length);
  if (beginning[0] !== undefined) return beginning[0];
  const [best] = known
    .map((name) => ({ name, distance: distance(word, name) }))
    // Of a short word two letters are all of it.
    .filter((found) => found.distance <= Math.min(2, word.length - 2))
    .toSorted((a, b) => a.distance - b.distance);
  return best?.name;
}

/** Levenshtein's distance: the fewest letters to add, remove or change. */
function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, column) => column);
  for (let line = 1; line <= a.length; line++) {
    const next = [line];
    for (let column = 1; column <= b.length; column++) {
      const change = row[column - 1]! + (a[line - 1] === b[column - 1] ? 0 : 1);
      next.push(Math.min(change, row[column]! + 1, next[column - 1]! + 1));
    }
    row = next;
  }
  return row[b.length]!;
}
