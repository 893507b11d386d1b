import type { NewOutput } from '../../core/index.ts';
import { FULL_HEALTH } from './character.ts';
import { exitsOf, ROOMS, type RoomId } from './rooms.ts';

/** Where the player is, for clients that draw a map. */
export function roomInfo(id: RoomId): NewOutput {
  const { number, name } = ROOMS[id];
  const exits = Object.fromEntries(exitsOf(id).map(([direction, to]) => [direction[0], ROOMS[to].number]));
  const data = { num: number, name, area: 'Holdfast Harbour', exits };
  return { kind: 'gmcp', package: 'Room.Info', data, state: true };
}

/** How the player is, for clients that show gauges. */
export function vitals(hp: number): NewOutput {
  return { kind: 'gmcp', package: 'Char.Vitals', data: { hp, maxhp: FULL_HEALTH }, state: true };
}

/** What was said, for clients that show it in a window of its own. */
export function channelText(channel: string, talker: string, text: string): NewOutput {
  return { kind: 'gmcp', package: 'Comm.Channel.Text', data: { channel, talker, text } };
}
