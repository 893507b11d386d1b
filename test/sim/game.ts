import type {
  Clock,
  NewOutput,
  World,
  WorldCommand,
  WorldCommit,
  WorldPlayer,
  WorldSession,
} from '../../src/core/index.ts';
import { countOf, MAXIMUM_TEXT_BYTES } from './evidence.ts';
import type { GameAudit } from './game-audit.ts';
import type { Random } from './random.ts';
import { SOUND } from './mark.ts';
import type { Printed, Settings } from './schedule.ts';
import type { Story } from './story.ts';

export interface GameSurroundings {
  readonly settings: Settings;
  readonly story: Story;
  readonly audit: GameAudit;
  readonly random: Random;
  readonly clock: Clock;
}

/** A slow command takes so long, in ms. */
const SLOW_MS = [50, 8000] as const;

/** The simulated game: counts what it carries out, says what it did, and is slow, talkative or broken when told so. */
export class Game implements World {
  readonly name = 'game';
  readonly delivery: 'commit' | 'mark';
  readonly #surroundings: GameSurroundings;
  readonly #players = new Map<string, GamePlayer>();

  constructor(surroundings: GameSurroundings) {
    this.delivery = surroundings.settings.delivery;
    this.#surroundings = surroundings;
  }

  open(session: WorldSession): WorldPlayer {
    const player = new GamePlayer(session, this.#surroundings, () => this.#players.delete(session.id));
    this.#players.set(session.id, player);
    player.begin();
    return player;
  }

  find(sessionId: string): GamePlayer | undefined {
    return this.#players.get(sessionId);
  }
}

export class GamePlayer implements WorldPlayer {
  readonly #session: WorldSession;
  readonly #surroundings: GameSurroundings;
  readonly #forget: () => void;
  #isAttached = false;
  #isBusy = false;
  #isOver = false;
  #isIn: boolean;
  #done: number;
  /** As it is kept: changed in place, as games do. */
  readonly #kept: [number] = [0];
  /** What was accepted when the game forgot its player is not for the one that knows them anew. */
  #lostThrough = 0;
  #echo = true;

  constructor(session: WorldSession, surroundings: GameSurroundings, forget: () => void) {
    this.#session = session;
    this.#surroundings = surroundings;
    this.#forget = forget;
    this.#done = countOf(session);
    this.#isIn = session.restored || !surroundings.settings.hasLogin;
  }

  get session(): WorldSession {
    return this.#session;
  }

  begin(): void {
    const { settings } = this.#surroundings;
    if (!this.#session.restored) {
      if (this.#isIn) this.#session.playing();
      else this.#session.authenticating();
      return;
    }
    this.#session.state('up');
    if (settings.delivery === 'mark' && !settings.keepsPlayers) {
      // The connection died with the process: the game is at its login again.
      this.#session.lose();
    }
  }

  async command(command: WorldCommand): Promise<WorldCommit | void> {
    const { audit, story, settings, clock, random } = this.#surroundings;
    const isCommit = settings.delivery === 'commit';
    const text = command.text ?? (typeof command.data === 'string' ? command.data : '');
    story.tell(() => `  game gets ${command.seq} "${text}"`);
    // One that was marked while the player was there is in hand.
    const isDue = this.#isAttached || !isCommit;
    story.expect(isDue, 'commands', () => `the game got "${text}" with nobody there`);
    story.expect(!this.#isBusy, 'commands', () => `the game got "${text}" before it had answered`);
    story.expect(!this.#isOver, 'commands', () => `the game got "${text}" after the end`);
    audit.handed(this.#session, command, isCommit ? this.#done : undefined);
    const isHere = command.seq > this.#lostThrough;
    story.expect(isHere, 'commands', () => `the game got "${text}", which was for the one before it`);
    const [verb = '', id = ''] = text.split(' ');
    if (verb === 'slow') {
      this.#isBusy = true;
      await new Promise<void>((resolve) => {
        clock.after(random.between(...SLOW_MS), resolve);
      });
      this.#isBusy = false;
    }
    if (verb === 'throw') throw new Error('planned: the game broke');
    this.#done = audit.ran(this.#session, { seq: command.seq, id });
    this.#kept[0] = this.#done;
    if (!this.#isIn) {
      this.#isIn = true;
      this.#session.playing(settings.hasAccounts ? accountOf(id) : undefined);
      // The front door may take its time: what is said now could be overtaken.
      if (settings.hasAccounts && isCommit) return { data: this.#kept };
    }
    const answer = `${audit.mark(this.#session.id)} did ${this.#done} ${id}`;
    if (isCommit) return { output: [{ kind: 'text', text: answer }], data: this.#kept };
    this.#session.send({ kind: 'text', text: answer });
    if (verb === 'chatty') this.print('text', 5);
  }

  accepts({ text }: WorldCommand): boolean {
    return text?.startsWith('veto') !== true;
  }

  isPrivate(): boolean {
    return false;
  }

  passing(): void {
    // Whatever a client says of itself.
  }

  attached(): void {
    this.#surroundings.story.expect(!this.#isAttached, 'one owner', () => 'attached twice');
    this.#isAttached = true;
  }

  detached(): void {
    this.#surroundings.story.expect(this.#isAttached, 'one owner', () => 'detached without an attach');
    this.#isAttached = false;
  }

  closed(): void {
    this.#isOver = true;
    this.#forget();
  }

  /** The game forgets its player, with all that was accepted so far. From afar that is not known at once. */
  lose(accepted: number | undefined): void {
    if (!this.#surroundings.settings.isRemote) this.#lostThrough = accepted ?? 0;
    this.#session.lose();
  }

  /** Things happen by themselves. */
  print(what: Printed, count: number): void {
    for (let i = 0; i < count; i += 1) this.#session.send(this.#printed(what));
  }

  #printed(what: Printed): NewOutput {
    const { audit, random, settings } = this.#surroundings;
    const text = (length: number): string => `${audit.mark(this.#session.id)} ${'ü'.repeat(length)}`;
    switch (what) {
      case 'text':
        return { kind: 'text', text: text(random.skewed(1, 20)) };
      case 'prompt':
        return { kind: 'text', text: text(1), prompt: true };
      case 'big':
        return { kind: 'text', text: text(random.between(20, MAXIMUM_TEXT_BYTES / 2 - 20)) };
      case 'oversize':
        return { kind: 'text', text: text(settings.limits.backlogBytes) };
      case 'echo':
        this.#echo = !this.#echo;
        return { kind: 'echo', on: this.#echo };
      case 'state':
        return { kind: 'gmcp', package: 'Char.Vitals', data: { hp: random.between(1, 100) }, state: true };
      case 'event':
        return { kind: 'gmcp', package: 'Comm.Say', data: text(1) };
      case 'sound':
        return { kind: 'gmcp', package: SOUND, passing: true };
    }
  }
}

/** Commands are named by their player, and by a copy of its client. */
function accountOf(id: string): string {
  return `account ${Number.parseInt(id, 10)}`;
}
