import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it } from 'vitest';
import { ManualClock } from '../../../test/support/manual-clock.ts';
import { storeContract } from '../contract.ts';
import { openEmbeddedStore } from './embedded-store.ts';

storeContract(
  { describe, it },
  {
    name: 'the embedded store',
    without: { peer: 'one process at a time has the folder' },
    async open(limits = {}) {
      const clock = new ManualClock();
      const folder = await mkdtemp(join(tmpdir(), 'holdfast-'));
      const first = join(folder, 'data');
      const store = await openEmbeddedStore(first, { clock, limits });
      const opened = [store];
      return {
        store,
        advance: (ms) => clock.advance(ms),
        async restart(how) {
          // What was synced is what a dead process leaves behind.
          const data = how === 'crash' ? join(folder, 'left') : first;
          if (how === 'crash') await cp(first, data, { recursive: true });
          else await store.close();
          const again = await openEmbeddedStore(data, { clock, limits });
          opened.push(again);
          return again;
        },
        async dispose() {
          for (const each of opened) await each.close();
          await rm(folder, { recursive: true });
        },
      };
    },
  },
);
