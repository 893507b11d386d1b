import { commandScenarios } from './contract/commands.ts';
import { fencingScenarios } from './contract/fencing.ts';
import { outputScenarios } from './contract/output.ts';
import { peerScenarios } from './contract/peers.ts';
import { restartScenarios } from './contract/restart.ts';
import { sessionScenarios } from './contract/sessions.ts';
import type { Scenario, StoreUnderTest, TestRunner } from './contract/subject.ts';
import { tokenScenarios } from './contract/tokens.ts';

export type { OpenedStore, StoreUnderTest, TestRunner } from './contract/subject.ts';

/**
 * The suite that every store passes. It needs a test runner with `describe`, `it` and `it.skip`; each test opens a
 * store for itself, so that they may run in any order.
 */
export function storeContract(runner: TestRunner, subject: StoreUnderTest): void {
  const scenario: Scenario = (title, run, limits) => {
    runner.it(title, async () => {
      const opened = await subject.open(limits);
      try {
        await run(opened);
      } finally {
        await opened.dispose();
      }
    });
  };
  const unless = (reason: string | undefined): Scenario => {
    if (reason === undefined) return scenario;
    return (title) => runner.it.skip(`${title} (${reason})`, () => Promise.resolve());
  };
  runner.describe(`${subject.name} keeps the contract of a store:`, () => {
    runner.describe('sessions', () => sessionScenarios(scenario));
    runner.describe('tokens', () => tokenScenarios(scenario));
    runner.describe('commands', () => commandScenarios(scenario));
    runner.describe('output', () => outputScenarios(scenario));
    runner.describe('fencing', () => fencingScenarios(scenario));
    runner.describe('a restart', () => restartScenarios(unless(subject.without.restart)));
    runner.describe('two nodes', () => peerScenarios(unless(subject.without.peer)));
  });
}
