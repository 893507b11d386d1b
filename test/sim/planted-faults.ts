/** A mistake that somebody could make, as a patch of one place in the real code. */
export interface PlantedFault {
  /** The promise that it breaks, in a few words. */
  readonly why: string;
  /** Under `src/`. */
  readonly file: string;
  /** Stands in the file exactly once. */
  readonly find: string;
  readonly replace: string;
  /** It was really there once, and the simulation found it. */
  readonly wasReal?: true;
}

/** The proof that the simulation can fail: it must find each of these. */
export const PLANTED_FAULTS: readonly PlantedFault[] = [
  // Tokens.
  {
    why: 'a token is spent again each time that it is shown: a lost reply locks the owner out',
    file: 'core/chain.ts',
    find: 'if (used.sealed !== undefined && !shown.confirms) return { chain: used, forgotten: [] };',
    replace: '',
  },
  {
    why: 'rotation without grace: the predecessor is worth nothing as soon as there is a successor',
    file: 'core/chain.ts',
    find: 'const current = chain.sealed === undefined ? 0 : 1;',
    replace: 'const current = 0;',
  },
  {
    why: 'the seal is not deleted at the confirmation',
    file: 'core/chain.ts',
    find: 'return { ...rest, confirmedAt: now };',
    replace: 'return { ...chain, confirmedAt: now };',
  },
  {
    why: 'mercy for a late attempt takes an hour',
    file: 'core/chain.ts',
    find: 'chain.confirmedAt + limits.lateAttemptMs - now',
    replace: 'chain.confirmedAt + 3_600_000 - now',
  },
  {
    why: 'theft revokes nothing',
    file: 'core/player-operations.ts',
    find: "return bad({ kind: 'refused', reason: 'reused' }, withChain(session, revoke(chain, 'reused')));",
    replace: "return bad({ kind: 'refused', reason: 'reused' });",
  },
  {
    why: 'a token is confirmed by the id of an older one',
    file: 'core/player-operations.ts',
    find: "tokenId(hashes.at(-1) ?? '') === id",
    replace: 'hashes.some((hash) => tokenId(hash) === id)',
  },
  {
    why: 'a passing failure of the store costs the token',
    file: 'gateway/player-conversation.ts',
    find: "this.fail(passing ? 'store_unavailable' : 'internal');",
    replace: "this.fail(passing ? 'token_refused' : 'internal');",
  },
  {
    why: "the session's clock goes on while somebody is there",
    file: 'core/player-operations.ts',
    find: '  next.clock = { windowMs: session.clock.windowMs };\n',
    replace: '',
  },
  {
    why: 'the clock does not start at the detach',
    file: 'core/player-operations.ts',
    find: 'endsAt: now + windowMs',
    replace: 'endsAt: now + 100 * windowMs',
  },

  // One owner.
  {
    why: 'the late close of an older connection hits the new owner',
    file: 'core/player-operations.ts',
    find: 'if (!session.presence.attached || !isCurrent(session, attachment)) return { outcome: STALE };',
    replace: 'if (!session.presence.attached) return { outcome: STALE };',
  },
  {
    why: 'commands of an older attachment are taken',
    file: 'core/player-operations.ts',
    find: "session.stage === 'closed' || !isCurrent(session, request.attachment)",
    replace: "session.stage === 'closed'",
  },
  {
    why: 'acknowledgements of an older attachment are taken',
    file: 'core/player-operations.ts',
    find: 'if (!isCurrent(session, attachment) || !session.presence.ready) return { outcome: STALE };',
    replace: 'if (!session.presence.ready) return { outcome: STALE };',
  },
  {
    why: 'the lease is not checked',
    file: 'core/world-operations.ts',
    find: "if (request.lease < session.lease) return { outcome: { kind: 'fenced' } };",
    replace: '',
  },
  {
    why: 'the older connection does not hear that it was taken over',
    file: 'protocol/player-end.ts',
    find: "if (presence.attachment !== this.#attachment) return this.#bye('taken_over');",
    replace: '',
  },

  // Commands.
  {
    why: 'acknowledged before it is durable',
    file: 'stores/session-table.ts',
    find: 'return written === undefined ? outcome : written.then(() => outcome);',
    replace: 'written?.catch(() => undefined); return outcome;',
  },
  {
    why: 'acknowledged before its refusal is told',
    file: 'protocol/command-intake.ts',
    find: 'Math.min(this.#durable, (this.#refused[0] ?? Infinity) - 1)',
    replace: 'this.#durable',
  },
  {
    why: 'held commands run in the wrong order',
    file: 'core/command-step.ts',
    find: 'commands.find((waiting) => lastSeq(waiting) > taken)',
    replace: 'commands.findLast((waiting) => lastSeq(waiting) > taken)',
  },
  {
    why: 'held commands run although the player skips them',
    file: 'core/player-operations.ts',
    find: "wish === 'run' ? 'all' : 'none'",
    replace: "'all'",
  },
  {
    why: 'commands that the player skipped are held again when the connection drops',
    file: 'core/player-operations.ts',
    find: 'held?.skipped.filter((seq) => seq > taken) ?? NONE;',
    replace: 'NONE;',
    wasReal: true,
  },
  {
    why: 'a later choice brings back what the player skipped',
    file: 'core/player-operations.ts',
    find: '[...held.skipped, ...unwanted.map(({ seq }) => seq)];',
    replace: 'unwanted.map(({ seq }) => seq);',
    wasReal: true,
  },
  {
    why: 'commands run before the client has its new token',
    file: 'core/player-operations.ts',
    find: 'const ready = request.connected && !request.confirms;',
    replace: 'const ready = request.connected;',
  },
  {
    why: 'a command leaves for the game before it is marked',
    file: 'gateway/command-feed.ts',
    find: 'const marked = this.#committed({ taken: command.seq });',
    replace: 'void this.#committed({ taken: command.seq }); const marked = true as Awaitable<boolean>;',
  },
  {
    why: 'what may have run when the process died is not told to be uncertain',
    file: 'gateway/command-feed.ts',
    find: 'if (sent < taken) this.#tellUncertain(sent, taken);',
    replace: '',
  },
  {
    why: 'what was taken by an append that failed vanishes',
    file: 'gateway/command-feed.ts',
    find: 'this.#tellUncertain(this.#passed, head.taken);',
    replace: '',
  },
  {
    why: 'what is done, and was only not answered, is taken for not done',
    file: 'gateway/command-feed.ts',
    find: 'if (!isPassing(error)) throw error;',
    replace: 'throw error;',
  },
  {
    why: 'what waited for a game that forgot its player goes to the one that is there now',
    file: 'gateway/command-feed.ts',
    find: 'this.#lostThrough = this.#session.commands.accepted;',
    replace: '',
  },
  {
    why: 'what the game keeps changes with the game, before the command is taken',
    file: 'gateway/own-copy.ts',
    find: 'return JSON.parse(json);',
    replace: 'return data;',
    wasReal: true,
  },
  {
    why: 'a command is taken with others ahead of it',
    file: 'core/player-operations.ts',
    find: 'request.lease === session.lease && accepted === taken;',
    replace: 'request.lease === session.lease;',
  },
  {
    why: 'a command that failed vanishes',
    file: 'gateway/command-feed.ts',
    find: 'return failed(command.seq);',
    replace: 'return {};',
  },
  {
    why: 'a held command that expires ahead of a refusal vanishes',
    file: 'gateway/command-feed.ts',
    find: "        return this.#drop({ kind: 'dropped', ...range, reason });",
    replace: `        if (through > this.#session.commands.told) return this.#drop({ kind: 'dropped', ...range, reason });
        return this.#committed({ taken: through, sent: through });`,
    wasReal: true,
  },
  {
    why: 'the game gets a command after its session closed',
    file: 'gateway/command-feed.ts',
    find: "    if (this.#session.stage === 'closed') return false;\n",
    replace: '',
    wasReal: true,
  },
  {
    why: 'a game that comes back quickly stays down for ever',
    file: 'gateway/world-end.ts',
    find: '    this.#writer.write({ worldState });',
    replace: '    if (worldState !== this.#session.worldState) this.#writer.write({ worldState });',
    wasReal: true,
  },
  {
    why: 'a password is on the disk',
    file: 'gateway/player-conversation.ts',
    find: '!this.#isPrivate(session, command, worldEnd)',
    replace: "session.id !== ''",
  },
  {
    why: 'the queue has no end',
    file: 'core/player-operations.ts',
    find: 'if (waiting < limits.queueCommands) {',
    replace: 'if (waiting < Infinity) {',
  },

  // Output.
  {
    why: 'the replay begins one too late',
    file: 'core/output-log.ts',
    find: 'after: Math.min(offset, next ? next.first - 1 : head.end)',
    replace: 'after: Math.min(offset + 1, next ? next.first - 1 : head.end)',
  },
  {
    why: 'the replay begins one too early',
    file: 'core/output-log.ts',
    find: 'after: Math.min(offset, next ? next.first - 1 : head.end)',
    replace: 'after: Math.min(offset - 1, next ? next.first - 1 : head.end)',
  },
  {
    why: 'a sound plays again at the return',
    file: 'protocol/output-flow.ts',
    find: "return entry.kind === 'gmcp' && entry.passing === true && entry.offset <= this.#missed;",
    replace: 'return false;',
  },
  {
    why: 'a gap is not announced',
    file: 'protocol/output-flow.ts',
    find: "if (to > delivered) gaps.push(gap(Math.max(from, delivered + 1), to, 'bound'));",
    replace: '',
  },
  {
    why: 'the crash is not announced',
    file: 'core/world-operations.ts',
    find: "begins && output.open ? [{ kind: 'gap', reason: 'crash' }] : NONE",
    replace: '[]',
  },
  {
    why: 'a process that wrote nothing says that the crash before it was none',
    file: 'core/world-operations.ts',
    find: 'request.settled && !begins ?',
    replace: 'request.settled ?',
    wasReal: true,
  },
  {
    why: 'the epoch is the same after a crash',
    file: 'gateway/session-writer.ts',
    find: 'this.#epoch = randomName(options.crypto);',
    replace: "this.#epoch = 'epoch';",
  },
  {
    why: 'a client is told of an epoch that a crash can take',
    file: 'stores/session-table.ts',
    find: 'const begins = currentEpoch(before.output) !== currentEpoch(live.session.output);',
    replace: 'const begins = false;',
    wasReal: true,
  },
  {
    why: 'every position is believed to be of the newest run',
    file: 'core/output-log.ts',
    find: 'const index = head.epochs.findIndex((known) => known.epoch === epoch);',
    replace: 'const index = head.epochs.length - 1;',
  },
  {
    why: 'the answer to a command is shown before it is durable',
    file: 'stores/session-table.ts',
    find: "const takes = operation.kind === 'commit' && operation.taken !== undefined;",
    replace: 'const takes = false;',
  },
  {
    why: 'caught up before the replay is complete',
    file: 'protocol/player-end.ts',
    find: 'if (found === undefined || through < found.output.end || this.#session === undefined) return;',
    replace: 'if (found === undefined || this.#session === undefined) return;',
  },

  // Bounds.
  {
    why: 'a counter leaks',
    file: 'core/output-log.ts',
    find: '    next.bytes -= outputBytes(entry);\n    next.entries -= 1;',
    replace: '    next.bytes -= outputBytes(entry);\n    next.entries -= entry.offset % 7 === 0 ? 0 : 1;',
  },
  {
    why: 'the log holds more entries than it may',
    file: 'core/output-log.ts',
    find: 'head.bytes > limits.backlogBytes || head.entries > limits.backlogEntries;',
    replace: 'head.bytes > limits.backlogBytes;',
  },
  {
    why: 'the window is not respected',
    file: 'protocol/output-flow.ts',
    find: 'return !this.isOutstanding || (!this.isFull && this.#outstandingBytes + bytes <= this.#window.bytes);',
    replace: 'return true;',
  },

  // The client.
  {
    why: 'the client waits for ever for an answer that was lost',
    file: 'client/client-end.ts',
    find: 'this.#answerBy = this.#now + ANSWER_TIMEOUT_MS;',
    replace: '',
    wasReal: true,
  },
  {
    why: 'the client counts no attempt: it dials without a pause, for ever',
    file: 'client/client-end.ts',
    find: 'if (this.#now >= this.#steadyAt) this.#attempts = 0;',
    replace: 'this.#attempts = 0;',
  },
  {
    why: 'the client forgets its place',
    file: 'client/client-end.ts',
    find: 'this.#keep(placeAt(offset, frame.epoch));',
    replace: '',
  },
  {
    why: 'the client numbers anew from the wrong number',
    file: 'client/outbox.ts',
    find: 'this.#nextSeq = accepted + 1;',
    replace: 'this.#nextSeq = own + 1;',
  },
];
