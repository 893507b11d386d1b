import { expect, it, vi } from 'vitest';
import { StoreError } from '../core/index.ts';
import { serve } from './serve.ts';
import { loadSettings } from './settings-load.ts';

/** A store that fails for good when the world starts, and of which nothing more is asked. */
vi.mock(import('../stores/index.ts'), async (original) => {
  const { memoryStore, ...stores } = await original();
  return {
    ...stores,
    memoryStore,
    openEmbeddedStore: (_folder, { clock, onFailure }) => {
      const store = memoryStore({ clock });
      vi.spyOn(store, 'acquireLease').mockImplementation(() => {
        onFailure?.(new StoreError('the store could not write, and stops for good', { passing: false }));
        return Promise.resolve({ number: 1 });
      });
      return Promise.resolve(store);
    },
  };
});

it('says what is wrong where its store fails while it starts, and is not running', async () => {
  const flags = ['--telnet', '0', '--http', 'off', '--log-level', 'silent'];
  const loaded = loadSettings(flags, {}, () => '');
  if ('problems' in loaded) throw new Error(loaded.problems.join());
  const said: string[] = [];
  const problem = await serve(loaded.settings, {
    say: (text) => said.push(text),
    stop: Promise.resolve('SIGTERM'),
  });
  expect(problem).toBe('the store could not write, and stops for good');
  expect(said).toEqual([]);
});
