import type { Clock, NewOutput } from '../../core/index.ts';
import { GROUND_LIMIT } from './items.ts';
import type { Player } from './player.ts';
import { ROOMS, type Room, type RoomId } from './rooms.ts';
import { TOWNSFOLK, type Townsperson } from './townsfolk.ts';

export type Tide = 'low' | 'rising' | 'high' | 'falling';

interface HarbourOptions {
  readonly clock: Clock;
  /** From 0 to below 1. */
  readonly random: () => number;
  /** Starts what happens on its own, while anybody is there; returns what stops it. */
  readonly ambience?: (harbour: Harbour) => () => void;
}

/** The place that all players share. Nothing in it outlives the process: only what a player carries does. */
export class Harbour {
  readonly clock: Clock;
  readonly random: () => number;
  tide: Tide = 'low';
  weather = 'clear';
  /** Where the townsfolk are. */
  readonly townsfolk: Map<Townsperson, RoomId> = new Map(TOWNSFOLK.map((person) => [person, person.start]));
  readonly #ambience: HarbourOptions['ambience'];
  readonly #players = new Map<string, Player>();
  readonly #ground = new Map<RoomId, readonly string[]>();
  #stopAmbience: () => void = () => undefined;

  constructor({ clock, random, ambience }: HarbourOptions) {
    this.clock = clock;
    this.random = random;
    this.#ambience = ambience;
  }

  get players(): readonly Player[] {
    return [...this.#players.values()];
  }

  /** The player of this name, in any case of letters. */
  find(name: string): Player | undefined {
    return this.#players.get(name.toLowerCase());
  }

  has(player: Player): boolean {
    return this.find(player.name) === player;
  }

  enter(player: Player): void {
    this.#players.set(player.name.toLowerCase(), player);
    if (this.#players.size === 1 && this.#ambience) this.#stopAmbience = this.#ambience(this);
  }

  leave(player: Player): void {
    player.timers.stop();
    this.#players.delete(player.name.toLowerCase());
    if (this.#players.size === 0) this.#stopAmbience();
  }

  /** Stops all timers. A command that waits for one stays unanswered, so that it runs again after a restart. */
  close(): void {
    this.#stopAmbience();
    for (const player of this.players) player.timers.stop();
  }

  roomOf(player: Player): Room {
    return ROOMS[player.character.room];
  }

  playersIn(room: RoomId): readonly Player[] {
    return this.players.filter((player) => player.character.room === room);
  }

  /** Everybody in the same room, but not the player. */
  around(player: Player): readonly Player[] {
    return this.playersIn(player.character.room).filter((other) => other !== player);
  }

  others(player: Player): readonly Player[] {
    return this.players.filter((other) => other !== player);
  }

  onGround(room: RoomId): readonly string[] {
    return this.#ground.get(room) ?? [];
  }

  setGround(room: RoomId, items: readonly string[]): void {
    this.#ground.set(room, items.slice(-GROUND_LIMIT));
  }

  pick<T>(choices: readonly T[]): T {
    const choice = choices[Math.floor(this.random() * choices.length)];
    if (choice === undefined) throw new RangeError('nothing to pick from');
    return choice;
  }
}

/** Tells all of them, with a GMCP event where one is given; false where there was nobody. */
export function tell(players: readonly Player[], text: string, event?: NewOutput): boolean {
  for (const player of players) player.hear(text, event);
  return players.length > 0;
}
