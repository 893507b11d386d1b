import * as fc from 'fast-check';
import {
  isKept,
  lastSeq,
  tokenId,
  type NewCommand,
  type NewOutput,
  type Operation,
  type OperationKind,
  type Session,
  type StoredSession,
  type Transition,
} from '../../src/core/index.ts';

/** An operation as it is drawn, before the session that it is for is known. */
export interface Draw {
  readonly kind: OperationKind;
  readonly pick: number;
  readonly size: number;
  /** Mostly true: the operation is one that a well-behaved caller would make. */
  readonly fits: boolean;
}

const KINDS: readonly OperationKind[] = [
  ...(['commit', 'commit', 'commit', 'commit', 'append', 'append', 'append', 'attach', 'attach'] as const),
  ...(['acknowledge', 'acknowledge', 'detach', 'confirm', 'confirm', 'issue', 'decide', 'refresh'] as const),
  ...(['revoke', 'expire', 'close'] as const),
];

export const draws: fc.Arbitrary<Draw> = fc.record({
  kind: fc.constantFrom(...KINDS),
  pick: fc.nat(10_000),
  size: fc.nat(12),
  fits: fc.nat(5).map((n) => n > 0),
});

/** The operation that was drawn, for this session; `name` gives a new name each time. */
export function operationOf(
  { kind, pick, size, fits }: Draw,
  session: Session,
  name: () => string,
): Operation {
  const { presence, commands, output, chains } = session;
  const attachment = fits ? presence.attachment : pick % (presence.attachment + 2);
  const hashes = chains.flatMap((chain) => chain.hashes.map((hash, i) => ({ chain, hash, i })));
  const shown = fits ? hashes.slice(-2).at(pick % 2) : hashes[pick % Math.max(1, hashes.length)];
  const hash = shown?.hash ?? 'unknown';
  switch (kind) {
    case 'attach': {
      const older = shown ? shown.chain.hashes.length - shown.i : 0;
      const generation = (shown?.chain.generation ?? 0) + 2 - older - (fits ? 0 : pick % 2);
      const candidate = { hash: name(), sealed: `seal ${pick}`, generation };
      const wish = (['run', 'skip', 'ask'] as const)[pick % 3] ?? 'run';
      return { kind, hash, candidate, wish, confirms: size % 2 === 0, connected: pick % 7 > 0 };
    }
    case 'describe':
      return { kind, attachment, client: { transport: 'telnet', columns: size } };
    case 'detach':
      return pick % 5 === 0 ? { kind } : { kind, attachment };
    case 'confirm': {
      const id = tokenId(shown?.chain.hashes.at(-1) ?? 'unknown');
      return pick % 5 === 0 ? { kind, tokenId: id } : { kind, attachment, tokenId: id };
    }
    case 'issue': {
      const mine = presence.attached && pick % 2 === 0 ? { attachment } : {};
      return { kind, chain: name(), hash: name(), link: pick % 3 === 0, ...mine };
    }
    case 'refresh':
    case 'expire':
      return { kind };
    case 'append': {
      const from = commands.accepted + 1 - (pick % 3) + (fits ? 0 : 2);
      const added = Array.from({ length: size }, (_, i) => commandOf(pick + i));
      const lease = pick % 4 === 0 ? session.lease - (fits ? 0 : 1) : undefined;
      return { kind, attachment, from: Math.max(1, from), commands: added, lease };
    }
    case 'decide':
      return { kind, attachment, choice: pick % 2 === 0 ? 'all' : { seqs: [commands.taken + 1] } };
    case 'acknowledge':
      return { kind, attachment, offset: output.acked + (pick % (output.end - output.acked + 2)) };
    case 'commit':
      return {
        kind,
        lease: fits ? session.lease + (pick % 10 === 0 ? 1 : 0) : session.lease - (pick % 2),
        epoch: `epoch ${Math.floor(pick / 500)}`,
        ...(pick % 2 === 0 && { output: Array.from({ length: size }, (_, i) => outputOf(pick + i)) }),
        ...(pick % 3 === 0 && { taken: pick % 4 === 0 ? commands.accepted : commands.taken + (size % 5) }),
        ...(pick % 5 === 0 && { sent: commands.taken, told: commands.taken }),
        ...(pick % 7 === 0 && { data: { pick }, settled: true }),
        ...(pick % 11 === 0 && { windowMs: 1000 * size }),
        ...(pick % 19 === 0 && { account: `account ${size}` }),
        ...(pick % 97 === 0 && { overflow: 'close' }),
        ...(pick % 13 === 0 && { after: output.end + (fits ? 0 : 1) }),
        ...((pick % 17 === 0 || session.stage !== 'playing') && { stage: 'playing' }),
      };
    case 'revoke':
      return pick % 10 === 0 ? { kind } : { kind, hash: pick % 3 === 0 ? hash : 'unknown' };
    case 'close':
      // Rare, or nothing would come after it.
      return pick % 40 === 0 ? { kind, reason: 'test' } : { kind: 'refresh' };
  }
}

function commandOf(pick: number): NewCommand {
  if (pick % 11 === 0) return { kind: 'passing' };
  if (pick % 7 === 0) return { kind: 'gmcp', package: 'Char.Items', data: pick };
  if (pick % 5 === 0) return { kind: 'private', sealed: 'AAAA' };
  return { kind: 'text', text: `say ${pick}` };
}

function outputOf(pick: number): NewOutput {
  if (pick % 11 === 0) return { kind: 'echo', on: pick % 2 === 0 };
  if (pick % 7 === 0) return { kind: 'dropped', seq: pick, reason: 'failed' };
  if (pick % 5 === 0) return { kind: 'gmcp', package: `Char.${pick % 4}`, data: pick, state: true };
  if (pick % 17 === 0) return { kind: 'gmcp', package: 'Client.Media.Play', data: pick, passing: true };
  if (pick % 13 === 0) return { kind: 'gmcp', package: 'Comm.Say', data: 'ü'.repeat(pick % 20) };
  // Now and then one that is larger than the whole backlog.
  return {
    kind: 'text',
    text: 'ü'.repeat(pick % 37 === 0 ? 60 : pick % 20),
    ...(pick % 3 === 0 && { prompt: true }),
  };
}

/** What a store does with a transition, without any haste. */
export function applied(stored: StoredSession, change: Transition<unknown>): StoredSession {
  const { session } = change;
  if (session === undefined) return stored;
  const commands = new Map(
    [...stored.commands, ...(change.commands ?? [])].map((entry) => [entry.seq, entry]),
  );
  const output = [...stored.output, ...(change.output ?? [])];
  return {
    session,
    commands: [...commands.values()].filter((entry) => lastSeq(entry) > session.commands.taken),
    output: output.filter((entry) => isKept(entry, session.output)),
  };
}
