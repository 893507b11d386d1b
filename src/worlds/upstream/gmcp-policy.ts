/**
 * What a GMCP message of the game is to the session:
 *
 * - `state`: only the last value of its package counts.
 * - `event`: each one counts, like a line of text.
 * - `passing`: it belongs to the moment. Read later it would be wrong, so only who is attached gets it.
 * - `reserved`: the gateway's own, with which tokens are handed over. A game cannot send it.
 */
export type GmcpKind = 'state' | 'event' | 'passing' | 'reserved';

/** A login that is offered again to a client in mid-game would be answered with a password; a sound would play late. */
const PASSING = ['Core.*', 'Char.Login.*', 'Client.Media.*'];
const RESERVED = ['Session.*'];

/** Sorts packages by patterns: a name, or a name with `.*` for it and all below it. Case does not matter. */
export function gmcpPolicy(events: readonly string[]): (packageName: string) => GmcpKind {
  const rules: readonly (readonly [GmcpKind, (name: string) => boolean])[] = [
    ['reserved', matcher(RESERVED)],
    ['passing', matcher(PASSING)],
    ['event', matcher(events)],
  ];
  return (packageName) => {
    const name = packageName.toLowerCase();
    return rules.find(([, matches]) => matches(name))?.[0] ?? 'state';
  };
}

function matcher(patterns: readonly string[]): (name: string) => boolean {
  const wanted = patterns.map((pattern) => pattern.toLowerCase());
  return (name) =>
    wanted.some((pattern) => {
      if (!pattern.endsWith('.*')) return name === pattern;
      const family = pattern.slice(0, -2);
      return name === family || name.startsWith(`${family}.`);
    });
}
