import { exitsOf, ROOMS, type Direction, type RoomId } from './rooms.ts';

/** Somebody of the harbour who walks about and speaks. */
export interface Townsperson {
  readonly name: string;
  readonly start: RoomId;
  readonly rooms: readonly RoomId[];
  readonly sayings: readonly string[];
}

export const TOWNSFOLK: readonly Townsperson[] = [
  {
    name: 'Morwenna',
    start: 'tavern',
    rooms: ['tavern', 'market', 'quay', 'beach'],
    sayings: [
      'Morwenna says, "A net is mostly holes. It is the knots that keep the fish."',
      'Morwenna says, "Went out in fog once, with one oar. Came back, too. You do."',
      'Morwenna says, "If the line parts, stay where you are. Somebody will throw another."',
      'Morwenna mends a net without looking at it.',
    ],
  },
  {
    name: 'Pasco',
    start: 'lighthouse',
    rooms: ['lighthouse', 'headland', 'beach', 'quay', 'market'],
    sayings: [
      'Pasco the pedlar says, "Buttons, needles, string! String is three a penny, and worth it."',
      'Pasco the pedlar says, "Nothing today? Then I shall come round again. I always do."',
      'Pasco the pedlar says, "They say a seal has learned the ferry timetable."',
      'Pasco the pedlar puts down his pack, counts his buttons, and sighs.',
    ],
  },
];

/** Where this person can go from that room. */
export function waysOf({ rooms }: Townsperson, from: RoomId): [Direction, RoomId][] {
  return exitsOf(from).filter(([direction, to]) => rooms.includes(to) && ROOMS[from].climb !== direction);
}
