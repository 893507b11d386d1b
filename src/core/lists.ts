/**
 * An empty list that all may share: nobody changes it. The tests see to that, and not `Object.freeze`, by which loops over
 * lists that may be this one take twice as long. See `added`.
 */
export const NONE: never[] = [];

/**
 * The list with one more item: the same list, unless it was empty. For lists that are made for every line and have one
 * item, if any: `push` into an empty one makes room for 17.
 */
export function added<T>(list: T[], item: T): T[] {
  if (list.length === 0) return [item];
  list.push(item);
  return list;
}
