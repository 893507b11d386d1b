import { FULL_HEALTH } from '../character.ts';
import { tell, type Harbour } from '../harbour.ts';
import { CARRY_LIMIT, CATCHES, findItem, FINDS, mendedBy, without } from '../items.ts';
import type { Player } from '../player.ts';
import { counted, listOf, withArticle } from '../text.ts';
import type { Command } from './command.ts';

/** Work that takes time and may bring something. */
interface Work {
  readonly ms: number;
  readonly begin: string;
  /** What others see the player do. */
  readonly seen: string;
  readonly end: string;
  readonly nothing: string;
  readonly things: readonly string[];
  readonly counter: 'fished' | 'dug';
}

const FISHING: Work = {
  ms: 3_000,
  begin: 'cast a line and watch it',
  seen: 'casts a line',
  end: 'pull up',
  nothing: 'Something takes the bait, and only the bait.',
  things: CATCHES,
  counter: 'fished',
};

const DIGGING: Work = {
  ms: 5_000,
  begin: 'kneel and begin to dig',
  seen: 'begins to dig',
  end: 'dig up',
  nothing: 'You dig a very good hole. There is water in it, and no treasure.',
  things: FINDS,
  counter: 'dug',
};

/** How often fishing or digging brings nothing. */
const NOTHING_CHANCE = 0.25;
const FULL_ARMS = 'Your arms are full. Drop something, or eat it.';

export const having: readonly Command[] = [
  {
    names: ['inventory', 'i', 'inv'],
    help: 'See what you carry, and what you have done.',
    run: ({ character: { items, fished, dug } }) => {
      const carried = items.length === 0 ? 'nothing' : listOf(items.map(withArticle));
      return `You carry ${carried}.\nYou have fished ${counted(fished, 'time')} and dug ${counted(dug, 'time')}.`;
    },
  },
  {
    names: ['fish'],
    help: 'Cast a line, on the quay or the beach (3 s).',
    run: (player, _rest, harbour) => {
      if (!harbour.roomOf(player).canFish) return 'There is no water here to fish in.';
      return work(player, harbour, FISHING);
    },
  },
  {
    names: ['dig'],
    help: 'Dig in the sand, on the beach or in the cave (5 s).',
    run: (player, _rest, harbour) => {
      if (!harbour.roomOf(player).canDig) return 'The ground here is too hard to dig.';
      return work(player, harbour, DIGGING);
    },
  },
  {
    names: ['get', 'take'],
    takes: '<thing>',
    help: 'Pick something up.',
    run: (player, rest, harbour) => {
      const { character } = player;
      const ground = harbour.onGround(character.room);
      const item = findItem(rest, ground);
      if (item === undefined) return 'There is no such thing here.';
      if (hasFullArms(player)) return FULL_ARMS;
      harbour.setGround(character.room, without(ground, item));
      character.items = [...character.items, item];
      tell(harbour.around(player), `${player.name} picks up ${withArticle(item)}.`);
      return `You pick up ${withArticle(item)}.`;
    },
  },
  {
    names: ['drop'],
    takes: '<thing>',
    help: 'Put something down. It lies there until the harbour restarts.',
    run: (player, rest, harbour) => {
      const { character } = player;
      const item = findItem(rest, character.items);
      if (item === undefined) return 'You carry no such thing.';
      character.items = without(character.items, item);
      harbour.setGround(character.room, [...harbour.onGround(character.room), item]);
      tell(harbour.around(player), `${player.name} puts down ${withArticle(item)}.`);
      return `You put down ${withArticle(item)}.`;
    },
  },
  {
    names: ['eat'],
    takes: '<thing>',
    help: 'Eat what you caught, or stew in the tavern. It mends you.',
    run: (player, rest) => {
      const { character } = player;
      if (character.room === 'tavern' && /^(stew)?$/i.test(rest)) {
        character.hp = FULL_HEALTH;
        return 'You eat a bowl of stew. It mends most things.';
      }
      const item = findItem(rest, character.items);
      if (item === undefined) return 'You carry no such thing.';
      const mended = mendedBy(item);
      if (mended === 0) return `You look at the ${item}. You are not that hungry.`;
      character.items = without(character.items, item);
      character.hp = Math.min(FULL_HEALTH, character.hp + mended);
      return `You eat the ${item}. The cat watches every bite.`;
    },
  },
];

function hasFullArms({ character }: Player): boolean {
  return character.items.length >= CARRY_LIMIT;
}

async function work(player: Player, harbour: Harbour, task: Work): Promise<string> {
  const { character } = player;
  if (hasFullArms(player)) return FULL_ARMS;
  player.hear(`You ${task.begin}.`);
  tell(harbour.around(player), `${player.name} ${task.seen}.`);
  await player.timers.pause(task.ms);
  character[task.counter] += 1;
  if (harbour.random() < NOTHING_CHANCE) return task.nothing;
  const item = harbour.pick(task.things);
  character.items = [...character.items, item];
  return `You ${task.end} ${withArticle(item)}!`;
}
