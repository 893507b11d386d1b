import type { Harbour } from './harbour.ts';
import type { Player } from './player.ts';
import { exitsOf, ROOMS } from './rooms.ts';
import { capitalise, listOf, paint, withArticle } from './text.ts';

/** The room around the player, as a text of several lines. */
export function look(player: Player, harbour: Harbour): string {
  const id = player.character.room;
  const { name, description } = ROOMS[id];
  const exits = listOf(exitsOf(id).map(([direction]) => direction));
  const folk = [...harbour.townsfolk].filter(([, room]) => room === id);
  const items = harbour.onGround(id);
  return [
    paint('title', name),
    description,
    `Exits: ${exits}.`,
    ...(items.length > 0 ? [capitalise(`${listOf(items.map(withArticle))} on the ground.`)] : []),
    ...folk.map(([person]) => `${person.name} is here.`),
    ...harbour
      .around(player)
      .map((other) => `${other.name} is here${other.linkDeadSince !== undefined ? ', link-dead' : ''}.`),
  ].join('\n');
}
