/** One gauge. */
export interface Vital {
  readonly name: string;
  readonly label: string;
  readonly value: number;
  readonly most: number;
}

/** What games call the value and its most, and how it is shown. Others are found by `max…`. */
const LABELS: Readonly<Record<string, string>> = {
  hp: 'HP',
  health: 'Health',
  mp: 'MP',
  mana: 'Mana',
  sp: 'SP',
  mv: 'Moves',
  move: 'Moves',
  moves: 'Moves',
  ep: 'EP',
  endurance: 'Endurance',
  wp: 'Will',
  willpower: 'Will',
};
/** A game that sends more has its first ones shown. */
const MOST_VITALS = 4;

/**
 * The gauges that a `Char.Vitals` message has: every `x` that comes with a `maxx`, `max_x` or `x_max`, in the order of
 * the message. Games send numbers, or numbers as text.
 */
export function readVitals(data: unknown): readonly Vital[] {
  if (typeof data !== 'object' || data === null) return [];
  const values = new Map(
    Object.entries(data).flatMap(([name, value]) => {
      const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
      return typeof number === 'number' && Number.isFinite(number)
        ? [[name.toLowerCase(), number] as const]
        : [];
    }),
  );
  const vitals: Vital[] = [];
  for (const [name, value] of values) {
    const most = [`max${name}`, `max_${name}`, `${name}_max`, `${name}max`]
      .map((each) => values.get(each))
      .find((each) => each !== undefined);
    if (most === undefined || most <= 0) continue;
    vitals.push({ name, label: LABELS[name] ?? capitalised(name), value, most });
  }
  return vitals.slice(0, MOST_VITALS);
}

/** How full a gauge is, from 0 to 1. */
export function fullness({ value, most }: Vital): number {
  return Math.min(1, Math.max(0, value / most));
}

function capitalised(name: string): string {
  return name.charAt(0).toUpperCase() + name.slice(1, 12);
}
