import type { Json } from '../../core/index.ts';
import { CARRY_LIMIT, isItem } from './items.ts';
import { isRoomId, START, type RoomId } from './rooms.ts';
import { capitalise } from './text.ts';

export const FULL_HEALTH = 20;

/** All that is kept of a player: it goes with each commit and comes back after a restart. */
export interface Character {
  readonly name: string;
  room: RoomId;
  hp: number;
  items: readonly string[];
  fished: number;
  dug: number;
}

export function newCharacter(name: string): Character {
  return { name, room: START, hp: FULL_HEALTH, items: [], fished: 0, dug: 0 };
}

/** A name as it is written here (`aNN` is `Ann`), or undefined where it is none: 2 to 16 letters, a to z. */
export function asName(text: unknown): string | undefined {
  if (typeof text !== 'string' || !/^[a-z]{2,16}$/i.test(text)) return undefined;
  return capitalise(text.toLowerCase());
}

export function saveCharacter(character: Character): Json {
  return { ...character };
}

/**
 * A character from what was saved, perhaps by another version of this world: what is not understood falls back to
 * a beginner's. Undefined where there is not even a name.
 */
export function restoreCharacter(data: Json | undefined, account: string | undefined): Character | undefined {
  const saved = isRecord(data) ? data : {};
  const name = asName(saved['name']) ?? asName(account);
  if (name === undefined) return undefined;
  const { room, hp, items, fished, dug } = saved;
  return {
    name,
    room: isRoomId(room) ? room : START,
    hp: isCount(hp) ? Math.min(Math.max(hp, 1), FULL_HEALTH) : FULL_HEALTH,
    items: Array.isArray(items) ? items.filter(isItem).slice(0, CARRY_LIMIT) : [],
    fished: isCount(fished) ? fished : 0,
    dug: isCount(dug) ? dug : 0,
  };
}

function isRecord(data: Json | undefined): data is { readonly [key: string]: Json } {
  return typeof data === 'object' && data !== null && !Array.isArray(data);
}

function isCount(value: Json | undefined): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
}
