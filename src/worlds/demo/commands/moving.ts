import { tell, type Harbour } from '../harbour.ts';
import { look } from '../look.ts';
import type { Player } from '../player.ts';
import { comingFrom, DIRECTIONS, type Direction } from '../rooms.ts';
import type { Command } from './command.ts';

const CLIMB_MS = 2_000;
/** How often a climber slips. */
const SLIP_CHANCE = 0.2;

export const moving: readonly Command[] = [
  {
    names: ['look', 'l'],
    help: 'See where you are, and who is there.',
    run: (player, _rest, harbour) => look(player, harbour),
  },
  {
    names: ['go'],
    takes: '<direction>',
    help: 'Leave by an exit. The direction alone (north, or n) does it too.',
    run: (player, rest, harbour) => {
      const word = rest.toLowerCase();
      const direction = DIRECTIONS.find((known) => known === word || known[0] === word);
      return direction === undefined
        ? 'Go where? Try a direction, such as north.'
        : go(player, direction, harbour);
    },
  },
  {
    names: ['climb'],
    help: 'Climb up or down, where the way is steep (2 s).',
    run: (player, _rest, harbour) => {
      const { climb } = harbour.roomOf(player);
      return climb === undefined ? 'There is nothing here to climb.' : go(player, climb, harbour);
    },
  },
];

/** `north`, `n` and the others: not in the help, which has `go`. */
export const directions: readonly Command[] = DIRECTIONS.map((direction) => ({
  names: [direction, direction.charAt(0)],
  help: `Go ${direction}.`,
  run: (player, _rest, harbour) => go(player, direction, harbour),
}));

async function go(player: Player, direction: Direction, harbour: Harbour): Promise<string> {
  const { character } = player;
  const from = harbour.roomOf(player);
  const to = from.exits[direction];
  if (to === undefined) return `There is no way ${direction} from here.`;
  if (from.tidal === direction && harbour.tide === 'high') {
    return 'The sea stands in the mouth of the cave. Wait for the tide to fall.';
  }
  let slip = '';
  if (from.climb === direction) {
    player.hear(`You climb ${direction}, hand over hand.`);
    tell(harbour.around(player), `${player.name} begins to climb ${direction}.`);
    await player.timers.pause(CLIMB_MS);
    if (harbour.random() < SLIP_CHANCE) {
      character.hp = Math.max(1, character.hp - 2);
      slip = 'You slip, hold on, and leave some skin behind.\n';
    }
  }
  tell(harbour.around(player), `${player.name} leaves: ${direction}.`);
  character.room = to;
  tell(harbour.around(player), `${player.name} arrives ${comingFrom(direction)}.`);
  return slip + look(player, harbour);
}
