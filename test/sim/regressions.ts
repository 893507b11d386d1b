import { DEFAULT_LIMITS } from '../../src/core/index.ts';
import type { Schedule, Settings } from './schedule.ts';

/** A schedule that once broke a promise, made as small as it would go. */
export interface Regression {
  /** What was wrong with the code. */
  readonly found: string;
  readonly schedule: Schedule;
}

const PLAIN: Settings = {
  delivery: 'commit',
  isRemote: false,
  hasLogin: false,
  hasAccounts: false,
  keepsPlayers: false,
  players: [{ heldCommands: 'run', confirms: true }],
  limits: DEFAULT_LIMITS,
  wire: {
    frame_bytes: 65_536,
    command_bytes: 4096,
    window_bytes: 65_536,
    window_entries: 256,
    ping_ms: 30_000,
  },
  windowMs: 3_600_000,
  networkMs: [5, 80],
  diskMs: [1, 5],
};

/** Kept as data, not as seeds: a seed means another schedule as soon as the generator changes. */
export const REGRESSIONS: readonly Regression[] = [
  {
    found: 'a held command that expires ahead of a refusal vanishes',
    schedule: {
      seed: 181,
      settings: {
        ...PLAIN,
        delivery: 'mark',
        players: [{ heldCommands: 'ask', confirms: true }],
        limits: { ...DEFAULT_LIMITS, queueCommands: 11, backlogEntries: 40, backlogBytes: 630, chains: 3 },
        wire: { ...PLAIN.wire, window_bytes: 1581, window_entries: 17 },
        diskMs: [2, 60],
      },
      steps: [
        { at: 73323, kind: 'say', player: 0, verb: 'do', count: 1 },
        { at: 73323, kind: 'reload', player: 0 },
        { at: 88040, kind: 'say', player: 0, verb: 'chatty', count: 12 },
        { at: 148139, kind: 'print', player: 0, what: 'text', count: 1 },
      ],
    },
  },
  {
    found: 'the game gets a command after its session closed',
    schedule: {
      seed: 2655,
      settings: {
        ...PLAIN,
        delivery: 'mark',
        isRemote: true,
        hasLogin: true,
        keepsPlayers: true,
        players: [
          { heldCommands: 'run', confirms: true },
          { heldCommands: 'run', confirms: true },
          { heldCommands: 'skip', confirms: false },
        ],
        limits: { ...DEFAULT_LIMITS, chains: 1, spentTokens: 4 },
        windowMs: 90000,
        networkMs: [0, 0],
        diskMs: [2, 60],
      },
      steps: [
        { at: 114, kind: 'print', player: 2, what: 'prompt', count: 4 },
        { at: 47430, kind: 'restart', downMs: 848, clockJumpMs: 0 },
        { at: 49317, kind: 'say', player: 0, verb: 'slow', count: 1 },
        { at: 49348, kind: 'restart', downMs: 594, clockJumpMs: 0 },
      ],
    },
  },
  {
    found: 'a game that comes back quickly stays down for ever',
    schedule: {
      seed: 401,
      settings: {
        ...PLAIN,
        isRemote: true,
        keepsPlayers: true,
        players: [
          { heldCommands: 'run', confirms: true },
          { heldCommands: 'skip', confirms: true },
          { heldCommands: 'run', confirms: true },
        ],
        limits: {
          ...DEFAULT_LIMITS,
          queueCommands: 11,
          backlogEntries: 6,
          backlogBytes: 2300,
          heldCommandTtlMs: 5000,
          chains: 1,
          spentTokens: 1,
        },
        wire: { ...PLAIN.wire, window_bytes: 2444, window_entries: 13 },
        windowMs: 90000,
        networkMs: [1, 600],
      },
      steps: [
        { at: 116385, kind: 'say', player: 1, verb: 'veto', count: 4 },
        { at: 117142, kind: 'world_down', player: 1, ms: 7 },
      ],
    },
  },
  {
    found: 'a process that wrote nothing says that the crash before it was none',
    schedule: {
      seed: 1136,
      settings: {
        ...PLAIN,
        players: [{ heldCommands: 'ask', confirms: true }],
        limits: { ...DEFAULT_LIMITS, heldCommandTtlMs: 5000, spentTokens: 4 },
        networkMs: [1, 600],
        diskMs: [0, 0],
      },
      steps: [
        { at: 376, kind: 'say', player: 0, verb: 'slow', count: 20 },
        { at: 27926, kind: 'fail_disk', isWritten: false },
        { at: 31430, kind: 'restart', downMs: 47, clockJumpMs: 0 },
      ],
    },
  },
  {
    found: 'the client waits for ever for an answer that was lost',
    schedule: {
      seed: 13,
      settings: {
        ...PLAIN,
        delivery: 'mark',
        players: [
          { heldCommands: 'ask', confirms: true },
          { heldCommands: 'run', confirms: true },
        ],
        limits: { ...DEFAULT_LIMITS, queueCommands: 3, backlogEntries: 25, backlogBytes: 1384, chains: 3 },
        wire: { ...PLAIN.wire, window_bytes: 1061, window_entries: 10 },
        networkMs: [1, 600],
        diskMs: [2, 60],
      },
      steps: [{ at: 233, kind: 'cut', player: 1, how: 'down' }],
    },
  },
  {
    found: 'a refusal that was evicted is never acknowledged',
    schedule: {
      seed: 115550,
      settings: {
        ...PLAIN,
        keepsPlayers: true,
        players: [{ heldCommands: 'ask', confirms: true }],
        limits: {
          ...DEFAULT_LIMITS,
          queueCommands: 10,
          backlogEntries: 8,
          backlogBytes: 1085,
          spentTokens: 1,
        },
        wire: { ...PLAIN.wire, window_bytes: 2398, window_entries: 3 },
        networkMs: [1, 600],
        diskMs: [2, 60],
      },
      steps: [
        { at: 409, kind: 'forget', player: 0 },
        { at: 409, kind: 'say', player: 0, verb: 'secret', count: 2 },
        { at: 409, kind: 'say', player: 0, verb: 'do', count: 1 },
        { at: 38115, kind: 'say', player: 0, verb: 'veto', count: 15 },
        { at: 38136, kind: 'reload', player: 0 },
        { at: 38136, kind: 'say', player: 0, verb: 'throw', count: 17 },
      ],
    },
  },
  {
    found: 'a command that may have run is told twice to be uncertain',
    schedule: {
      seed: 24490,
      settings: {
        ...PLAIN,
        delivery: 'mark',
        isRemote: true,
        keepsPlayers: true,
        players: [{ heldCommands: 'skip', confirms: false }],
        limits: { ...DEFAULT_LIMITS, heldCommandTtlMs: 5000, chains: 2, spentTokens: 1 },
        networkMs: [1, 600],
        diskMs: [0, 0],
      },
      steps: [
        { at: 75, kind: 'crash', downMs: 5335, clockJumpMs: 600000, isSilent: false, isWritten: false },
        { at: 8458, kind: 'crash', downMs: 4105, clockJumpMs: 0, isSilent: false, isWritten: true },
        { at: 72515, kind: 'print', player: 0, what: 'event', count: 1 },
        { at: 72515, kind: 'say', player: 0, verb: 'veto', count: 3 },
        { at: 82039, kind: 'crash', downMs: 1244, clockJumpMs: 0, isSilent: false, isWritten: true },
        { at: 83940, kind: 'say', player: 0, verb: 'veto', count: 1 },
        { at: 83989, kind: 'say', player: 0, verb: 'throw', count: 4 },
        { at: 83989, kind: 'say', player: 0, verb: 'secret', count: 3 },
        { at: 87739, kind: 'crash', downMs: 59, clockJumpMs: 0, isSilent: false, isWritten: true },
      ],
    },
  },
  {
    found:
      'answers overtake each other while output waits to be shown: a refusal is acknowledged before it is told',
    schedule: {
      seed: 148120,
      settings: {
        ...PLAIN,
        isRemote: true,
        hasLogin: true,
        hasAccounts: true,
        players: [{ heldCommands: 'skip', confirms: true }],
        limits: {
          ...DEFAULT_LIMITS,
          queueCommands: 12,
          backlogEntries: 14,
          backlogBytes: 1987,
          heldCommandTtlMs: 5000,
          chains: 2,
        },
        wire: { ...PLAIN.wire, window_bytes: 2411, window_entries: 4 },
        windowMs: 600_000,
        networkMs: [0, 20],
        diskMs: [2, 60],
      },
      steps: [
        { at: 6822, kind: 'say', player: 0, verb: 'chatty', count: 1 },
        { at: 6858, kind: 'say', player: 0, verb: 'veto', count: 4 },
        { at: 6905, kind: 'say', player: 0, verb: 'do', count: 20 },
      ],
    },
  },
  {
    found:
      'the end that an older connection has read closes the session of the newer one, which never hears of it',
    schedule: {
      seed: 144837,
      settings: {
        ...PLAIN,
        delivery: 'mark',
        isRemote: true,
        keepsPlayers: true,
        players: [{ heldCommands: 'skip', confirms: false }],
        limits: {
          ...DEFAULT_LIMITS,
          queueCommands: 3,
          backlogEntries: 39,
          backlogBytes: 2111,
          spentTokens: 1,
        },
        wire: { ...PLAIN.wire, window_bytes: 2608, window_entries: 20 },
        windowMs: 20_000,
        networkMs: [1, 600],
        diskMs: [0, 0],
      },
      steps: [
        { at: 220, kind: 'say', player: 0, verb: 'chatty', count: 1 },
        { at: 11199, kind: 'reload', player: 0 },
        { at: 11541, kind: 'say', player: 0, verb: 'veto', count: 1 },
        { at: 79765, kind: 'print', player: 0, what: 'big', count: 2 },
        { at: 79765, kind: 'say', player: 0, verb: 'slow', count: 2 },
        { at: 79765, kind: 'say', player: 0, verb: 'do', count: 3 },
        { at: 81232, kind: 'ask_link', player: 0 },
        { at: 82520, kind: 'print', player: 0, what: 'text', count: 2 },
        { at: 82708, kind: 'say', player: 0, verb: 'slow', count: 2 },
        { at: 83708, kind: 'use_link', player: 0 },
        { at: 83708, kind: 'end_session', player: 0 },
        { at: 117103, kind: 'say', player: 1, verb: 'core', count: 1 },
      ],
    },
  },
  {
    found: 'a store answers what was asked while it read the session after what was asked later',
    schedule: {
      seed: 56802,
      settings: {
        ...PLAIN,
        delivery: 'mark',
        isRemote: true,
        hasLogin: true,
        players: [
          { heldCommands: 'ask', confirms: true },
          { heldCommands: 'run', confirms: true },
        ],
        limits: { ...DEFAULT_LIMITS, queueCommands: 2, backlogEntries: 8, backlogBytes: 1096, chains: 3 },
        wire: { ...PLAIN.wire, window_bytes: 2578, window_entries: 5 },
        windowMs: 600_000,
        networkMs: [0, 20],
        diskMs: [2, 60],
      },
      steps: [
        { at: 292, kind: 'say', player: 1, verb: 'secret', count: 18 },
        { at: 1409, kind: 'print', player: 0, what: 'big', count: 2 },
        { at: 6507, kind: 'print', player: 1, what: 'text', count: 2 },
        { at: 6546, kind: 'wake', player: 1 },
        { at: 6546, kind: 'wake', player: 0 },
        { at: 21072, kind: 'say', player: 1, verb: 'do', count: 3 },
        { at: 21087, kind: 'print', player: 1, what: 'prompt', count: 2 },
        { at: 78325, kind: 'print', player: 0, what: 'big', count: 2 },
        { at: 126635, kind: 'print', player: 1, what: 'prompt', count: 15 },
        { at: 126670, kind: 'say', player: 0, verb: 'slow', count: 4 },
        { at: 126706, kind: 'cut', player: 0, how: 'up' },
        { at: 138441, kind: 'say', player: 0, verb: 'do', count: 1 },
        { at: 138441, kind: 'print', player: 0, what: 'big', count: 3 },
        { at: 138458, kind: 'say', player: 0, verb: 'chatty', count: 2 },
        { at: 139223, kind: 'say', player: 0, verb: 'chatty', count: 1 },
        { at: 139223, kind: 'say', player: 0, verb: 'do', count: 1 },
        { at: 153441, kind: 'say', player: 1, verb: 'gmcp', count: 3 },
        { at: 153441, kind: 'say', player: 1, verb: 'do', count: 2 },
        { at: 153478, kind: 'say', player: 0, verb: 'do', count: 1 },
        { at: 153491, kind: 'world_down', player: 0, ms: 1 },
        { at: 155522, kind: 'say', player: 0, verb: 'do', count: 1 },
        { at: 161808, kind: 'cut', player: 1, how: 'client' },
        { at: 161840, kind: 'say', player: 0, verb: 'do', count: 1 },
        { at: 161840, kind: 'say', player: 0, verb: 'do', count: 2 },
        { at: 161840, kind: 'say', player: 0, verb: 'secret', count: 2 },
        { at: 161840, kind: 'print', player: 1, what: 'event', count: 3 },
        { at: 171307, kind: 'say', player: 1, verb: 'do', count: 1 },
        { at: 172626, kind: 'print', player: 0, what: 'text', count: 26 },
        { at: 172626, kind: 'fail_disk', isWritten: true },
      ],
    },
  },
  {
    found: 'the game is handed a command of a session that ended when its handing was told',
    schedule: {
      seed: 200857,
      settings: {
        ...PLAIN,
        players: [{ heldCommands: 'run', confirms: false }],
        limits: { ...DEFAULT_LIMITS, chains: 3, spentTokens: 1 },
        windowMs: 600_000,
        networkMs: [1, 600],
        diskMs: [2, 60],
      },
      steps: [
        { at: 337, kind: 'cut', player: 0, how: 'server' },
        { at: 1627, kind: 'say', player: 0, verb: 'do', count: 14 },
        { at: 20657, kind: 'crash', downMs: 4, clockJumpMs: 0, isSilent: false, isWritten: false },
        { at: 20746, kind: 'end_session', player: 0 },
      ],
    },
  },
  {
    found: 'what a player has comes again, because a crash took the epoch that it was told of',
    schedule: {
      seed: 2700072,
      settings: {
        ...PLAIN,
        players: [{ heldCommands: 'run', confirms: false }],
        limits: { ...DEFAULT_LIMITS, chains: 2, spentTokens: 1 },
        windowMs: 20_000,
        networkMs: [1, 600],
      },
      steps: [
        { at: 172, kind: 'fail_disk', isWritten: false },
        { at: 891, kind: 'print', player: 0, what: 'text', count: 1 },
      ],
    },
  },
  {
    found: 'commands that the player skipped run, because another drop held them again',
    schedule: {
      seed: 209604,
      settings: {
        ...PLAIN,
        keepsPlayers: true,
        players: [{ heldCommands: 'ask', confirms: true }],
        limits: { ...DEFAULT_LIMITS, chains: 3 },
        networkMs: [0, 0],
        diskMs: [2, 60],
      },
      steps: [
        { at: 194, kind: 'say', player: 0, verb: 'slow', count: 2 },
        { at: 221, kind: 'cut', player: 0, how: 'both' },
        { at: 1393, kind: 'cut', player: 0, how: 'up' },
      ],
    },
  },
];
