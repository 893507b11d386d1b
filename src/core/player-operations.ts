import {
  chainOf,
  confirm,
  newChain,
  redeem,
  revoke,
  standing,
  withRoom,
  type Candidate,
  type Chain,
} from './chain.ts';
import {
  draftCommands,
  hasExpired,
  type CommandEntry,
  type CommandsHead,
  type HeldChoice,
  type HeldCommands,
  type NewCommand,
} from './command-log.ts';
import { stepOf } from './command-step.ts';
import type { Draft } from './draft.ts';
import type { SessionLimits } from './limits.ts';
import { added, NONE } from './lists.ts';
import type {
  Acknowledge,
  Append,
  Attach,
  Confirm,
  Decide,
  Describe,
  Detach,
  Issue,
  Outcomes,
  Refresh,
  Refusal,
  Transition,
} from './operation.ts';
import { acknowledge } from './output-log.ts';
import {
  draftSession,
  hasRunOut,
  isCurrent,
  withPresence,
  type Session,
  type StoredSession,
} from './session.ts';
import { closed } from './operator-operations.ts';
import { tokenId } from './token.ts';

const DONE = { kind: 'done' } as const;
const STALE = { kind: 'stale' } as const;

/** True where the tokens of whoever is attached were revoked, also while they have not heard of it. */
function isRevoked({ chains, presence }: Session): boolean {
  return chains.some(({ id, revoked }) => id === presence.chain && revoked !== undefined);
}

/** The held commands that may still run, for the player to see. */
export function heldCommands(
  stored: StoredSession,
  now: number,
  limits: SessionLimits,
): readonly CommandEntry[] {
  const { held } = stored.session.commands;
  return held === undefined || hasExpired(held, now, limits) ? [] : wanted(stored, held);
}

/** Of the held commands those that nobody skipped. */
function wanted({ session, commands }: StoredSession, held: HeldCommands): readonly CommandEntry[] {
  const { handed = 0 } = session.commands;
  const skipped = new Set(held.skipped);
  return commands.filter(({ seq, kind }) => {
    const isHeld = seq > handed && seq <= held.through && (kind === 'text' || kind === 'gmcp');
    return isHeld && !skipped.has(seq);
  });
}

/**
 * What was accepted and not handed to the world is held from now on, unless it was already. What was skipped stays so: a
 * slow command may be ahead of it for longer than a connection lasts.
 */
function hold(stored: StoredSession, now: number): CommandsHead {
  const { commands } = stored.session;
  const { accepted, taken, handed = 0, held } = commands;
  if (accepted === Math.max(taken, handed)) return withHeld(commands, undefined);
  const isWaiting = held !== undefined && !held.decided && wanted(stored, held).length > 0;
  const since = isWaiting ? held.since : now;
  const skipped = held?.skipped.filter((seq) => seq > taken) ?? NONE;
  return withHeld(commands, { through: accepted, since, decided: false, skipped });
}

/** The player's choice; it comes too late for what has expired, and brings nothing back that was skipped. */
function decided(
  stored: StoredSession,
  choice: HeldChoice,
  now: number,
  limits: SessionLimits,
): CommandsHead {
  const { commands } = stored.session;
  const { held } = commands;
  if (held === undefined || hasExpired(held, now, limits)) return commands;
  const runs = typeof choice === 'object' ? new Set(choice.seqs) : undefined;
  const unwanted = wanted(stored, held).filter(({ seq }) => choice === 'none' || runs?.has(seq) === false);
  const skipped = [...held.skipped, ...unwanted.map(({ seq }) => seq)];
  return withHeld(commands, { ...held, decided: true, skipped });
}

function withHeld(commands: CommandsHead, held: CommandsHead['held']): CommandsHead {
  const next = draftCommands(commands);
  next.held = held;
  return next;
}

type Shown =
  | { kind: 'good'; chain: Chain; generation: number; before: Chain; forgotten: readonly string[] }
  | { kind: 'bad'; transition: Transition<Refusal> };

function bad(outcome: Refusal, changed?: Session): Shown {
  return { kind: 'bad', transition: changed ? { outcome, session: changed } : { outcome } };
}

/** Judges a shown token and spends it. Showing a spent one revokes its chain in the same step. */
function show(
  session: Session,
  hash: string,
  candidate: Candidate,
  now: number,
  limits: SessionLimits,
): Shown {
  const chain = chainOf(session.chains, hash);
  if (session.stage === 'closed') return bad({ kind: 'refused', reason: 'closed' });
  if (chain === undefined) return bad({ kind: 'refused', reason: 'unknown' });
  if (hasRunOut(session, now)) return bad({ kind: 'refused', reason: 'expired' });
  const shown = standing(chain, hash, now, limits);
  switch (shown.kind) {
    case 'revoked':
    case 'expired':
      return bad({ kind: 'refused', reason: shown.kind });
    case 'reused':
      return bad({ kind: 'refused', reason: 'reused' }, withChain(session, revoke(chain, 'reused')));
    case 'late':
      return bad({ kind: 'later', retryAfterMs: shown.retryAfterMs });
    case 'good': {
      const redeemed = redeem(chain, shown, candidate, now, limits);
      if (redeemed === undefined) return bad(STALE);
      return { kind: 'good', before: chain, generation: redeemed.chain.generation, ...redeemed };
    }
  }
}

function withChain(session: Session, chain: Chain): Draft<Session> {
  const next = draftSession(session);
  next.chains = session.chains.map((old) => (old.id === chain.id ? chain : old));
  return next;
}

/** The hashes that a redeemed chain has and did not have before. */
function addedHashes(shown: Extract<Shown, { kind: 'good' }>): readonly string[] {
  return shown.chain.hashes.filter((hash) => !shown.before.hashes.includes(hash));
}

export function attach(
  stored: StoredSession,
  request: Attach,
  now: number,
  limits: SessionLimits,
): Transition<Outcomes['attach']> {
  const { session } = stored;
  const shown = show(session, request.hash, request.candidate, now, limits);
  if (shown.kind === 'bad') return shown.transition;

  const { presence } = session;
  const returned = { ...stored, session: withCommands(session, hold(stored, now)) };
  const { commands } = returned.session;
  const ready = request.connected && !request.confirms;
  const next = withChain(session, shown.chain);
  next.commands = ready ? released(returned, request.wish, now, limits) : commands;
  next.presence = {
    attachment: presence.attachment + 1,
    attached: request.connected,
    ready,
    wish: request.wish,
    chain: shown.chain.id,
    since: now,
    client: request.client,
  };
  next.clock = { windowMs: session.clock.windowMs };
  restart(next, now);
  return {
    session: next,
    addedHashes: addedHashes(shown),
    forgottenHashes: shown.forgotten,
    outcome: {
      kind: 'attached',
      session: next,
      takeover: presence.attached,
      chain: shown.chain.id,
      generation: shown.generation,
      sealed: shown.chain.sealed ?? request.candidate.sealed,
      own: commands.own.find(({ chain }) => chain === shown.chain.id)?.through ?? 0,
      held: heldCommands(returned, now, limits),
      awayMs: presence.attached ? 0 : Math.max(0, now - presence.since),
    },
  };
}

/** The choice that the client announced, once it may count. */
function released(
  stored: StoredSession,
  wish: 'run' | 'skip' | 'ask',
  now: number,
  limits: SessionLimits,
): CommandsHead {
  if (wish === 'ask') return stored.session.commands;
  return decided(stored, wish === 'run' ? 'all' : 'none', now, limits);
}

function withCommands(session: Session, commands: CommandsHead): Draft<Session> {
  const next = draftSession(session);
  next.commands = commands;
  return next;
}

/** The clock runs from now, where nobody is attached. */
function restart(session: Draft<Session>, now: number): void {
  const { windowMs } = session.clock;
  if (!session.presence.attached) session.clock = { windowMs, endsAt: now + windowMs };
}

export function describe(
  { session }: StoredSession,
  { attachment, client }: Describe,
): Transition<Outcomes['describe']> {
  if (!isCurrent(session, attachment)) return { outcome: STALE };
  const next = draftSession(session);
  next.presence = withPresence(session.presence, { client });
  return { outcome: DONE, session: next };
}

export function detach(
  stored: StoredSession,
  { attachment }: Detach,
  now: number,
): Transition<Outcomes['detach']> {
  const { session } = stored;
  if (!session.presence.attached || !isCurrent(session, attachment)) return { outcome: STALE };
  if (session.stage !== 'playing') return closed(session, 'never_playing', DONE);
  const next = withCommands(session, hold(stored, now));
  next.presence = withPresence(session.presence, {
    attached: false,
    ready: false,
    since: now,
    client: undefined,
  });
  restart(next, now);
  return { outcome: DONE, session: next };
}

export function confirmToken(
  stored: StoredSession,
  { attachment, tokenId: id }: Confirm,
  now: number,
  limits: SessionLimits,
): Transition<Outcomes['confirm']> {
  const { session } = stored;
  if (!isCurrent(session, attachment)) return { outcome: STALE };
  const chain = session.chains.find(({ hashes }) => tokenId(hashes.at(-1) ?? '') === id);
  if (chain === undefined || chain.revoked) return { outcome: STALE };
  const confirmed = withChain(session, confirm(chain, now));
  const { chain: current, attached, ready } = session.presence;
  if (chain.id !== current || !attached || ready) {
    return chain.sealed === undefined ? { outcome: DONE } : { outcome: DONE, session: confirmed };
  }
  confirmed.presence = withPresence(session.presence, { ready: true });
  confirmed.commands = released(stored, session.presence.wish, now, limits);
  return { outcome: DONE, session: confirmed };
}

export function issue(
  { session }: StoredSession,
  request: Issue,
  now: number,
  limits: SessionLimits,
): Transition<Outcomes['issue']> {
  if (session.stage !== 'playing') return { outcome: { kind: 'refused', reason: 'not_playing' } };
  if (!isCurrent(session, request.attachment)) return { outcome: { kind: 'refused', reason: 'stale' } };
  if (request.attachment !== undefined && isRevoked(session)) {
    return { outcome: { kind: 'refused', reason: 'stale' } };
  }
  if (hasRunOut(session, now)) return { outcome: { kind: 'refused', reason: 'expired' } };
  const room = withRoom(session.chains, session.presence.chain, limits);
  const mine = request.attachment !== undefined && !request.link;
  const chain: Chain = {
    ...newChain(request.chain, request.hash, now),
    ...(request.link ? { unusedEndsAt: now + session.clock.windowMs } : {}),
  };
  const chains = [...room.chains, chain];
  const commands = draftCommands(session.commands);
  commands.own = commands.own.filter((own) => chains.some(({ id }) => id === own.chain));
  if (mine) commands.own = withOwn(commands.own, chain.id, commands.accepted);
  const next = withCommands(session, commands);
  next.chains = chains;
  if (mine) next.presence = withPresence(session.presence, { chain: chain.id });
  restart(next, now);
  return {
    outcome: DONE,
    session: next,
    addedHashes: [request.hash],
    forgottenHashes: room.forgotten,
  };
}

export function refresh(
  { session }: StoredSession,
  _request: Refresh,
  now: number,
): Transition<Outcomes['refresh']> {
  if (session.stage === 'closed') return { outcome: { kind: 'refused', reason: 'closed' } };
  if (hasRunOut(session, now)) return { outcome: { kind: 'refused', reason: 'expired' } };
  // Attached, it stands still.
  if (session.presence.attached) return { outcome: DONE };
  const next = draftSession(session);
  restart(next, now);
  return { outcome: DONE, session: next };
}

export function append(
  { session, commands }: StoredSession,
  request: Append,
  now: number,
  limits: SessionLimits,
): Transition<Outcomes['append']> {
  if (session.stage === 'closed' || !isCurrent(session, request.attachment)) return { outcome: STALE };
  const { accepted, taken } = session.commands;
  const from = request.from ?? accepted + 1;
  if (from > accepted + 1) return { outcome: { kind: 'jump', expected: accepted + 1 } };

  const fresh = from > accepted ? request.commands : request.commands.slice(accepted + 1 - from);
  let entries: CommandEntry[] = NONE;
  let refused: number[] = NONE;
  let waiting = 0;
  for (const entry of commands) if (entry.kind !== 'refused' && entry.seq > taken) waiting += 1;
  let last = commands.at(-1);
  let seq = accepted;
  let isTyped = false;
  for (const { kind } of fresh) isTyped ||= kind === 'text' || kind === 'private';
  for (const command of fresh) {
    seq += 1;
    if (waiting < limits.queueCommands) {
      waiting += 1;
      last = entryOf(seq, now, command);
      entries = added(entries, last);
      continue;
    }
    refused = added(refused, seq);
    // One entry stands for a run of refusals, so that a flood of them stays bounded too.
    const started = last?.kind === 'refused' && last.seq > taken ? last : undefined;
    last = { seq: started?.seq ?? seq, at: started?.at ?? now, kind: 'refused', through: seq };
    if (started !== undefined && entries.at(-1)?.seq === started.seq) entries.pop();
    entries = added(entries, last);
  }
  if (seq === accepted) return { outcome: { kind: 'accepted', accepted, refused } };
  const head = draftCommands(session.commands);
  head.accepted = seq;
  const { chain } = session.presence;
  if (request.attachment !== undefined && chain !== undefined) head.own = withOwn(head.own, chain, seq);
  const next = withCommands(session, head);
  // The player's line ended the one that the game had begun.
  if (isTyped) next.unfinished = undefined;
  const isWaitedFor = request.lease === session.lease && accepted === taken;
  const first = isWaitedFor ? entries[0] : undefined;
  const isTaken = first !== undefined && stepOf(first, next, now, limits).kind === 'hand';
  if (isTaken) head.taken = first.seq;
  return {
    outcome: { kind: 'accepted', accepted: seq, refused, taken: isTaken ? first : undefined },
    commands: isTaken ? entries.slice(1) : entries,
    session: next,
  };
}

/** Nearly all are text, and have one shape. */
function entryOf(seq: number, at: number, command: NewCommand): CommandEntry {
  return command.kind === 'text' ? { seq, at, kind: 'text', text: command.text } : { seq, at, ...command };
}

/** Remembers which chain the newest command came from. */
function withOwn(own: CommandsHead['own'], chain: string, through: number): CommandsHead['own'] {
  const newest = { chain, through };
  return own.length === 1 && own[0]?.chain === chain
    ? [newest]
    : [...own.filter((other) => other.chain !== chain), newest];
}

export function decide(
  stored: StoredSession,
  request: Decide,
  now: number,
  limits: SessionLimits,
): Transition<Outcomes['decide']> {
  const { session } = stored;
  if (!isCurrent(session, request.attachment) || !session.presence.ready) return { outcome: STALE };
  const commands = decided(stored, request.choice, now, limits);
  if (commands === session.commands) return { outcome: DONE };
  return { outcome: DONE, session: withCommands(session, commands) };
}

export function acknowledgeOutput(
  { session, output }: StoredSession,
  { attachment, offset }: Acknowledge,
): Transition<Outcomes['acknowledge']> {
  if (!isCurrent(session, attachment) || !session.presence.ready) return { outcome: STALE };
  if (offset > session.output.end) return { outcome: { kind: 'beyond', end: session.output.end } };
  if (offset <= session.output.acked) return { outcome: DONE };
  const next = draftSession(session);
  next.output = acknowledge(session.output, output, offset);
  return { outcome: DONE, session: next };
}
