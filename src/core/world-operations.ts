import type { CommandsHead } from './command-log.ts';
import type { Commit, Outcomes, Transition } from './operation.ts';
import {
  appendOutput,
  currentEpoch,
  evict,
  isKept,
  isOver,
  type NewOutput,
  type OutputBody,
  type OutputEntry,
  type OutputHead,
} from './output-log.ts';
import type { SessionLimits } from './limits.ts';
import { closed } from './operator-operations.ts';
import type { PackageState, Session, StoredSession } from './session.ts';
import { styleAfter } from './text-style.ts';

/** The last prompt is kept up to this many characters. */
const PROMPT_LENGTH_LIMIT = 1024;

export function commit(
  { session, output: kept }: StoredSession,
  request: Commit,
  now: number,
  limits: SessionLimits,
): Transition<Outcomes['commit']> {
  if (request.lease < session.lease) return { outcome: { kind: 'fenced' } };
  if (session.stage === 'closed') return { outcome: { kind: 'closed' } };
  const { end } = session.output;
  const written = request.output ?? [];
  if (written.length > 0 && end < (request.after ?? 0)) return { outcome: { kind: 'tail_lost', end } };

  const told = withWorldFacts(session, request);
  const shown = withStates(told, written, limits);
  const log = writeOutput(shown.session, shown.bodies, request, now, limits);
  if (told.overflow === 'close' && isOver(log.head, limits)) {
    return closed(session, 'overflow', { kind: 'closed' });
  }
  const output = isOver(log.head, limits) ? evict(log.head, [...kept, ...log.entries], limits) : log.head;
  const commands = passed(session.commands, request);
  const next: Session = { ...shown.session, commands, output, lease: request.lease };
  return {
    outcome: { kind: 'committed', end: next.output.end, session: next },
    session: next,
    // An entry may be evicted by others of the same commit.
    output: log.entries.filter((entry) => isKept(entry, next.output)),
  };
}

/** The world's end passes commands; held ones that are all passed are held no more. */
function passed(head: CommandsHead, { taken, handed, suspect, sent, told }: Commit): CommandsHead {
  // Most commits are output only.
  if ((taken ?? handed ?? suspect ?? sent ?? told) === undefined) return head;
  const { accepted, held, own } = head;
  const next = {
    accepted,
    taken: Math.min(Math.max(head.taken, taken ?? 0), accepted),
    sent: Math.min(Math.max(head.sent, sent ?? 0), accepted),
    told: Math.min(Math.max(head.told, told ?? 0), accepted),
    own,
  };
  const inHand = handed ?? head.handed ?? 0;
  const suspected = suspect ?? head.suspect ?? 0;
  return {
    ...next,
    ...(inHand > next.taken ? { handed: inHand } : {}),
    ...(suspected > next.taken ? { suspect: suspected } : {}),
    ...(held !== undefined && held.through > next.taken ? { held } : {}),
  };
}

function withWorldFacts(session: Session, request: Commit): Session {
  const { data, stage, worldState, account, windowMs, overflow, ending } = request;
  const other = stage ?? worldState ?? account ?? windowMs ?? overflow ?? ending;
  if (data === undefined && other === undefined) return session;
  return {
    ...session,
    ...(data === undefined ? {} : { data }),
    // A session that was playing stays so, even when its world comes back to a login.
    ...(stage === undefined || session.stage === 'playing' ? {} : { stage }),
    ...(worldState === undefined ? {} : { worldState }),
    ...(account === undefined ? {} : { account }),
    ...(overflow === undefined ? {} : { overflow }),
    ...(ending === undefined ? {} : { ending }),
    ...(windowMs === undefined ? {} : { clock: withWindow(session, windowMs) }),
  };
}

/** The game shortens or extends the window: a clock that runs moves its end with it. */
function withWindow(session: Session, windowMs: number): Session['clock'] {
  const { presence } = session;
  return presence.attached ? { windowMs } : { windowMs, endsAt: presence.since + windowMs };
}

/** Takes out of the output what is state: values, echo and prompt are kept beside the log. */
function withStates(
  session: Session,
  output: readonly NewOutput[],
  limits: SessionLimits,
): { session: Session; bodies: OutputBody[] } {
  let { echo, prompt, states, style = '' } = session;
  const bodies: OutputBody[] = [];
  for (const item of output) {
    if (item.kind === 'echo') {
      if (item.on === echo) continue;
      echo = item.on;
    }
    if (item.kind === 'text') {
      prompt = item.prompt ? item.text.slice(-PROMPT_LENGTH_LIMIT) : prompt;
      style = styleAfter(style, item.text);
    }
    if (item.kind === 'gmcp' && item.state) {
      const { state: _, ...body } = item;
      states = withState(states, body, limits);
      // While nobody is attached only the last value matters: it is sent at the return.
      if (session.presence.attached) bodies.push(body);
      continue;
    }
    bodies.push(item);
  }
  const isStyled = style !== (session.style ?? '');
  if (echo === session.echo && prompt === session.prompt && states === session.states && !isStyled) {
    return { session, bodies };
  }
  const next = { ...session, echo, states, ...(isStyled ? { style } : {}) };
  return { session: prompt === undefined ? next : { ...next, prompt }, bodies };
}

function withState(
  states: Session['states'],
  { package: name, data }: Extract<OutputBody, { kind: 'gmcp' }>,
  limits: SessionLimits,
): Session['states'] {
  const key = name.toLowerCase();
  const value: PackageState = data === undefined ? { package: name } : { package: name, data };
  const next = { ...states, [key]: value };
  const names = Object.keys(next);
  const [oldest] = names;
  if (names.length > limits.statePackages && oldest !== undefined) delete next[oldest];
  return next;
}

/** Appends to this writer's epoch, which begins with its first entry. */
function writeOutput(
  session: Session,
  bodies: readonly OutputBody[],
  request: Commit,
  now: number,
  limits: SessionLimits,
): { head: OutputHead; entries: OutputEntry[] } {
  const { output } = session;
  const begins = currentEpoch(output) !== request.epoch;
  if (bodies.length === 0) {
    // Who wrote nothing ends no epoch but its own: that another's broke off is still to be told.
    return { head: request.settled && !begins ? { ...output, open: false } : output, entries: [] };
  }
  const crashed: OutputBody[] = begins && output.open ? [{ kind: 'gap', reason: 'crash' }] : [];
  const epochs = begins
    ? [...output.epochs, { epoch: request.epoch, first: output.end + 1 }].slice(-limits.epochs)
    : output.epochs;
  return appendOutput({ ...output, epochs, open: !request.settled }, [...crashed, ...bodies], now, limits);
}
