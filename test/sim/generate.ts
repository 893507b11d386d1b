import { DEFAULT_LIMITS } from '../../src/core/index.ts';
import type { CutKind } from './network.ts';
import { Random } from './random.ts';
import type { Action, PlayerSettings, Printed, Range, Schedule, Settings, Step, Verb } from './schedule.ts';

/** Two verbs out of three are plain, so that most commands run. */
const VERBS: readonly Verb[] = [
  'do',
  'do',
  'do',
  'do',
  'slow',
  'slow',
  'chatty',
  'gmcp',
  'throw',
  'veto',
  'secret',
  'core',
];
const PRINTED: readonly Printed[] = [
  'text',
  'text',
  'text',
  'prompt',
  'big',
  'oversize',
  'echo',
  'state',
  'event',
  'sound',
];
const CUTS: readonly CutKind[] = ['both', 'both', 'client', 'server', 'nobody', 'up', 'down'];

/** How often each kind of step comes, where it comes at all. */
const WEIGHTS: readonly (readonly [kind: Action['kind'], weight: number])[] = [
  ['say', 12],
  ['print', 10],
  ['cut', 6],
  ['cut_at', 6],
  ['wake', 4],
  ['choose', 2],
  ['freeze', 2],
  ['stop_acks', 1],
  ['reload', 2],
  ['forget', 1],
  ['copy', 1],
  ['ask_link', 1],
  ['use_link', 1],
  ['late', 1],
  ['ask_refresh', 1],
  ['quit', 0.3],
  ['window', 0.7],
  ['end_session', 0.3],
  ['lose', 0.5],
  ['world_down', 1],
  ['crash', 2],
  ['restart', 1.5],
  ['slow_disk', 1],
  ['fail_disk', 0.5],
  ['store_errors', 1],
];

const HOUR_MS = 3_600_000;

/** The schedule of a seed: what kinds of trouble there are at all is drawn first, so that runs differ from each other. */
export function generate(seed: number): Schedule {
  const random = new Random(seed, 0);
  const settings = drawSettings(random);
  const kinds = drawKinds(random, settings);
  const count = random.skewed(5, 45);
  const steps: Step[] = [];
  let at = random.between(0, 400);
  for (let i = 0; i < count; i += 1) {
    const action = drawAction(random, kinds, settings);
    steps.push({ at, ...action });
    // A bad network seldom drops a connection only once.
    if (action.kind === 'cut' && random.chance(0.4)) {
      at += random.between(50, 2000);
      steps.push({ at, ...action });
    }
    at += drawPause(random, settings);
  }
  return { seed, settings, steps };
}

function drawSettings(random: Random): Settings {
  const count = random.pick([1, 1, 1, 2, 3]);
  const small = random.chance(0.6);
  const hasLogin = random.chance(0.3);
  const networkMs = random.pick<Range>([
    [0, 0],
    [0, 20],
    [5, 80],
    [1, 600],
  ]);
  return {
    delivery: random.chance(0.7) ? 'commit' : 'mark',
    isRemote: random.chance(0.2),
    hasLogin,
    hasAccounts: hasLogin && random.chance(0.6),
    keepsPlayers: random.chance(0.5),
    players: Array.from({ length: count }, (): PlayerSettings => ({
      heldCommands: random.pick(['run', 'run', 'skip', 'ask']),
      confirms: random.chance(0.85),
    })),
    limits: {
      ...DEFAULT_LIMITS,
      queueCommands: small ? random.between(2, 12) : 100,
      backlogEntries: small ? random.between(3, 40) : 4096,
      backlogBytes: small ? random.between(500, 3000) : 262_144,
      heldCommandTtlMs: random.pick([60_000, 60_000, 5000]),
      chains: random.between(1, 4),
      spentTokens: random.pick([1, 4, 64]),
    },
    wire: {
      frame_bytes: 65_536,
      command_bytes: 4096,
      window_bytes: small ? random.between(300, 3000) : 65_536,
      window_entries: small ? random.between(2, 20) : 256,
      ping_ms: 30_000,
    },
    windowMs: random.pick([600_000, 600_000, 600_000, HOUR_MS, 90_000, 20_000]),
    networkMs,
    diskMs: random.pick<Range>([
      [0, 0],
      [1, 5],
      [2, 60],
    ]),
  };
}

/** What comes in this run, and how often. */
function drawKinds(random: Random, settings: Settings): { kind: Action['kind']; weight: number }[] {
  const always: readonly Action['kind'][] = ['say', 'print'];
  const kinds: { kind: Action['kind']; weight: number }[] = [];
  for (const [kind, weight] of WEIGHTS) {
    if (kind === 'store_errors' && !settings.isRemote) continue;
    if (!always.includes(kind) && random.chance(0.55)) continue;
    kinds.push({ kind, weight: weight * (0.3 + random.fraction()) });
  }
  return kinds;
}

function drawPause(random: Random, { windowMs }: Settings): number {
  const kind = random.fraction();
  if (kind < 0.3) return 0;
  if (kind < 0.6) return random.between(1, 60);
  if (kind < 0.85) return random.between(100, 2000);
  if (kind < 0.96) return random.between(2000, 15_000);
  if (kind < 0.99) return random.between(15_000, 70_000);
  // Past the end of the session, or just before it.
  return random.pick([windowMs - 3000, windowMs + 5000]);
}

function drawAction(
  random: Random,
  kinds: readonly { kind: Action['kind']; weight: number }[],
  settings: Settings,
): Action {
  const player = random.between(0, settings.players.length + (random.chance(0.2) ? 1 : 0) - 1);
  const kind = drawKind(random, kinds);
  switch (kind) {
    case 'say': {
      const count = random.chance(0.1) ? random.between(6, 30) : random.between(1, 4);
      return { kind, player, verb: random.pick(VERBS), count };
    }
    case 'print': {
      const count = random.chance(0.15) ? random.between(6, 40) : random.between(1, 4);
      return { kind, player, what: random.pick(PRINTED), count };
    }
    case 'cut':
      return { kind, player, how: random.pick(CUTS) };
    case 'cut_at':
      return {
        kind,
        player,
        how: random.pick(CUTS),
        way: random.pick(['up', 'down']),
        which: random.pick(['this', 'next', 'next']),
        // A handshake is some hundreds of bytes.
        bytes: random.between(0, 1500),
      };
    case 'freeze':
    case 'stop_acks':
      return { kind, player, ms: random.pick([500, 5000, 40_000, 90_000]) };
    case 'window':
      return { kind, player, ms: random.pick([5000, 60_000, 2 * HOUR_MS]) };
    case 'world_down':
      return { kind, player, ms: random.skewed(0, 10_000) };
    case 'crash':
      return {
        kind,
        downMs: random.skewed(0, 20_000),
        clockJumpMs: drawJump(random),
        isSilent: random.chance(0.2),
        isWritten: random.chance(0.5),
      };
    case 'restart':
      return { kind, downMs: random.skewed(0, 20_000), clockJumpMs: drawJump(random) };
    case 'slow_disk':
      return { kind, ms: random.between(200, 10_000), factor: random.between(5, 100) };
    case 'fail_disk':
      return { kind, isWritten: random.chance(0.5) };
    case 'store_errors':
      return { kind, ms: random.between(50, 8000) };
    case 'choose':
    case 'ask_link':
    case 'ask_refresh':
    case 'quit':
    case 'reload':
    case 'forget':
    case 'wake':
    case 'copy':
    case 'use_link':
    case 'late':
    case 'end_session':
    case 'lose':
      return { kind, player };
  }
}

function drawKind(
  random: Random,
  kinds: readonly { kind: Action['kind']; weight: number }[],
): Action['kind'] {
  const sum = kinds.reduce((total, { weight }) => total + weight, 0);
  let rest = random.fraction() * sum;
  for (const { kind, weight } of kinds) {
    rest -= weight;
    if (rest <= 0) return kind;
  }
  return 'say';
}

/** Machines whose clocks were set while the gateway was down. */
function drawJump(random: Random): number {
  return random.chance(0.1) ? random.pick([-60_000, -1000, 1000, 600_000]) : 0;
}
