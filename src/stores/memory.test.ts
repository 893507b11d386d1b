import { describe, it } from 'vitest';
import { ManualClock } from '../../test/support/manual-clock.ts';
import { storeContract } from './contract.ts';
import { memoryStore } from './memory.ts';

storeContract(
  { describe, it },
  {
    name: 'the memory store',
    without: { restart: 'it forgets everything with the process', peer: 'it is in one process' },
    open(limits = {}) {
      const clock = new ManualClock();
      const store = memoryStore({ clock, limits });
      return Promise.resolve({ store, advance: (ms) => clock.advance(ms), dispose: () => store.close() });
    },
  },
);
