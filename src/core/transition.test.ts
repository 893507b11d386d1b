import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { applied, draws, operationOf } from '../../test/support/arbitrary-operations.ts';
import { lastSeq } from './command-log.ts';
import { nextCommandStep } from './command-step.ts';
import { DEFAULT_LIMITS } from './limits.ts';
import type { Operation } from './operation.ts';
import { isKept, mayKeepLess, messageBytes, outputBytes } from './output-log.ts';
import { newSession, type StoredSession } from './session.ts';
import { transition } from './transition.ts';

const LIMITS = {
  ...DEFAULT_LIMITS,
  queueCommands: 5,
  backlogEntries: 12,
  backlogBytes: 100,
  spentTokens: 3,
  chains: 2,
  statePackages: 3,
  stateBytes: 24,
  epochs: 3,
};
const ID = '6b1f4f6e-9d3f-4f43-8c43-0f1c2f6f7d10';
const SEED = Number(process.env['HOLDFAST_TEST_SEED'] ?? 1);

/** What a run must have seen at least. */
const OUTCOMES =
  `attach attached, attach refused, attach later, attach stale, append accepted, append taken, append jump,
  acknowledge beyond, commit fenced, commit tail_lost, commit closed, confirm done, confirm stale, decide done,
  decide stale, detach stale, expire done, issue refused`.split(/,\s+/);

describe('whatever happens to a session', () => {
  it(`its invariants hold (HOLDFAST_TEST_SEED=${SEED})`, () => {
    const steps = fc.array(fc.tuple(draws, fc.nat(4000)), { maxLength: 200, size: 'max' });
    const seen = new Set<string>();
    fc.assert(
      fc.property(steps, (all) => {
        let names = 0;
        const name = (): string => `${(names += 1)}`.padStart(20, '0');
        let now = 1_000_000;
        let stored = playing(now);
        const known = new Set(['first']);
        for (const [draw, ms] of all) {
          now += ms;
          const operation = operationOf(draw, stored.session, name);
          const change = transition(stored, operation, now, LIMITS);
          const isTaken = 'taken' in change.outcome && change.outcome.taken !== undefined;
          seen.add(`${operation.kind} ${isTaken ? 'taken' : change.outcome.kind}`);
          const next = applied(stored, change);
          for (const hash of change.addedHashes ?? []) known.add(hash);
          for (const hash of change.forgottenHashes ?? []) known.delete(hash);
          const [before, after] = [stored.session.output, next.session.output];
          const hashes = next.session.chains.flatMap((chain) => chain.hashes);
          expectAll({
            'what is older changes nothing': !isOlder(operation, stored) || change.session === undefined,
            'the session is found by its hashes': isSame(known, new Set(hashes)),
            'a log that may not keep less keeps all': keepsAll(stored, next) || mayKeepLess(before, after),
            ...commandFacts(next, now),
            ...outputFacts(next),
            ...presenceFacts(next),
            ...progress(stored, next),
          });
          stored = next;
        }
      }),
      { numRuns: 500, seed: SEED },
    );
    // Else the test tells less than it seems to.
    expect([...seen]).toEqual(expect.arrayContaining(OUTCOMES));
  });
});

/** A session that is attached, playing, and has a token. */
function playing(now: number): StoredSession {
  const session = newSession(ID, 'world', 60_000, now, true);
  const operations: Operation[] = [
    { kind: 'commit', lease: 0, epoch: 'e', stage: 'playing' },
    { kind: 'issue', chain: 'c', hash: 'first', attachment: 1 },
  ];
  let stored: StoredSession = { session, commands: [], output: [] };
  for (const operation of operations) stored = applied(stored, transition(stored, operation, now, LIMITS));
  return stored;
}

function keepsAll(before: StoredSession, after: StoredSession): boolean {
  return before.output.every((entry) => isKept(entry, after.session.output));
}

type Facts = Readonly<Record<string, boolean>>;

function expectAll(facts: Facts): void {
  const wrong = Object.keys(facts).filter((fact) => !facts[fact]);
  if (wrong.length > 0) expect(wrong).toEqual([]);
}

function isSame<T>(one: ReadonlySet<T>, other: ReadonlySet<T>): boolean {
  return one.size === other.size && [...one].every((item) => other.has(item));
}

/** True for what comes from an attachment or a lease that is no longer the session's. */
function isOlder(operation: Operation, { session }: StoredSession): boolean {
  if (operation.kind === 'commit') return operation.lease < session.lease;
  if (!('attachment' in operation)) return false;
  return !session.presence.attached || operation.attachment !== session.presence.attachment;
}

function commandFacts({ session, commands }: StoredSession, now: number): Facts {
  const { accepted, taken, sent, told, held } = session.commands;
  const { attached, ready } = session.presence;
  const step = nextCommandStep({ session, commands }, now, LIMITS);
  // Every number that is accepted and not taken is there, once.
  let through = taken;
  let isWithoutHoles = true;
  for (const entry of commands) {
    isWithoutHoles &&= entry.seq <= through + 1 && lastSeq(entry) > through;
    through = lastSeq(entry);
  }
  const skipped = held?.skipped.filter((seq) => seq > taken) ?? [];
  return {
    'what was skipped is in the log, once':
      skipped.length === new Set(skipped).size &&
      skipped.every((seq) => commands.some((entry) => entry.seq === seq)),
    'nothing is taken, sent or told that was not accepted': Math.max(taken, sent, told) <= accepted,
    'commands have no holes': isWithoutHoles && through === accepted,
    'the queue is bounded': commands.filter(({ kind }) => kind !== 'refused').length <= LIMITS.queueCommands,
    'refusals are bounded': commands.length <= LIMITS.queueCommands * 2 + 1,
    'commands are dropped in order': step.kind !== 'drop' || step.seq === taken + 1,
    'commands are handed on in order': step.kind !== 'hand' || step.entry.seq === taken + 1,
    'commands are handed on only while somebody is there': step.kind !== 'hand' || (attached && ready),
  };
}

function outputFacts({ session, output }: StoredSession): Facts {
  const head = session.output;
  return {
    'entries are counted right': head.entries === output.length,
    'bytes are counted right': head.bytes === output.reduce((sum, entry) => sum + outputBytes(entry), 0),
    'bytes are bounded': head.bytes <= LIMITS.backlogBytes,
    // The echo is state: it is never evicted.
    'entries are bounded': head.entries <= LIMITS.backlogEntries + 1,
    'only what was written is acknowledged': head.acked <= head.end,
    'epochs are bounded': head.epochs.length <= LIMITS.epochs,
    'states are bounded': Object.keys(session.states).length <= LIMITS.statePackages,
    'bytes of states are bounded':
      Object.values(session.states).reduce((sum, state) => sum + messageBytes(state), 0) <= LIMITS.stateBytes,
  };
}

function presenceFacts({ session }: StoredSession): Facts {
  const { presence, clock, chains, stage } = session;
  return {
    'who is ready is attached': presence.attached || !presence.ready,
    'the clock stands still while somebody is attached':
      stage === 'closed' || (clock.endsAt === undefined) === presence.attached,
    'devices are bounded': chains.filter(({ revoked }) => !revoked).length <= LIMITS.chains,
    'revoked devices are bounded': chains.length <= LIMITS.chains * 2,
    'spent tokens are bounded': chains.every(({ hashes }) => hashes.length <= LIMITS.spentTokens + 2),
  };
}

/** What was once so stays so. */
function progress({ session: before }: StoredSession, { session: after }: StoredSession): Facts {
  return {
    'commands stay accepted': after.commands.accepted >= before.commands.accepted,
    'commands stay taken': after.commands.taken >= before.commands.taken,
    'what was skipped stays so until it is dropped':
      before.commands.held?.skipped.every((seq) => {
        return seq <= after.commands.taken || after.commands.held?.skipped.includes(seq);
      }) ?? true,
    'offsets grow': after.output.end >= before.output.end,
    'acknowledgements stay': after.output.acked >= before.output.acked,
    'leases grow': after.lease >= before.lease,
    'attachments grow': after.presence.attachment >= before.presence.attachment,
    'what is closed stays closed': before.stage !== 'closed' || after.stage === 'closed',
  };
}
