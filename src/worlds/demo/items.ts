/** What can be carried, and how many hit points it mends when it is eaten. */
const ITEMS: Readonly<Record<string, { readonly mends?: number }>> = {
  herring: { mends: 3 },
  mackerel: { mends: 4 },
  flounder: { mends: 5 },
  'old boot': {},
  'whelk shell': {},
  'silver coin': {},
  'blue bottle': {},
  'iron ring': {},
};

/** Carrying more is refused. */
export const CARRY_LIMIT = 12;
/** On the ground of a room; over it the oldest is washed away. */
export const GROUND_LIMIT = 12;

export const CATCHES: readonly string[] = ['herring', 'mackerel', 'flounder', 'old boot'];
export const FINDS: readonly string[] = ['whelk shell', 'silver coin', 'blue bottle', 'iron ring'];

export function isItem(name: unknown): name is string {
  return typeof name === 'string' && Object.hasOwn(ITEMS, name);
}

/** How many hit points eating it mends; 0 where it is nothing to eat. */
export function mendedBy(item: string): number {
  return ITEMS[item]?.mends ?? 0;
}

/** Which of the items these words mean: `boot` is enough for `old boot`. */
export function findItem(words: string, items: readonly string[]): string | undefined {
  const wanted = words.toLowerCase().replace(/^(an?|the) /, '');
  if (wanted === '') return undefined;
  return items.find((item) => item === wanted) ?? items.find((item) => item.split(' ').includes(wanted));
}

/** The same list without one of this item. */
export function without(items: readonly string[], item: string): string[] {
  const at = items.indexOf(item);
  return items.filter((_, index) => index !== at);
}
