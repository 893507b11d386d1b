export type RoomId = 'quay' | 'market' | 'tavern' | 'beach' | 'cave' | 'headland' | 'lighthouse' | 'lamp';

export type Direction = 'north' | 'east' | 'south' | 'west' | 'up' | 'down';

export interface Room {
  /** Its number, for the maps of clients. */
  readonly number: number;
  readonly name: string;
  readonly description: string;
  readonly exits: Readonly<Partial<Record<Direction, RoomId>>>;
  /** The exit that has to be climbed, which takes time. */
  readonly climb?: Direction;
  /** The exit that the sea closes at high tide. */
  readonly tidal?: Direction;
  readonly canFish?: true;
  readonly canDig?: true;
  /** Weather and tide are not seen from here. */
  readonly indoors?: true;
  /** What happens here on its own, now and then. */
  readonly sights: readonly string[];
}

export const START: RoomId = 'quay';

export const ROOMS: Readonly<Record<RoomId, Room>> = {
  quay: {
    number: 1,
    name: 'The Long Quay',
    description:
      'Granite, worn hollow by three centuries of boots. Ropes creak as the moored boats rise and settle, and ' +
      'each iron ring in the wall has a name scratched beside it, so that nobody loses their place.',
    exits: { north: 'market', west: 'beach' },
    canFish: true,
    sights: [
      'A rope draws tight, drips, and slackens again.',
      'A gull lands on a bollard and looks at you with one yellow eye.',
      'Two boats knock their hulls together, politely.',
      'A seal surfaces, considers the quay, and is gone.',
    ],
  },
  market: {
    number: 2,
    name: 'The Fish Market',
    description:
      'Slate tables under a tin roof, rinsed and rinsed again. Crates of ice smoke in the shade. A chalkboard ' +
      'gives the prices; somebody has drawn a whale at the bottom, at a very good price.',
    exits: { south: 'quay', east: 'tavern' },
    sights: [
      'A cat crosses between the tables as if it were not thinking about fish.',
      'Ice slides from a crate and shatters on the slate.',
      'Somebody sings out a price, and somebody laughs at it.',
    ],
  },
  tavern: {
    number: 3,
    name: 'The Drowned Bell',
    description:
      'A low room, a driftwood fire, and a bell above the bar that was brought up in a net. It rings by itself ' +
      'before storms, they say. There is stew; a bowl of it mends most things.',
    exits: { west: 'market' },
    indoors: true,
    sights: [
      'The fire cracks and throws a green spark: salt in the wood.',
      'A chess player by the window moves a knight, then takes an hour to let go of it.',
      'The bell above the bar hums, very softly.',
      'Stew bubbles. A spoon is tapped on a pot, twice.',
    ],
  },
  beach: {
    number: 4,
    name: 'The Shingle Beach',
    description:
      'Grey stones, each with a white ring. The waves draw them down and push them up with a sound like ' +
      'applause. Where the stones end the sand is soft enough to dig.',
    exits: { east: 'quay', north: 'headland', west: 'cave' },
    tidal: 'west',
    canFish: true,
    canDig: true,
    sights: [
      'A wave comes further up than the others, and takes a stone with it.',
      'A crab hurries sideways over the shingle with something in its claw.',
      'Sandpipers run after the water, and then away from it.',
    ],
  },
  cave: {
    number: 5,
    name: 'The Kelp Cave',
    description:
      'Green light moves on the roof. Kelp hangs from every ledge, and each stalk ends in a fist of roots that ' +
      'grips the rock: that is a holdfast. No storm has pulled one loose. A chimney leads up to daylight.',
    exits: { east: 'beach', up: 'headland' },
    climb: 'up',
    tidal: 'east',
    canDig: true,
    indoors: true,
    sights: [
      'A drop falls from the roof and rings in a pool.',
      'The kelp sways one way, all of it, and then the other.',
      'Something breathes out in the dark. Only the sea, surely.',
    ],
  },
  headland: {
    number: 6,
    name: 'The Headland',
    description:
      'Thrift and short grass, and the wind leaning on everything. The whole harbour lies below like a drawing ' +
      'of itself. Between two rocks a chimney drops towards the sound of water.',
    exits: { south: 'beach', north: 'lighthouse', down: 'cave' },
    climb: 'down',
    sights: [
      'A kestrel hangs in the wind, exactly still.',
      'Far out, a sail appears where there was none.',
      'A gust flattens the grass in a line that runs straight past you.',
    ],
  },
  lighthouse: {
    number: 7,
    name: 'The Foot of the Lighthouse',
    description:
      'White paint, salt-blistered. The door stands open on a stair of a hundred and nineteen steps. On the ' +
      'wall hangs a logbook in which each keeper wrote the same word every night: "Lit."',
    exits: { south: 'headland', up: 'lamp' },
    climb: 'up',
    sights: [
      'The tower hums in the wind like a bottle.',
      'A moth as large as a hand settles on the warm wall.',
      'A page of the logbook turns by itself.',
    ],
  },
  lamp: {
    number: 8,
    name: 'The Lamp Room',
    description:
      'Glass all round, and in the middle the great lens, taller than you, turning on its bath of mercury ' +
      'without any sound. From here you can see who has put out, and who is coming home.',
    exits: { down: 'lighthouse' },
    indoors: true,
    sights: [
      'The beam passes over the sea, and over the roofs, and over the sea.',
      'A bird taps the glass once and veers away.',
      'The clockwork winds on by one tooth.',
    ],
  },
};

const OPPOSITES: Readonly<Record<Direction, string>> = {
  north: 'from the south',
  east: 'from the west',
  south: 'from the north',
  west: 'from the east',
  up: 'from below',
  down: 'from above',
};

export const DIRECTIONS: readonly Direction[] = ['north', 'east', 'south', 'west', 'up', 'down'];

export function isRoomId(value: unknown): value is RoomId {
  return typeof value === 'string' && Object.hasOwn(ROOMS, value);
}

/** Where somebody comes from who went this way. */
export function comingFrom(direction: Direction): string {
  return OPPOSITES[direction];
}

/** The exits of a room, in a fixed order. */
export function exitsOf(id: RoomId): [Direction, RoomId][] {
  return DIRECTIONS.flatMap((direction) => {
    const to = ROOMS[id].exits[direction];
    return to === undefined ? [] : [[direction, to]];
  });
}
