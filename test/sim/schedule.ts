import type { SessionLimits } from '../../src/core/index.ts';
import type { Limits } from '../../src/protocol/index.ts';
import type { CutKind } from './network.ts';

/** Everything that a run depends on, as data: made from a seed, then only ever made smaller. */
export interface Schedule {
  readonly seed: number;
  readonly settings: Settings;
  /** In order of `at`. */
  readonly steps: readonly Step[];
}

export interface Settings {
  readonly delivery: 'commit' | 'mark';
  /** The store answers from afar: late, with passing errors, while others' requests are under way. */
  readonly isRemote: boolean;
  /** The game begins with a login of its own. */
  readonly hasLogin: boolean;
  /** Who logs in has an account, and may come back by the front door. */
  readonly hasAccounts: boolean;
  /** A game elsewhere keeps its players while the gateway is away. */
  readonly keepsPlayers: boolean;
  readonly players: readonly PlayerSettings[];
  readonly limits: SessionLimits;
  readonly wire: Omit<Limits, 'queue_commands'>;
  readonly windowMs: number;
  readonly networkMs: Range;
  readonly diskMs: Range;
}

export type Range = readonly [low: number, high: number];

export interface PlayerSettings {
  readonly heldCommands: 'run' | 'skip' | 'ask';
  /** Says `stored`; a Telnet client does not. */
  readonly confirms: boolean;
}

export type Step = { readonly at: number } & Action;

export type Action =
  /** The player types. */
  | { readonly kind: 'say'; readonly player: number; readonly verb: Verb; readonly count: number }
  | { readonly kind: 'choose'; readonly player: number }
  | { readonly kind: 'ask_link' | 'ask_refresh' | 'quit'; readonly player: number }
  /** The network, between a player and the gateway. */
  | { readonly kind: 'cut'; readonly player: number; readonly how: CutKind }
  | {
      readonly kind: 'cut_at';
      readonly player: number;
      readonly how: CutKind;
      readonly way: 'up' | 'down';
      /** Of this connection, or of the next one. */
      readonly which: 'this' | 'next';
      readonly bytes: number;
    }
  | { readonly kind: 'freeze'; readonly player: number; readonly ms: number }
  | { readonly kind: 'stop_acks'; readonly player: number; readonly ms: number }
  /** The player's program. */
  | { readonly kind: 'reload' | 'wake'; readonly player: number }
  /** All that was kept is lost: the player has to log in again. */
  | { readonly kind: 'forget'; readonly player: number }
  /** A second client with a copy of what the first one keeps: a tab, or a thief. */
  | { readonly kind: 'copy'; readonly player: number }
  /** What an older connection, or a process that is dead, asked arrives only now. */
  | { readonly kind: 'late'; readonly player: number }
  /** A client on another device, with a token made for it. */
  | { readonly kind: 'use_link'; readonly player: number }
  /** The game. */
  | { readonly kind: 'print'; readonly player: number; readonly what: Printed; readonly count: number }
  | { readonly kind: 'window'; readonly player: number; readonly ms: number }
  | { readonly kind: 'end_session' | 'lose'; readonly player: number }
  | { readonly kind: 'world_down'; readonly player: number; readonly ms: number }
  /** The gateway. */
  | {
      readonly kind: 'crash';
      readonly downMs: number;
      readonly clockJumpMs: number;
      /** The machine dies with the process: nobody hears of it. */
      readonly isSilent: boolean;
      /** A write that was under way is on the disk. */
      readonly isWritten: boolean;
    }
  | { readonly kind: 'restart'; readonly downMs: number; readonly clockJumpMs: number }
  /** The store. */
  | { readonly kind: 'slow_disk'; readonly ms: number; readonly factor: number }
  | { readonly kind: 'fail_disk'; readonly isWritten: boolean }
  | { readonly kind: 'store_errors'; readonly ms: number };

/** What a command does in the simulated game. */
export type Verb = 'do' | 'slow' | 'throw' | 'chatty' | 'veto' | 'secret' | 'gmcp' | 'core';

/** What the simulated game shows by itself. */
export type Printed = 'text' | 'prompt' | 'big' | 'oversize' | 'echo' | 'state' | 'event' | 'sound';
