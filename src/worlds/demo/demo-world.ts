import type { Clock, World } from '../../core/index.ts';
import { startAmbience } from './ambience.ts';
import { Harbour } from './harbour.ts';
import { Visitor } from './visitor.ts';

export interface DemoWorldOptions {
  readonly clock: Clock;
  /** A source of numbers from 0 to below 1. Default `Math.random`. */
  readonly random?: () => number;
  /** Nothing happens on its own. Default false. */
  readonly quiet?: boolean;
}

/**
 * A small harbour to try sessions in: rooms to walk, things that happen on their own (so that there is something to
 * miss), commands that take time (so that there is a queue), and other players, who see each other's connections
 * fail and return. A name is all that its login asks for; a name belongs to the session that has it.
 *
 * Each commit carries the player's own state; what lies on the ground, the tide and the townsfolk start anew with
 * the process. While nobody is in the harbour no timer runs.
 */
export function demoWorld({ clock, random = Math.random, quiet = false }: DemoWorldOptions): World {
  const harbour = new Harbour({ clock, random, ...(quiet ? {} : { ambience: startAmbience }) });
  return {
    name: 'demo',
    delivery: 'commit',
    open: (session) => new Visitor(session, harbour),
    listing: () => new Map([['NAME', ['Holdfast Harbour']]]),
    close: () => {
      harbour.close();
      return Promise.resolve();
    },
  };
}
