import { afterAll, describe, expect, it } from 'vitest';
import { PLANTED_FAULTS } from './planted-faults.ts';
import { Workshop } from './workshop.ts';

/** No fault may hide for longer, in seeds. */
const SEEDS = 3000;

const workshops = [new Workshop(), new Workshop()];
const free = [...workshops];
const waiting: ((workshop: Workshop) => void)[] = [];

afterAll(() => {
  for (const workshop of workshops) workshop.dispose();
});

describe.concurrent('the simulation finds out when', () => {
  it.each(PLANTED_FAULTS)(
    '$why ($file)',
    async (fault) => {
      const workshop = free.pop() ?? (await new Promise<Workshop>((resolve) => waiting.push(resolve)));
      try {
        const { promise } = await workshop.hunt(fault, SEEDS);
        expect(promise, `nothing is broken in ${SEEDS} seeds`).toBeDefined();
      } finally {
        const next = waiting.shift();
        if (next) next(workshop);
        else free.push(workshop);
      }
    },
    300_000,
  );
});
