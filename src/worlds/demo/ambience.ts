import { tell, type Harbour, type Tide } from './harbour.ts';
import { comingFrom, ROOMS } from './rooms.ts';
import { shipsBells } from './text.ts';
import { Timers } from './timers.ts';
import { waysOf } from './townsfolk.ts';

const SHORTEST_PAUSE_MS = 5_000;
const LONGEST_PAUSE_MS = 15_000;

/** Something that happens on its own; false where nobody was there to notice it. */
type Happening = (harbour: Harbour) => boolean;

const TIDES: Readonly<Record<Tide, { readonly next: Tide; readonly text: string }>> = {
  low: { next: 'rising', text: 'The tide turns. Water begins to creep in over the stones.' },
  rising: { next: 'high', text: 'The tide is high. Under the cliff the sea closes the mouth of the cave.' },
  high: { next: 'falling', text: 'The tide turns, and the sea lets go of the cave.' },
  falling: { next: 'low', text: 'The tide is low. The whole bay smells of kelp.' },
};

const WEATHERS: readonly (readonly [name: string, text: string])[] = [
  ['clear', 'The cloud tears open, and the water is suddenly blue.'],
  ['hazy', 'The far side of the bay goes pale, and then away.'],
  ['drizzly', 'A fine drizzle begins. It does not fall so much as stand about.'],
  ['foggy', 'Fog comes in over the breakwater, one boat at a time.'],
  ['windy', 'The wind gets up, and every halyard in the harbour starts to talk.'],
];

const SOUNDS = [
  'Gulls quarrel overhead, all at once, and stop, all at once.',
  'Out at sea a foghorn gives its one opinion.',
  'A ship answers the lighthouse: two short, one long.',
  'Somewhere below, an anchor chain runs out.',
];

/** What stands here twice happens twice as often. */
const HAPPENINGS: readonly Happening[] = [
  sight,
  sight,
  sound,
  bells,
  weather,
  tide,
  walk,
  walk,
  speak,
  speak,
];

/** Starts what happens on its own: something that somebody notices, every 5 to 15 s. Returns what stops it. */
export function startAmbience(harbour: Harbour): () => void {
  const timers = new Timers(harbour.clock);
  awaitNext(harbour, timers);
  return () => timers.stop();
}

function awaitNext(harbour: Harbour, timers: Timers): void {
  const ms = SHORTEST_PAUSE_MS + harbour.random() * (LONGEST_PAUSE_MS - SHORTEST_PAUSE_MS);
  timers.after(Math.round(ms), () => {
    if (!harbour.pick(HAPPENINGS)(harbour)) sight(harbour);
    awaitNext(harbour, timers);
  });
}

/** A detail of a room where somebody is. */
function sight(harbour: Harbour): boolean {
  const room = harbour.pick(harbour.players).character.room;
  return tell(harbour.playersIn(room), harbour.pick(ROOMS[room].sights));
}

function sound(harbour: Harbour): boolean {
  return tell(harbour.players, harbour.pick(SOUNDS));
}

function bells(harbour: Harbour): boolean {
  return tell(harbour.players, `The ships at anchor ring ${shipsBells(harbour.clock.now())}.`);
}

function tide(harbour: Harbour): boolean {
  const { next, text } = TIDES[harbour.tide];
  harbour.tide = next;
  return tell(harbour.players, text);
}

/** Seen by those who are outdoors. */
function weather(harbour: Harbour): boolean {
  const [name, text] = harbour.pick(WEATHERS.filter(([known]) => known !== harbour.weather));
  harbour.weather = name;
  const outdoors = harbour.players.filter((player) => !harbour.roomOf(player).indoors);
  return tell(outdoors, text);
}

function walk(harbour: Harbour): boolean {
  const [person, from] = harbour.pick([...harbour.townsfolk]);
  const [direction, to] = harbour.pick(waysOf(person, from));
  harbour.townsfolk.set(person, to);
  const left = tell(harbour.playersIn(from), `${person.name} wanders off, ${direction}.`);
  const came = tell(harbour.playersIn(to), `${person.name} comes along ${comingFrom(direction)}.`);
  return left || came;
}

/** Somebody says something where a player may hear it. */
function speak(harbour: Harbour): boolean {
  const [{ sayings }, room] = harbour.pick([...harbour.townsfolk]);
  return tell(harbour.playersIn(room), harbour.pick(sayings));
}
