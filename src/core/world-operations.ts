import { draftCommands, type CommandsHead } from './command-log.ts';
import type { Draft } from './draft.ts';
import type { Commit, Outcomes, Transition } from './operation.ts';
import {
  appendOutput,
  currentEpoch,
  draftOutput,
  evict,
  isKept,
  isOver,
  messageBytes,
  type NewOutput,
  type OutputBody,
  type OutputEntry,
} from './output-log.ts';
import type { SessionLimits } from './limits.ts';
import { added, NONE } from './lists.ts';
import { closed } from './operator-operations.ts';
import { draftSession, type PackageState, type Session, type StoredSession } from './session.ts';
import { styleAfter } from './text-style.ts';

/** Of a prompt, marked or not, so many characters are kept, the last ones: a game may never end its line. */
const PROMPT_LENGTH_LIMIT = 1024;

const STATE_BYTES = new WeakMap<PackageState, number>();

export function commit(
  { session, output: kept }: StoredSession,
  request: Commit,
  now: number,
  limits: SessionLimits,
): Transition<Outcomes['commit']> {
  if (request.lease < session.lease) return { outcome: { kind: 'fenced' } };
  if (session.stage === 'closed') return { outcome: { kind: 'closed' } };
  const { end } = session.output;
  if (isSaidAgain(session, request)) return { outcome: { kind: 'committed', end, session } };
  const written = request.output ?? NONE;
  if (written.length > 0 && end < (request.after ?? 0)) return { outcome: { kind: 'tail_lost', end } };

  const next = draftSession(session);
  next.lease = request.lease;
  tellWorldFacts(next, request);
  const bodies = takeStates(next, written, limits);
  const entries = writeOutput(next, bodies, request, now, limits);
  next.commands = passed(session.commands, request);
  const outcome = { kind: 'committed', end: next.output.end, session: next } as const;
  if (!isOver(next.output, limits)) return { outcome, session: next, output: entries };

  if (next.overflow === 'close') return closed(session, 'overflow', { kind: 'closed' });
  next.output = evict(next.output, [...kept, ...entries], limits);
  // An entry may be evicted by others of the same commit.
  return { outcome, session: next, output: entries.filter((entry) => isKept(entry, next.output)) };
}

/** Who did not hear the answer says it again. A command is taken once, and so is all that its commit says. */
function isSaidAgain({ lease, commands }: Session, { lease: writer, taken, told }: Commit): boolean {
  if (writer !== lease) return false;
  const isTaken = taken !== undefined && taken <= commands.taken;
  return isTaken || (told !== undefined && told <= commands.told);
}

/** The world's end passes commands; held ones that are all passed are held no more. */
function passed(head: CommandsHead, { taken, handed, suspect, sent, told }: Commit): CommandsHead {
  // Most commits are output only.
  if ((taken ?? handed ?? suspect ?? sent ?? told) === undefined) return head;
  const { accepted } = head;
  const next = draftCommands(head);
  next.taken = Math.min(Math.max(head.taken, taken ?? 0), accepted);
  next.sent = Math.min(Math.max(head.sent, sent ?? 0), accepted);
  next.told = Math.min(Math.max(head.told, told ?? 0), accepted);
  next.handed = unlessPassed(handed ?? head.handed, next.taken);
  next.suspect = unlessPassed(suspect ?? head.suspect, next.taken);
  if (unlessPassed(head.held?.through, next.taken) === undefined) next.held = undefined;
  return next;
}

function unlessPassed(seq: number | undefined, taken: number): number | undefined {
  return seq !== undefined && seq > taken ? seq : undefined;
}

function tellWorldFacts(session: Draft<Session>, request: Commit): void {
  const { data, stage, worldState, account, windowMs, overflow, ending } = request;
  if (data !== undefined) session.data = data;
  // A session that was playing stays so, even when its world comes back to a login.
  if (stage !== undefined && session.stage !== 'playing') session.stage = stage;
  if (worldState !== undefined) session.worldState = worldState;
  if (account !== undefined) session.account = account;
  if (overflow !== undefined) session.overflow = overflow;
  if (ending !== undefined) session.ending = ending;
  if (windowMs !== undefined) session.clock = withWindow(session, windowMs);
}

/** The game shortens or extends the window: a clock that runs moves its end with it. */
function withWindow(session: Session, windowMs: number): Session['clock'] {
  const { presence } = session;
  return presence.attached ? { windowMs } : { windowMs, endsAt: presence.since + windowMs };
}

/** Takes out of the output what is state: values, echo and prompt are kept beside the log. What passes needs a listener. */
function takeStates(
  session: Draft<Session>,
  output: readonly NewOutput[],
  limits: SessionLimits,
): OutputBody[] {
  let bodies: OutputBody[] = NONE;
  for (const item of output) {
    if (item.kind === 'echo') {
      if (item.on === session.echo) continue;
      session.echo = item.on;
    }
    if (item.kind === 'text') {
      takeLine(session, item.text, item.prompt === true);
      const { style = '' } = session;
      const look = styleAfter(style, item.text);
      if (look !== style) session.style = look;
    }
    if (item.kind === 'gmcp' && item.state) {
      const { state: _, ...body } = item;
      session.states = withState(session.states, body, limits);
      // While nobody is attached only the last value matters: it is sent at the return.
      if (session.presence.attached) bodies = added(bodies, body);
      continue;
    }
    if (item.kind === 'gmcp' && item.passing && !session.presence.attached) continue;
    bodies = added(bodies, item);
  }
  return bodies;
}

/**
 * Keeps the last line of the output while it is unfinished. A mark makes it the prompt, also where it comes behind its
 * line, alone; a marked prompt outlives the lines that come unasked behind it.
 */
function takeLine(session: Draft<Session>, text: string, isPrompt: boolean): void {
  const start = text.lastIndexOf('\n') + 1;
  let line = text.slice(Math.max(start, text.length - PROMPT_LENGTH_LIMIT));
  const { unfinished } = session;
  if (start === 0 && unfinished !== undefined) line = (unfinished + line).slice(-PROMPT_LENGTH_LIMIT);
  if (isPrompt) session.prompt = line;
  session.unfinished = isPrompt || line === '' ? undefined : line;
}

/**
 * The values stand in the order in which they were set, so that the first ones are those that may go. (Names that are
 * whole numbers stand before all others, as in any object.)
 */
function withState(
  states: Session['states'],
  { package: name, data }: Extract<OutputBody, { kind: 'gmcp' }>,
  limits: SessionLimits,
): Session['states'] {
  const key = name.toLowerCase();
  const value: PackageState = data === undefined ? { package: name } : { package: name, data };
  const { [key]: _, ...others } = states;
  if (stateBytes(value) > limits.stateBytes) return others;
  const next: Record<string, PackageState> = { ...others, [key]: value };
  const all = Object.entries(next);
  let count = all.length;
  let bytes = all.reduce((sum, [, state]) => sum + stateBytes(state), 0);
  for (const [oldest, state] of all) {
    if (count <= limits.statePackages && bytes <= limits.stateBytes) break;
    count -= 1;
    bytes -= stateBytes(state);
    delete next[oldest];
  }
  return next;
}

/** Counted once for each value, and not again when another one changes. */
function stateBytes(state: PackageState): number {
  const known = STATE_BYTES.get(state);
  if (known !== undefined) return known;
  const bytes = messageBytes(state);
  STATE_BYTES.set(state, bytes);
  return bytes;
}

/** Appends to this writer's epoch, which begins with its first entry. */
function writeOutput(
  session: Draft<Session>,
  bodies: readonly OutputBody[],
  request: Commit,
  now: number,
  limits: SessionLimits,
): readonly OutputEntry[] {
  const { output } = session;
  const begins = currentEpoch(output) !== request.epoch;
  if (bodies.length === 0) {
    // Who wrote nothing ends no epoch but its own: that another's broke off is still to be told.
    session.output = request.settled && !begins ? { ...output, open: false } : output;
    return NONE;
  }
  const crashed: OutputBody[] = begins && output.open ? [{ kind: 'gap', reason: 'crash' }] : NONE;
  const head = draftOutput(output);
  head.open = !request.settled;
  if (begins) {
    head.epochs = [...output.epochs, { epoch: request.epoch, first: output.end + 1 }].slice(-limits.epochs);
  }
  session.output = head;
  return appendOutput(head, crashed.length === 0 ? bodies : [...crashed, ...bodies], now, limits);
}
