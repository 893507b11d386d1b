import type { Draft } from './draft.ts';
import type { Json } from './json.ts';
import type { SessionLimits } from './limits.ts';

/** One entry of the commands log. */
export type CommandEntry = {
  /** The command's number; entries are in order, without holes except before a `refused` entry's `through`. */
  readonly seq: number;
  /** When it was accepted, in ms since 1970. */
  readonly at: number;
} & CommandBody;

export type CommandBody =
  | { readonly kind: 'text'; readonly text: string }
  /** A line or a message that may hold a password: the store never has it, only this seal of the gateway process. */
  | { readonly kind: 'private'; readonly sealed: string }
  | { readonly kind: 'gmcp'; readonly package: string; readonly data?: Json }
  /** Consumes its number only: its content belonged to the connection and was passed on, or not, at once. */
  | { readonly kind: 'passing' }
  /** The queue was full: the numbers from `seq` through `through` will not run. */
  | { readonly kind: 'refused'; readonly through: number };

/** The last number that the entry stands for. */
export function lastSeq(entry: CommandEntry): number {
  return entry.kind === 'refused' ? entry.through : entry.seq;
}

export type NewCommand = Exclude<CommandBody, { kind: 'refused' }>;

/** Why a command will not run. */
export const DROP_REASONS = [
  'skipped',
  'expired',
  'refused',
  'failed',
  'private',
  'uncertain',
  'vetoed',
  'world_lost',
] as const;
export type DropReason = (typeof DROP_REASONS)[number];

/** What the player wants done with held commands. `seqs` runs only these. */
export type HeldChoice = 'all' | 'none' | { readonly seqs: readonly number[] };

/** The commands that were accepted but not handed to the world when their player went. */
export interface HeldCommands {
  /** The last of them. */
  readonly through: number;
  /** When the player went (or was displaced), in ms since 1970: they expire from here. */
  readonly since: number;
  /** False while they wait for their player's choice. */
  readonly decided: boolean;
  /**
   * Those that their player did not want. They wait only for their turn to be dropped, and never run, whatever is held
   * or chosen meanwhile. All of them are in the log, and so they are no more than may wait.
   */
  readonly skipped: readonly number[];
}

/** When held commands that nobody decided on expire, in ms since 1970. */
export function expiresAt({ since }: HeldCommands, limits: SessionLimits): number {
  return since + limits.heldCommandTtlMs;
}

/** Held commands that nobody decided on in time will not run, even when the decision comes after all. */
export function hasExpired(held: HeldCommands, now: number, limits: SessionLimits): boolean {
  return !held.decided && now >= expiresAt(held, limits);
}

/** The commands that came from one chain. */
export interface OwnCommands {
  readonly chain: string;
  /** The last of them. */
  readonly through: number;
}

export interface CommandsHead {
  /** The last number that is durable. */
  readonly accepted: number;
  /** The last number that the world's end has passed, by taking or dropping it. */
  readonly taken: number;
  /** The number that the world has in hand and has not answered; nothing is decided about it any more. */
  readonly handed?: number | undefined;
  /**
   * A process died with this number in hand, and the world is getting it once more. Still not taken at the next
   * such death, it is not tried again.
   */
  readonly suspect?: number | undefined;
  /** The last number whose bytes are known to have left for an upstream game, or that a commit took. */
  readonly sent: number;
  /** The last refused number that the player was told of. */
  readonly told: number;
  readonly held?: HeldCommands | undefined;
  /** What came from which chain, for those that sent anything. */
  readonly own: readonly OwnCommands[];
}

export function draftCommands(head: CommandsHead): Draft<CommandsHead> {
  return {
    accepted: head.accepted,
    taken: head.taken,
    handed: head.handed,
    suspect: head.suspect,
    sent: head.sent,
    told: head.told,
    held: head.held,
    own: head.own,
  };
}

export const NO_COMMANDS: CommandsHead = { accepted: 0, taken: 0, sent: 0, told: 0, own: [] };
