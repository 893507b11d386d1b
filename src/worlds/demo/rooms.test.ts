import { describe, expect, it } from 'vitest';
import { comingFrom, DIRECTIONS, exitsOf, isRoomId, ROOMS, START, type RoomId } from './rooms.ts';
import { TOWNSFOLK, waysOf } from './townsfolk.ts';

const IDS = Object.keys(ROOMS).filter(isRoomId);

describe('the rooms', () => {
  it('can all be reached from the start', () => {
    const reached = new Set<RoomId>([START]);
    for (const id of reached) for (const [, to] of exitsOf(id)) reached.add(to);
    expect([...reached].toSorted()).toEqual(IDS.toSorted());
  });

  it('have a way back for each way', () => {
    for (const id of IDS) {
      for (const [direction, to] of exitsOf(id)) {
        const back = DIRECTIONS.find((other) => ROOMS[to].exits[other] === id);
        expect(back && comingFrom(back)).toMatch(new RegExp(`^from (the )?(${direction}|above|below)$`));
      }
    }
  });

  it('have numbers of their own, and climbs and tides only where there are exits', () => {
    expect(new Set(IDS.map((id) => ROOMS[id].number)).size).toBe(IDS.length);
    for (const { exits, climb, tidal } of Object.values(ROOMS)) {
      for (const direction of [climb, tidal]) if (direction) expect(exits[direction]).toBeDefined();
    }
  });

  it('leave the townsfolk a way to go wherever they are', () => {
    for (const person of TOWNSFOLK) {
      expect(person.rooms).toContain(person.start);
      for (const room of person.rooms) expect(waysOf(person, room)).not.toEqual([]);
    }
  });
});
