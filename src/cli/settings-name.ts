/** The `--flag` of a setting: `tokenTtlSeconds` is `--token-ttl-seconds`. */
export function flagOf(name: string): string {
  return `--${separated(name, '-')}`;
}

/** A setting's key in a YAML file: `token_ttl_seconds`. */
export function keyOf(name: string): string {
  return separated(name, '_');
}

/** A setting's environment variable: `HOLDFAST_TOKEN_TTL_SECONDS`. */
export function variableOf(name: string): string {
  return `HOLDFAST_${separated(name, '_').toUpperCase()}`;
}

/** Says that `written` is no setting and, where one of `known` looks like what was meant, which. */
export function unknownSetting(written: string, known: readonly string[]): string {
  const meant = nearest(written, known);
  return meant === undefined ? 'unknown setting' : `unknown setting; did you mean ${meant}?`;
}

/** The one of `known` that `written` is most likely a slip of, if any is near enough. */
export function nearest(written: string, known: readonly string[]): string | undefined {
  const plain = plainLetters(written);
  const ranked = known
    .map((name) => ({ name, distance: slips(plain, plainLetters(name)) }))
    .toSorted((a, b) => a.distance - b.distance);
  return ranked.find(({ distance }) => distance <= plain.length / 3)?.name;
}

function separated(name: string, separator: string): string {
  return name.replaceAll(/[A-Z]/g, (letter) => separator + letter.toLowerCase());
}

/** What stays when `tokenTtlSeconds`, `--token-ttl-seconds` and `HOLDFAST_TOKEN_TTL_SECONDS` are to be the same. */
function plainLetters(text: string): string {
  return text
    .slice(0, 64)
    .toLowerCase()
    .replace(/^holdfast_/, '')
    .replaceAll(/[-_]/g, '');
}

/** How many slips of the pen lie between two words. A word cut short, or with more behind it, counts as one. */
function slips(a: string, b: string): number {
  const shorter = Math.min(a.length, b.length);
  if (a !== b && shorter >= 3 && a.slice(0, shorter) === b.slice(0, shorter)) return 1;
  return editDistance(a, b);
}

/** Levenshtein's distance, with two neighbours in the wrong order as one slip. */
function editDistance(a: string, b: string): number {
  const rows = [Array.from({ length: b.length + 1 }, (_, column) => column)];
  const at = (row: number, column: number): number => rows[row]?.[column] ?? Infinity;
  for (let row = 1; row <= a.length; row += 1) {
    const current = [row];
    rows.push(current);
    for (let column = 1; column <= b.length; column += 1) {
      const replaced = at(row - 1, column - 1) + (a[row - 1] === b[column - 1] ? 0 : 1);
      const isSwapped = a[row - 2] === b[column - 1] && a[row - 1] === b[column - 2];
      const swapped = isSwapped ? at(row - 2, column - 2) + 1 : Infinity;
      current.push(Math.min(replaced, swapped, at(row - 1, column) + 1, at(row, column - 1) + 1));
    }
  }
  return at(a.length, b.length);
}
