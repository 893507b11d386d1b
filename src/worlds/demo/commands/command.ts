import type { Harbour } from '../harbour.ts';
import type { Answer, Player } from '../player.ts';

export interface Command {
  /** What it is called, and shorter ways to say it. */
  readonly names: readonly [string, ...string[]];
  /** What follows the name, such as `<name> <text>`. */
  readonly takes?: string;
  readonly help: string;
  /** `rest` is what was typed after the command's name: one clean line, without spaces at its ends. */
  run(player: Player, rest: string, harbour: Harbour): Answer | Promise<Answer>;
}

/** How the command is typed. */
export function usage({ names: [name], takes }: Command): string {
  return takes === undefined ? name : `${name} ${takes}`;
}

/** The whole number that was typed, from 1 to `max`; else what to tell the player. */
export function countFrom(rest: string, max: number): number | string {
  const count = /^\d{1,4}$/.test(rest) ? Number(rest) : 0;
  return count >= 1 && count <= max ? count : `How many? A number from 1 to ${max}.`;
}
