import { defineConfig } from 'vitest/config';
import { PATIENCE_MS } from './test/support/until.ts';

export default defineConfig({
  test: {
    include: ['src/**/*.test.ts', 'test/**/*.test.ts', 'web/**/*.test.ts'],
    setupFiles: ['test/support/shared-lists.ts'],
    testTimeout: 20_000,
    // Nothing waits for so long where all is well, and a machine that does something else is no failure.
    expect: { poll: { timeout: PATIENCE_MS } },
  },
});
