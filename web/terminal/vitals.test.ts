import { expect, it } from 'vitest';
import { fullness, readVitals } from './vitals.ts';

it('finds every value that comes with its most, in the order of the message', () => {
  expect(
    readVitals({ hp: 12, maxhp: 20, mana: '7', max_mana: '70', Moves: 3, moves_max: 4, gold: 9 }),
  ).toEqual([
    { name: 'hp', label: 'HP', value: 12, most: 20 },
    { name: 'mana', label: 'Mana', value: 7, most: 70 },
    { name: 'moves', label: 'Moves', value: 3, most: 4 },
  ]);
});

it.each([
  [undefined],
  [null],
  ['hp'],
  [[1, 2]],
  [{}],
  [{ hp: 1 }],
  [{ hp: 'many', maxhp: 3 }],
  [{ hp: 1, maxhp: 0 }],
])('finds none in %j', (data) => {
  expect(readVitals(data)).toEqual([]);
});

it('shows four at most, and names that it does not know', () => {
  const data = Object.fromEntries(
    ['a', 'b', 'rage', 'd', 'e'].flatMap((name) => [
      [name, 1],
      [`max${name}`, 2],
    ]),
  );
  expect(readVitals(data).map(({ label }) => label)).toEqual(['A', 'B', 'Rage', 'D']);
});

it('is never fuller than full nor emptier than empty', () => {
  expect([-5, 5, 50].map((value) => fullness({ name: 'hp', label: 'HP', value, most: 10 }))).toEqual([
    0, 0.5, 1,
  ]);
});
