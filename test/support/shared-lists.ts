// Run before each file of tests: what they try may not have changed what all of the core shares.
import { afterEach, expect } from 'vitest';
import { NONE } from '../../src/core/index.ts';

afterEach(() => {
  expect(NONE, 'the list that is empty for all').toHaveLength(0);
});
